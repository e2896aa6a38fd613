/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree that becomes the root: the host's own, or a folder with another
 * system in it. That one must be root's through and through where it matters:
 * whoever can replace a part of it can lead root's mounts astray.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "resolve.h"

/* What the container mounts something on; a symlink there could lead anywhere. */
static const struct {
	const char *path;
	bool needed;
} root_folders[] = {
	{ "/dev", true }, { "/proc", true },	 { "/sys", true },  { "/run", true },
	{ "/tmp", true }, { "/var/tmp", false }, { "/etc", false }, { "/dev/pts", false },
};

static int check_folder(const struct resolve *resolve, const char *root, const char *path,
			bool needed, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (resolve_file(resolve, root, path, &file, &found, error)) {
		if (error->number == ELOOP)
			error_set(error, ERROR_POLICY, "rootfs '%s': '%s' is a symlink", root,
				  path + 1);
		return -1;
	}
	if (found ? !S_ISDIR(file.mode) : needed)
		return error_set(error, ERROR_POLICY, "rootfs '%s' has no folder '%s'", root,
				 path + 1);
	if (found && file.uid)
		return error_set(error, ERROR_POLICY, "rootfs '%s': '%s' does not belong to root",
				 root, path + 1);
	return 0;
}

/* Every folder from / down to the tree: none but root may put another in its place. */
static int check_owner(const struct resolve *resolve, const char *real, struct error *error)
{
	scope_memory char *part = strdup(real);

	if (!part)
		return error_memory(error);
	for (char *end = part + strlen(part); end > part; end = strrchr(part, '/')) {
		scope_of(host_file) struct host_file file = { 0 };
		const char *fault;

		*end = '\0';
		if (resolve->host->file(resolve->host, "/", part, &file, error))
			return -1;
		fault = path_unsafe(&(struct stat){ .st_uid = file.uid, .st_mode = file.mode });
		if (fault)
			return error_set(error, ERROR_POLICY, "rootfs '%s': '%s' %s", real, part,
					 fault);
	}
	return 0;
}

/* Nothing is covered in another tree: it is its own. */
static int check_policy(const struct resolve *resolve, const char *real, struct error *error)
{
	const char *folders[] = { CONFINE_CONF, resolve->context->conf };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (folders[i] && path_within(folders[i], real))
			return error_set(error, ERROR_POLICY,
					 "rootfs '%s' holds the policy folder '%s'", real,
					 folders[i]);
	return 0;
}

static int check_tree(struct resolve *resolve, const char *path, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (resolve_file(resolve, "/", path, &file, &found, error))
		return -1;
	if (!found)
		return error_set(error, ERROR_HOST, "rootfs '%s' does not exist", path);
	if (!S_ISDIR(file.mode))
		return error_set(error, ERROR_HOST, "rootfs '%s' is not a folder", path);
	resolve->plan->rootfs = take_pointer(&file.real);
	if (!strcmp(resolve->plan->rootfs, "/"))
		return 0;
	if (resolve->context->here)
		return error_set(
			error, ERROR_UNSUPPORTED,
			"rootfs '%s' cannot be had with join=here, only the host's own tree", path);
	if (check_owner(resolve, resolve->plan->rootfs, error) ||
	    check_policy(resolve, resolve->plan->rootfs, error))
		return -1;
	for (size_t i = 0; i < sizeof(root_folders) / sizeof(*root_folders); i++)
		if (check_folder(resolve, resolve->plan->rootfs, root_folders[i].path,
				 root_folders[i].needed, error))
			return -1;
	return 0;
}

int resolve_rootfs(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	scope_memory char *path =
		expand_path(resolve, request->rootfs ? request->rootfs : "/", error);

	if (!path || check_tree(resolve, path, error))
		return resolve_fault(&request->rootfs_origin, error);
	/* Nothing of the host's own tree is ever writable but what other rows say. */
	resolve->plan->root_read_only = request->read_only || !strcmp(resolve->plan->rootfs, "/");
	return 0;
}
