/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of a container as a whole: memory, CPUs, tasks, disks. Docker's words and units. */
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "parsers.h"

static int put_limit(struct request *request, enum limit which, int64_t number,
		     const struct value *value, struct error *error)
{
	request->limits[which].number = number;
	return origin_copy(&request->limits[which].origin, &value->origin, error);
}

/* Docker's linuxMinMemory: below it nothing starts. 0 is no limit. */
static int put_memory(struct request *request, enum limit which, const struct value *value,
		      struct error *error)
{
	uint64_t bytes;
	char quoted[128];

	if (text_size(value->text, &bytes, error))
		return -1;
	if (bytes && bytes < (UINT64_C(6) << 20))
		return error_set(error, ERROR_POLICY, "'%s' is less than 6m",
				 text_quote(value->text, quoted, sizeof(quoted)));
	if (bytes > INT64_MAX / 2) /* the usual limit of memory and swap is twice that */
		return error_set(error, ERROR_POLICY, "'%s' is too large a size",
				 text_quote(value->text, quoted, sizeof(quoted)));
	return put_limit(request, which, (int64_t)bytes, value, error);
}

KEY_PARSER(parse_memory)
{
	return put_memory(request, LIMIT_MEMORY, value, error);
}

KEY_PARSER(parse_memory_reservation)
{
	return put_memory(request, LIMIT_MEMORY_RESERVATION, value, error);
}

KEY_PARSER(parse_memory_swap)
{
	if (!strcmp(value->text, "-1"))
		return put_limit(request, LIMIT_MEMORY_SWAP, -1, value, error);
	return put_memory(request, LIMIT_MEMORY_SWAP, value, error);
}

/* A decimal number of at most nine places, as Docker's NanoCPUs. */
KEY_PARSER(parse_cpus)
{
	size_t digits = strspn(value->text, "0123456789"), places = 0;
	const char *rest = value->text + digits;
	int64_t billionths;
	char quoted[128], fraction[] = "000000000";

	if (*rest == '.') {
		places = strspn(rest + 1, "0123456789");
		memcpy(fraction, rest + 1, places > 9 ? 9 : places);
		rest += places + 1;
	}
	if (*rest || digits + places == 0 || digits > 6 || places > 9)
		return error_set(error, ERROR_POLICY, "'%s' is not a number of CPUs (as 1.5)",
				 text_quote(value->text, quoted, sizeof(quoted)));
	billionths = strtoll(value->text, NULL, 10) * 1000000000 + strtoll(fraction, NULL, 10);
	/* Docker's least; the kernel takes no less than a hundredth of its period either. */
	if (billionths && billionths < 10000000)
		return error_set(error, ERROR_POLICY, "'%s' is less than 0.01",
				 text_quote(value->text, quoted, sizeof(quoted)));
	return put_limit(request, LIMIT_CPUS, billionths, value, error);
}

KEY_PARSER(parse_cpu_shares)
{
	uint64_t shares;

	if (text_unsigned(value->text, 262144, &shares, error))
		return -1;
	return put_limit(request, LIMIT_CPU_SHARES, (int64_t)shares, value, error);
}

/* A or A-B. */
static int cpuset_range(const char *text, struct error *error)
{
	const char *dash = strchr(text, '-');
	scope_memory char *first = dash ? strndup(text, (size_t)(dash - text)) : strdup(text);
	uint64_t least, most;
	char quoted[128];

	if (!first)
		return error_memory(error);
	if (text_unsigned(first, 65535, &least, error))
		return -1;
	if (!dash)
		return 0;
	if (text_unsigned(dash + 1, 65535, &most, error))
		return -1;
	if (most < least)
		return error_set(error, ERROR_POLICY, "'%s' ends before it begins",
				 text_quote(text, quoted, sizeof(quoted)));
	return 0;
}

static int put_cpuset(struct request *request, enum limit which, const struct value *value,
		      struct error *error)
{
	scope_of(strings) struct strings ranges = { 0 };
	struct limit_request *limit = &request->limits[which];

	if (text_split(&ranges, value->text, ',', error))
		return -1;
	for (size_t i = 0; i < ranges.count; i++)
		if (cpuset_range(ranges.items[i], error))
			return -1;
	free(limit->text);
	limit->text = strdup(value->text);
	return limit->text ? put_limit(request, which, 1, value, error) : error_memory(error);
}

KEY_PARSER(parse_cpuset_cpus)
{
	return put_cpuset(request, LIMIT_CPUSET_CPUS, value, error);
}

KEY_PARSER(parse_cpuset_mems)
{
	return put_cpuset(request, LIMIT_CPUSET_MEMS, value, error);
}

KEY_PARSER(parse_pids_limit)
{
	int64_t number;

	if (text_number(value->text, -1, 4194304 /* PID_MAX_LIMIT */, &number, error))
		return -1;
	return put_limit(request, LIMIT_PIDS, number > 0 ? number : 0, value, error);
}

KEY_PARSER(parse_blkio_weight)
{
	int64_t weight = 0;

	if (strcmp(value->text, "0") && text_number(value->text, 10, 1000, &weight, error))
		return -1;
	return put_limit(request, LIMIT_BLKIO_WEIGHT, weight, value, error);
}

/* PATH:RATE, a rate in bytes a second. */
static int add_rate(struct request *request, bool write, const struct value *value,
		    struct error *error)
{
	struct rate_request *rate =
		array_add(&request->rates.items, &request->rates.count, sizeof(*rate));
	char *colon, quoted[128];

	if (!rate || !(rate->path = strdup(value->text)))
		return error_memory(error);
	rate->write = write;
	colon = strrchr(rate->path, ':');
	if (!colon)
		return error_set(error, ERROR_POLICY, "'%s' is not PATH:RATE (as /dev/sda:1mb)",
				 text_quote(rate->path, quoted, sizeof(quoted)));
	*colon = '\0';
	if (value_path(rate->path, "", error) || text_size(colon + 1, &rate->bytes_per_s, error))
		return -1;
	return origin_copy(&rate->origin, &value->origin, error);
}

KEY_PARSER(parse_device_read_bps)
{
	return add_rate(request, false, value, error);
}

KEY_PARSER(parse_device_write_bps)
{
	return add_rate(request, true, value, error);
}
