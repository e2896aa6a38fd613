/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys whose value is a number: limits of processes and of logins; priorities. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/scope.h"
#include "parsers.h"

/* Docker's names (docker/go-units), without RLIMIT_AS as there. */
static const struct {
	const char *name;
	int resource;
} ulimits[] = {
	{ "core", RLIMIT_CORE },	 { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },	 { "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },	 { "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },	 { "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },		 { "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },	 { "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static int ulimit_number(const char *text, uint64_t *ret_number, struct error *error)
{
	if (!strcmp(text, "-1")) {
		*ret_number = RLIM_INFINITY;
		return 0;
	}
	return text_unsigned(text, INT64_MAX, ret_number, error);
}

static int ulimit_fields(struct ulimit_request *ulimit, char *text, struct error *error)
{
	char *soft = strchr(text, '='), *hard = soft ? strchr(soft, ':') : NULL, quoted[128];

	if (!soft)
		return error_set(error, ERROR_POLICY, "'%s' is not NAME=SOFT[:HARD]",
				 text_quote(text, quoted, sizeof(quoted)));
	*soft++ = '\0';
	if (hard)
		*hard++ = '\0';
	ulimit->resource = -1;
	for (size_t i = 0; i < sizeof(ulimits) / sizeof(*ulimits); i++)
		if (!strcmp(text, ulimits[i].name))
			ulimit->resource = ulimits[i].resource;
	if (ulimit->resource < 0)
		return error_set(error, ERROR_POLICY, "unknown limit '%s'",
				 text_quote(text, quoted, sizeof(quoted)));
	if (ulimit_number(soft, &ulimit->soft, error) ||
	    ulimit_number(hard ? hard : soft, &ulimit->hard, error))
		return -1;
	/* RLIM_INFINITY is the largest number. */
	if (ulimit->soft > ulimit->hard)
		return error_set(error, ERROR_POLICY,
				 "the soft limit %s is above the hard limit %s", soft, hard);
	return 0;
}

KEY_PARSER(parse_ulimit)
{
	struct ulimit_request *ulimit =
		array_add(&request->ulimits.items, &request->ulimits.count, sizeof(*ulimit));
	scope_memory char *text = strdup(value->text);

	if (!ulimit || !text)
		return error_memory(error);
	if (ulimit_fields(ulimit, text, error))
		return -1;
	return origin_copy(&ulimit->origin, &value->origin, error);
}

KEY_PARSER(parse_priority)
{
	int64_t number;

	if (text_number(value->text, 0, 1000, &number, error))
		return -1;
	request->priority = (int)number;
	return 0;
}

KEY_PARSER(parse_oom_score_adj)
{
	int64_t number;

	if (text_number(value->text, -1000, 1000, &number, error))
		return -1;
	request->oom_score_adj = (int)number;
	request->oom_score_adj_written = true;
	return origin_copy(&request->oom_score_adj_origin, &value->origin, error);
}

KEY_PARSER(parse_shm_size)
{
	uint64_t bytes;

	if (text_size(value->text, &bytes, error))
		return -1;
	/* Docker's 0 is its default; tmpfs's would be no limit. */
	request->shm_size_bytes = bytes ? bytes : UINT64_C(64) << 20;
	return 0;
}

KEY_PARSER(parse_max_sessions)
{
	uint64_t number;

	if (text_unsigned(value->text, 65535, &number, error))
		return -1;
	request->max_sessions = (unsigned)number;
	return 0;
}

/* A whole number and a unit. */
KEY_PARSER(parse_max_time)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 60 * 60 }, { 'd', 24 * 60 * 60 } };
	size_t digits = strspn(value->text, "0123456789");
	const char *unit = value->text + digits;
	uint64_t seconds = 0;
	char quoted[128];

	if (digits && digits <= 9 && *unit && !unit[1])
		for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
			if (*unit == units[i].unit)
				seconds = strtoull(value->text, NULL, 10) * units[i].seconds;
	request->max_time_s = seconds;
	if (seconds)
		return 0;
	return error_set(error, ERROR_POLICY, "'%s' is not a time (as 90s, 30m, 12h, 2d)",
			 text_quote(value->text, quoted, sizeof(quoted)));
}
