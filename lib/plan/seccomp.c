/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which seccomp profile holds, where its text comes from, and whether a login
 * can still be finished under it.
 */
#include <string.h>

#include "../base/scope.h"
#include "filter_explain.h"
#include "resolve.h"

#define PROFILE_MOST (4 * 1024 * 1024)

static bool is_default(const char *name)
{
	return !strcmp(name, "default") || !strcmp(name, "builtin");
}

/* privileged means no filter, unless the policy names one (moby daemon/seccomp_linux.go). */
static const char *profile_name(const struct request *request)
{
	if (request->seccomp)
		return is_default(request->seccomp) ? "default" : request->seccomp;
	return request->privileged ? "unconfined" : "default";
}

/* A flag's path is the caller's own; a policy's is a file in the policy folder's seccomp. */
static char *profile_path(const struct resolve *resolve, const char *name, struct error *error)
{
	const struct origin *origin = &resolve->request->seccomp_origin;
	scope_memory char *joined = NULL;

	if (resolve_from_flag(origin))
		joined = strdup(name);
	else if (name[0] == '/')
		return expand_path(resolve, name, error);
	else if (!resolve->context->conf) {
		error_set(error, ERROR_POLICY, "seccomp profile '%s': there is no policy folder",
			  name);
		return NULL;
	} else {
		joined = text_format("%s/seccomp/%s", resolve->context->conf, name);
		if (joined)
			return expand_path(resolve, joined, error);
	}
	if (!joined)
		error_memory(error);
	return take_pointer(&joined);
}

/* What each call is answered, for who asks. */
static int explain(const struct resolve *resolve, const char *name, const char *json, size_t size,
		   struct error *error)
{
	scope_of(profile) struct profile profile = { 0 };

	if (!resolve->context->calls)
		return 0;
	if (profile_parse(&profile, name, json, size, error))
		return -1;
	return filter_explain(&profile, resolve->plan->bounding, resolve->host,
			      resolve->context->calls, error);
}

static int warn_skipped(struct resolve *resolve, const char *path, const struct strings *skipped,
			struct error *error)
{
	for (size_t i = 0; i < skipped->count; i++)
		if (resolve_warn(
			    resolve, &resolve->request->seccomp_origin, error,
			    "seccomp profile '%s': this libseccomp does not know '%s': skipped",
			    path, skipped->items[i]))
			return -1;
	return 0;
}

static int load_file(struct resolve *resolve, struct filter *ret_filter, const char *name,
		     struct error *error)
{
	bool trusted = !resolve_from_flag(&resolve->request->seccomp_origin);
	scope_memory char *path = profile_path(resolve, name, error);
	const char *cache = resolve->context->cache;
	scope_of(strings) struct strings skipped = { 0 };
	scope_memory char *json = NULL;
	size_t size;

	if (!path)
		return -1;
	if (resolve->host->read(resolve->host, path, trusted, PROFILE_MOST, &json, &size, error))
		return error_prefix(error, "seccomp profile");
	if (filter_load(ret_filter, path, json, size, resolve->plan->bounding, resolve->host, cache,
			cache ? NULL : &skipped, error) ||
	    warn_skipped(resolve, path, &skipped, error))
		return -1;
	return explain(resolve, path, json, size, error);
}

static int load_default(struct resolve *resolve, struct filter *ret_filter, struct error *error)
{
	if (filter_load(ret_filter, "default", filter_default_profile, filter_default_profile_size,
			resolve->plan->bounding, resolve->host, resolve->context->cache, NULL,
			error))
		return -1;
	return explain(resolve, "default", filter_default_profile, filter_default_profile_size,
		       error);
}

static int load_filter(struct resolve *resolve, const char *name, struct error *error)
{
	scope_of(filter) struct filter filter = { 0 };
	struct plan *plan = resolve->plan;

	if (!resolve->host->has_seccomp)
		return error_set(error, ERROR_HOST, "this kernel has no seccomp filters");
	if (is_default(name) ? load_default(resolve, &filter, error)
			     : load_file(resolve, &filter, name, error))
		return -1;
	/* A command of `confine run` that fails under its filter fails alone; a login must be
	 * finished. */
	if (!resolve->context->service && filter_check_login(&filter, resolve->host, error))
		return -1;
	plan->filter_count = filter.count;
	plan->filter_flags = filter.flags;
	plan->filter = take_pointer(&filter.instructions);
	return 0;
}

int resolve_seccomp(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	const char *name = profile_name(request);

	resolve->plan->seccomp = strdup(name);
	if (!resolve->plan->seccomp)
		return error_memory(error);
	if (strcmp(name, "unconfined") && load_filter(resolve, name, error))
		return resolve_fault(&request->seccomp_origin, error);
	return 0;
}
