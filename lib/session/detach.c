/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "../base/text.h"
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
 * Whether it lies on top of its mount point: umount(2) by name takes the topmost mount, and what
 * the host has covered stays covered. 1, 0 or -1.
 */
static int is_in_sight(const struct mount_entry *mount, struct error *error)
{
	struct statx found;

	if (statx(AT_FDCWD, mount->point, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID,
		  &found))
		return errno == ENOENT ? 0 : error_errno(error, "cannot stat '%s'", mount->point);
	return found.stx_mnt_id == mount->id;
}

static int detach(const char *point, struct error *error)
{
	if (umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW))
		return error_errno(error, "cannot detach the host's '%s'", point);
	return 0;
}

/*
 * Each umount waits for the kernel (an RCU grace period), a move does not: so the others are moved
 * into a procfs, onto a folder that every one has, and go with it.
 */
struct carrier {
	const struct mount_entry *mount; /* NULL: there is none, each is detached alone */
	int folder;
};

static int find_carrier(struct carrier *carrier, const struct mount_table *mounts,
			struct error *error)
{
	for (size_t i = 0; i < mounts->count && !carrier->mount; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		scope_memory char *path = NULL;
		int seen = strcmp(mount->type, "proc") ? 0 : is_in_sight(mount, error);

		if (seen < 0)
			return -1;
		if (!seen)
			continue;
		path = text_format("%s/fs", mount->point);
		if (!path)
			return error_memory(error);
		carrier->folder = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (carrier->folder >= 0)
			carrier->mount = mount;
	}
	return 0;
}

/* Parents come first, and what is below goes with them. */
static int detach_seen(const struct mount_table *mounts, const struct carrier *carrier,
		       bool *ret_detached, struct error *error)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		int seen = mount == carrier->mount || !is_kernel_type(mount->type)
				   ? 0
				   : is_in_sight(mount, error);

		if (seen < 0)
			return -1;
		/* A file can be mounted on no folder: detached alone. */
		if (seen &&
		    move_mount(AT_FDCWD, mount->point, carrier->folder, "",
			       MOVE_MOUNT_T_EMPTY_PATH) &&
		    detach(mount->point, error))
			return -1;
		*ret_detached = *ret_detached || seen;
	}
	if (!carrier->mount)
		return 0;
	*ret_detached = true;
	return detach(carrier->mount->point, error);
}

int detach_kernel_mounts(struct error *error)
{
	scope_of(mount_table) struct mount_table mounts = { 0 };
	bool detached = true;

	if (mount_table_read(&mounts, error))
		return -1;
	/* Again while something came to light that lay under another one. */
	while (detached) {
		struct carrier carrier = { .folder = -1 };
		int failed;

		detached = false;
		failed = find_carrier(&carrier, &mounts, error) ||
			 detach_seen(&mounts, &carrier, &detached, error);
		scope_close(&carrier.folder);
		if (failed)
			return -1;
	}
	return 0;
}
