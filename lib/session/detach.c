/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "mount_table.h"

/* What speaks of the host's kernel and not of its files. */
static const char *const kernel_types[] = {
	"proc",	      "sysfs",	 "cgroup",     "cgroup2",    "devpts",	  "devtmpfs",
	"mqueue",     "debugfs", "tracefs",    "configfs",   "bpf",	  "binfmt_misc",
	"efivarfs",   "fusectl", "pstore",     "securityfs", "selinuxfs", "nfsd",
	"rpc_pipefs", "resctrl", "functionfs", "hugetlbfs",
};

static bool is_kernel_type(const char *type)
{
	for (size_t i = 0; i < sizeof(kernel_types) / sizeof(*kernel_types); i++)
		if (!strcmp(type, kernel_types[i]))
			return true;
	return false;
}

/*
 * Only what lies on top of its mount point: umount(2) by name takes the topmost mount, and what the
 * host has covered stays covered.
 */
static int detach(const struct mount_entry *mount, bool *detached, struct error *error)
{
	struct statx found;

	if (statx(AT_FDCWD, mount->point, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID,
		  &found))
		return errno == ENOENT ? 0 : error_errno(error, "cannot stat '%s'", mount->point);
	if (found.stx_mnt_id != mount->id)
		return 0;
	if (umount2(mount->point, MNT_DETACH | UMOUNT_NOFOLLOW))
		return error_errno(error, "cannot detach the host's '%s'", mount->point);
	*detached = true;
	return 0;
}

int detach_kernel_mounts(struct error *error)
{
	scope_of(mount_table) struct mount_table mounts = { 0 };

	if (mount_table_read(&mounts, error))
		return -1;
	/*
	 * Parents first: what is below goes with them, and each umount waits for the kernel (an RCU
	 * grace period). Again while something came to light that lay under another one.
	 */
	for (bool detached = true; detached;) {
		detached = false;
		for (size_t i = 0; i < mounts.count; i++)
			if (is_kernel_type(mounts.items[i].type) &&
			    detach(&mounts.items[i], &detached, error))
				return -1;
	}
	return 0;
}
