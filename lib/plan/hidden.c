/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is covered: the paths of `hide`, and in the host's view always the policy
 * folder. (/run/confine is not there: /run is the container's own.)
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* Whether the tree of `path` shows: in the host's own or in a bind, not in a mount of our own. */
static bool shows(const struct resolve *resolve, const char *path)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, path);

	return !row || row->kind == MOUNT_BIND;
}

/* A folder is covered by an empty one in which a later row can still be mounted. */
int mounts_hide(struct resolve *resolve, const char *target, mode_t mode, struct error *error)
{
	const struct plan_mount folder = { .kind = MOUNT_TMPFS,
					   .attributes = MOUNTS_NO_SUID_DEV_EXEC,
					   .optional = true,
					   .seal = true };
	const struct plan_mount file = { .kind = MOUNT_MASK, .optional = true };

	if (S_ISDIR(mode))
		return mounts_add(resolve, &folder, target, NULL, "mode=0755", error);
	return mounts_add(resolve, &file, target, NULL, NULL, error);
}

static bool below_home(const struct resolve *resolve, const char *path)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, path);

	return row && row->as_user;
}

static int hide_path(struct resolve *resolve, const char *path, bool in_home, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (resolve_file(resolve, resolve->plan->rootfs, path, &file, &found, error)) {
		/* Not covered, for another tree's link can lead anywhere: that is to be known. */
		if (error->number == ELOOP && !resolve_host_view(resolve))
			return resolve_warn(resolve, error,
					    "'%s' is not hidden: it is behind a symlink", path);
		return -1;
	}
	if (!found || !shows(resolve, file.real) || below_home(resolve, file.real) != in_home)
		return 0;
	if (!strcmp(file.real, "/"))
		return error_set(error, ERROR_POLICY, "'/' cannot be hidden");
	return mounts_hide(resolve, file.real, file.mode, error);
}

static int hide_matches(struct resolve *resolve, const char *text, bool in_home,
			struct error *error)
{
	const char *root = resolve_host_view(resolve) ? "" : resolve->plan->rootfs;
	scope_memory char *path = expand_path(resolve, text, error);
	scope_memory char *pattern = path ? text_format("%s%s", root, path) : NULL;
	scope_of(strings) struct strings paths = { 0 };

	if (!path)
		return -1;
	if (!pattern)
		return error_memory(error);
	if (resolve->host->glob(resolve->host, pattern, &paths, error))
		return -1;
	for (size_t i = 0; i < paths.count; i++)
		if (hide_path(resolve, paths.items[i] + strlen(root), in_home, error))
			return -1;
	return 0;
}

static int hide_policy(struct resolve *resolve, struct error *error)
{
	const char *conf = resolve->context->conf;

	if (!resolve_host_view(resolve))
		return 0;
	if (hide_path(resolve, CONFINE_CONF, false, error))
		return -1;
	return conf ? hide_path(resolve, conf, false, error) : 0;
}

int mounts_add_hidden(struct resolve *resolve, bool in_home, struct error *error)
{
	const struct request *request = resolve->request;

	if (!in_home && hide_policy(resolve, error))
		return -1;
	for (size_t i = 0; i < request->hide.count; i++)
		if (hide_matches(resolve, request->hide.items[i].text, in_home, error))
			return resolve_fault(&request->hide.items[i].origin, error);
	return 0;
}
