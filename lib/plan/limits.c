/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ulimits and oom_score_adj, held against what this process could set: without
 * SYS_RESOURCE no hard limit rises and no score falls (setrlimit(2), proc(5)).
 */
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "../policy/caps.h"
#include "resolve.h"

static const char *const limit_names[RLIM_NLIMITS] = {
	[RLIMIT_AS] = "as",
	[RLIMIT_CORE] = "core",
	[RLIMIT_CPU] = "cpu",
	[RLIMIT_DATA] = "data",
	[RLIMIT_FSIZE] = "fsize",
	[RLIMIT_LOCKS] = "locks",
	[RLIMIT_MEMLOCK] = "memlock",
	[RLIMIT_MSGQUEUE] = "msgqueue",
	[RLIMIT_NICE] = "nice",
	[RLIMIT_NOFILE] = "nofile",
	[RLIMIT_NPROC] = "nproc",
	[RLIMIT_RSS] = "rss",
	[RLIMIT_RTPRIO] = "rtprio",
	[RLIMIT_RTTIME] = "rttime",
	[RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_STACK] = "stack",
};

const char *limits_name(int resource)
{
	return limit_names[resource];
}

int limits_find(const char *name)
{
	for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
		if (!strcmp(limit_names[resource], name))
			return resource;
	return -1;
}

static bool can_raise(const struct host *host)
{
	return host->bounding & CAPS_BIT(CAP_SYS_RESOURCE);
}

static int check_ulimit(const struct host *host, const struct ulimit_request *ulimit,
			struct error *error)
{
	const char *name = limits_name(ulimit->resource);

	if (ulimit->soft > ulimit->hard)
		return error_set(error, ERROR_POLICY,
				 "ulimit '%s': the soft limit is above the hard one", name);
	if (ulimit->resource == RLIMIT_NOFILE && ulimit->hard > host->most_files)
		return error_set(error, ERROR_HOST,
				 "ulimit 'nofile' is above fs.nr_open of this host, %" PRIu64,
				 host->most_files);
	if (ulimit->hard > host->hard_limits[ulimit->resource] && !can_raise(host))
		return error_set(error, ERROR_HOST,
				 "ulimit '%s' is above this host's hard limit, %" PRIu64
				 ", and SYS_RESOURCE is not available to raise it",
				 name, host->hard_limits[ulimit->resource]);
	return 0;
}

/* One row a resource: the last one written wins. */
static int add_ulimit(struct plan *plan, const struct ulimit_request *ulimit, struct error *error)
{
	struct plan_ulimit *row = NULL;

	for (size_t i = 0; i < plan->ulimits.count; i++)
		if (plan->ulimits.items[i].resource == ulimit->resource)
			row = &plan->ulimits.items[i];
	if (!row)
		row = array_add(&plan->ulimits.items, &plan->ulimits.count, sizeof(*row));
	if (!row)
		return error_memory(error);
	*row = (struct plan_ulimit){ ulimit->resource, ulimit->soft, ulimit->hard };
	return 0;
}

static int resolve_oom_score(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	if (!request->oom_score_adj_written)
		return 0;
	if (request->oom_score_adj < resolve->host->oom_score_adj && !can_raise(resolve->host)) {
		error_set(error, ERROR_HOST,
			  "oom_score_adj '%d' is below this process's own, %d, and SYS_RESOURCE is "
			  "not available to lower it",
			  request->oom_score_adj, resolve->host->oom_score_adj);
		return resolve_fault(&request->oom_score_adj_origin, error);
	}
	resolve->plan->oom_score_adj = request->oom_score_adj;
	resolve->plan->oom_score_adj_set = true;
	return 0;
}

int resolve_limits(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	for (size_t i = 0; i < request->ulimits.count; i++) {
		const struct ulimit_request *ulimit = &request->ulimits.items[i];

		if (check_ulimit(resolve->host, ulimit, error) ||
		    add_ulimit(resolve->plan, ulimit, error))
			return resolve_fault(&ulimit->origin, error);
	}
	return resolve_oom_score(resolve, error);
}
