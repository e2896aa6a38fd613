/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup_root.h"

#include <errno.h>
#include <sys/mount.h>

#include "scope.h"

int cgroup_root(struct error *error)
{
	scope_fd int context = fsopen("cgroup2", FSOPEN_CLOEXEC);
	int root;

	if (context < 0 && errno == ENODEV)
		return error_set(error, ERROR_HOST, "this kernel has no cgroup v2");
	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return error_errno(error, "cannot reach cgroup v2");
	root = fsmount(context, FSMOUNT_CLOEXEC,
		       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return root < 0 ? error_errno(error, "cannot mount cgroup v2") : root;
}
