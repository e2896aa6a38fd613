/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Policy and person and host made into a plan, step by step; the steps stand
 * in files of their own. Everything that can be refused is refused by one of
 * them. Touches nothing: the host is asked through struct host only.
 */
#include "plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

int resolve_fault(const struct origin *origin, struct error *error)
{
	if (error->kind == ERROR_MEMORY)
		return -1;
	return error_locate(error, origin->file, origin->line);
}

bool resolve_from_flag(const struct origin *origin)
{
	return origin->file && text_starts(origin->file, "--");
}

int resolve_file(const struct resolve *resolve, const char *root, const char *path,
		 struct host_file *ret_file, bool *ret_found, struct error *error)
{
	*ret_found = !resolve->host->file(resolve->host, root, path, ret_file, error);
	if (*ret_found || error->number == ENOENT || error->number == ENOTDIR)
		return 0;
	return -1;
}

int resolve_warn(struct resolve *resolve, const struct origin *origin, struct error *error,
		 const char *format, ...)
{
	struct error warning = ERROR_INIT;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(warning.text, sizeof(warning.text), format, arguments);
	va_end(arguments);
	if (origin && origin->file)
		error_locate(&warning, origin->file, origin->line);
	return findings_add(&resolve->plan->warnings, &warning, error);
}

/* The person, copied: the plan outlives what it was made from. */
static int copy_user(struct host_user *to, const struct host_user *from, struct error *error)
{
	size_t size = from->groups.count * sizeof(*from->gids);

	to->uid = from->uid;
	to->gid = from->gid;
	to->name = strdup(from->name);
	to->group = strdup(from->group);
	to->home = strdup(from->home);
	to->shell = strdup(from->shell);
	to->gids = malloc(size ? size : 1);
	if (!to->name || !to->group || !to->home || !to->shell || !to->gids)
		return error_memory(error);
	if (size)
		memcpy(to->gids, from->gids, size);
	for (size_t i = 0; i < from->groups.count; i++)
		if (strings_add(&to->groups, from->groups.items[i], error))
			return -1;
	return 0;
}

/* What a request says and no host can object to. */
static int resolve_plain(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	struct plan *plan = resolve->plan;

	plan->service = resolve->context->service;
	plan->privileged = request->privileged;
	plan->no_new_privileges = request->no_new_privileges;
	plan->linger = request->linger;
	plan->max_sessions = request->max_sessions;
	plan->max_time_s = plan->service ? 0 : request->max_time_s;
	if (request->message && !(plan->message = strdup(request->message)))
		return error_memory(error);
	return copy_user(&plan->user, resolve->user, error);
}

/*
 * Under sshd no_new_privs is confine-shell's to set where there is an ambient set, and what sshd
 * starts before it (~/.ssh/rc, xauth) would gain from setuid files and file capabilities.
 */
static int resolve_gain(struct resolve *resolve, struct error *error)
{
	struct plan *plan = resolve->plan;

	(void)error;
	plan->only_shell_gains = plan->no_new_privileges && plan->ambient;
	return 0;
}

/* A later step may use what a former one found out: rootfs before mounts, mounts before nodes. */
static int (*const steps[])(struct resolve *, struct error *) = {
	resolve_plain,	      resolve_rootfs,	resolve_shell,	   resolve_namespaces,
	resolve_capabilities, resolve_gain,	resolve_share,	   resolve_groups,
	resolve_sysctls,      resolve_limits,	resolve_resources, resolve_environment,
	resolve_seccomp,      resolve_apparmor, resolve_mounts,	   resolve_devices,
	resolve_warnings,
};

int plan_resolve(struct plan *ret_plan, const struct request *request, const struct host_user *user,
		 const struct host *host, const struct plan_context *context, struct error *error)
{
	scope_of(plan) struct plan plan = { 0 };
	struct resolve resolve = { &plan, request, user, host, context };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i](&resolve, error))
			return -1;
	*ret_plan = plan;
	plan = (struct plan){ 0 };
	return 0;
}

static void clear_lists(struct plan *plan)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		free(plan->mounts.items[i].target);
		free(plan->mounts.items[i].source);
		free(plan->mounts.items[i].options);
	}
	for (size_t i = 0; i < plan->nodes.count; i++) {
		free(plan->nodes.items[i].path);
		free(plan->nodes.items[i].link);
	}
	for (size_t i = 0; i < plan->sysctls.count; i++) {
		free(plan->sysctls.items[i].name);
		free(plan->sysctls.items[i].text);
	}
	for (size_t i = 0; i < plan->limits.count; i++) {
		free(plan->limits.items[i].file);
		free(plan->limits.items[i].text);
	}
	free(plan->limits.items);
	free(plan->mounts.items);
	free(plan->nodes.items);
	free(plan->sysctls.items);
	free(plan->device_rules.items);
	free(plan->groups.items);
	free(plan->ulimits.items);
}

void plan_clear(struct plan *plan)
{
	clear_lists(plan);
	host_user_clear(&plan->user);
	free(plan->policy);
	free(plan->hostname);
	free(plan->rootfs);
	free(plan->shell);
	strings_clear(&plan->env);
	free(plan->seccomp);
	free(plan->apparmor);
	free(plan->filter);
	free(plan->message);
	findings_clear(&plan->warnings);
	*plan = (struct plan){ 0 };
}
