/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a session may do: its capabilities, held against what this host can
 * give, who shares its container for that, and its added groups.
 */
#include <linux/capability.h>
#include <stdlib.h>

#include "../base/scope.h"
#include "../policy/caps.h"
#include "resolve.h"

bool resolve_has_cap(const struct resolve *resolve, int capability)
{
	return resolve->plan->bounding & CAPS_BIT(capability);
}

/* All that this host can give: the kernel's own list and what our bounding set still holds. */
static uint64_t caps_available(const struct host *host)
{
	uint64_t known = host->last_cap >= 63 ? CAPS_ALL : CAPS_BIT(host->last_cap + 1) - 1;

	return known & host->bounding;
}

/* Locates an error at the last place that names the capability. Returns -1. */
static int fault_of(const struct request *request, int capability, struct error *error)
{
	for (size_t i = request->capabilities.count; i--;)
		if (request->capabilities.items[i].capability == capability)
			return resolve_fault(&request->capabilities.items[i].origin, error);
	return -1;
}

/* A capability that the policy names and that cannot be had is refused, never left out. */
static int check_named(const struct resolve *resolve, struct error *error)
{
	const struct host *host = resolve->host;
	uint64_t missing = resolve->request->caps.named & ~caps_available(host);
	char name[32];
	int capability;

	if (!missing)
		return 0;
	capability = __builtin_ctzll(missing);
	caps_name(capability, name, sizeof(name));
	if (capability > host->last_cap)
		error_set(error, ERROR_HOST, "capability '%s' is unknown to this kernel", name);
	else
		error_set(
			error, ERROR_HOST,
			"capability '%s' is not available on this host: its bounding set lacks it",
			name);
	return fault_of(resolve->request, capability, error);
}

int resolve_capabilities(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	struct plan *plan = resolve->plan;

	if (request->privileged) {
		plan->bounding = caps_available(resolve->host);
		return 0;
	}
	if (check_named(resolve, error))
		return -1;
	plan->bounding = request->caps.set & caps_available(resolve->host);
	/* `confine run` never gives ambient ones, as docker run does not; root needs none. */
	if (!resolve->context->service && resolve->user->uid && request->caps.added &&
	    resolve_comes_by_shell(resolve))
		plan->ambient = request->caps.added & plan->bounding;
	return 0;
}

/*
 * sshd's user process is born in the container as root before it joins; who
 * holds SYS_PTRACE there takes it over. So such a plan never shares a container
 * (design.md, "Nobody unjoined in sight"), unless it promises nothing anyway.
 * Nor does its container outlive the login: by /proc/PID/exe the server's file
 * can be held, and it can be written to once no server runs from it.
 */
int resolve_share(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	bool traces = resolve_has_cap(resolve, CAP_SYS_PTRACE) && !request->privileged;
	enum share fallback = traces ? SHARE_SESSION : SHARE_USER;

	if (resolve->context->service) {
		resolve->plan->share = SHARE_SESSION; /* `confine run` meets no one */
		return 0;
	}
	if (traces && request->share == SHARE_USER) {
		error_set(error, ERROR_POLICY, "share = user cannot stand beside SYS_PTRACE");
		return resolve_fault(&request->share_origin, error);
	}
	if (traces && request->linger == LINGER_YES) {
		error_set(error, ERROR_POLICY, "linger = yes cannot stand beside SYS_PTRACE");
		return resolve_fault(&request->linger_origin, error);
	}
	resolve->plan->share = request->share == SHARE_DEFAULT ? fallback : request->share;
	/* No login could come back to what is left of another's container. */
	if (resolve->plan->share == SHARE_SESSION && request->linger == LINGER_PROCESSES)
		resolve->plan->linger = LINGER_NO;
	return 0;
}

static bool has_group(const struct resolve *resolve, gid_t gid)
{
	for (size_t i = 0; i < resolve->user->groups.count; i++)
		if (resolve->user->gids[i] == gid)
			return true;
	for (size_t i = 0; i < resolve->plan->groups.count; i++)
		if (resolve->plan->groups.items[i] == gid)
			return true;
	return false;
}

static int add_group(struct resolve *resolve, const char *name, struct error *error)
{
	gid_t gid, *added;

	if (resolve->context->groups_lost)
		return error_set(error, ERROR_UNSUPPORTED,
				 "group_add '%s' would be lost: this server sets the groups anew",
				 name);
	if (resolve->host->group(resolve->host, name, &gid, error))
		return -1;
	if (has_group(resolve, gid))
		return 0;
	added = array_add(&resolve->plan->groups.items, &resolve->plan->groups.count,
			  sizeof(*added));
	if (!added)
		return error_memory(error);
	*added = gid;
	return 0;
}

int resolve_groups(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	for (size_t i = 0; i < request->group_add.count; i++)
		if (add_group(resolve, request->group_add.items[i].text, error))
			return resolve_fault(&request->group_add.items[i].origin, error);
	return 0;
}
