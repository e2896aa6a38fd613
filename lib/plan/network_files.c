/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In another tree: the host's own files that say who is who on the network, as
 * Docker gives them to an image. The host's view has them anyway.
 */
#include <errno.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

static const char *const files[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/hostname" };

static int add_file(struct resolve *resolve, const char *path, struct error *error)
{
	const struct plan_mount bind = { .kind = MOUNT_BIND,
					 .attributes = MOUNTS_NO_SUID_DEV_EXEC | MOUNT_ATTR_RDONLY,
					 .optional = true };
	scope_of(host_file) struct host_file inside = { 0 }, own = { 0 };
	bool found;

	if (resolve_file(resolve, resolve->plan->rootfs, path, &inside, &found, error)) {
		if (error->number == ELOOP)
			return resolve_warn(resolve, NULL, error,
					    "'%s' is a symlink in rootfs '%s' and stays as it is",
					    path, resolve->plan->rootfs);
		return -1;
	}
	if (!found || !S_ISREG(inside.mode))
		return 0;
	if (resolve_file(resolve, "/", path, &own, &found, error))
		return -1;
	return found ? mounts_add(resolve, &bind, path, own.real, NULL, error) : 0;
}

int mounts_add_network_files(struct resolve *resolve, struct error *error)
{
	if (resolve_host_view(resolve))
		return 0;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (add_file(resolve, files[i], error))
			return -1;
	return 0;
}
