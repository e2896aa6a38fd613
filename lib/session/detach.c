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

/* What speaks of the host's kernel and not of its files. */
static const char *const kernel_types[] = {
	"proc",	   "sysfs",    "cgroup", "cgroup2",	"devpts",   "devtmpfs", "mqueue", "debugfs",
	"tracefs", "configfs", "bpf",	 "binfmt_misc", "efivarfs", "fusectl",	"pstore", "securityfs",
	"selinuxfs", "nfsd",   "rpc_pipefs", "resctrl", "functionfs", "hugetlbfs",
};

static bool is_kernel_type(const char *type)
{
	for (size_t i = 0; i < sizeof(kernel_types) / sizeof(*kernel_types); i++)
		if (!strcmp(type, kernel_types[i]))
			return true;
	return false;
}

/* mountinfo writes blanks and backslashes as \ooo (proc_pid_mountinfo(5)). */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

struct kernel_mount {
	unsigned long long id;
	char *point;
};

struct kernel_mounts {
	struct kernel_mount *items;
	size_t count;
};

static void kernel_mounts_clear(struct kernel_mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++)
		free(mounts->items[i].point);
	free(mounts->items);
}

/* Keeps a line of mountinfo (proc_pid_mountinfo(5)) whose type is the kernel's. */
static int keep_line(struct kernel_mounts *mounts, char *line, struct error *error)
{
	char *type = strstr(line, " - ");
	struct kernel_mount *mount;
	int start = 0, end = 0;

	if (!type)
		return 0;
	type += 3;
	type[strcspn(type, " \n")] = '\0';
	if (!is_kernel_type(type))
		return 0;
	mount = array_add(&mounts->items, &mounts->count, sizeof(*mount));
	if (!mount)
		return error_memory(error);
	if (sscanf(line, "%llu %*u %*s %*s %n%*s%n", &mount->id, &start, &end) != 1 || !end)
		return error_set(error, ERROR_SYSTEM, "cannot read '/proc/self/mountinfo'");
	mount->point = strndup(line + start, (size_t)(end - start));
	if (!mount->point)
		return error_memory(error);
	unescape(mount->point);
	return 0;
}

static int list_mounts(struct kernel_mounts *mounts, struct error *error)
{
	scope_stream FILE *stream = fopen("/proc/self/mountinfo", "re");
	scope_memory char *line = NULL;
	size_t room = 0;

	if (!stream)
		return error_errno(error, "cannot open '/proc/self/mountinfo'");
	while (getline(&line, &room, stream) > 0)
		if (keep_line(mounts, line, error))
			return -1;
	return ferror(stream) ? error_errno(error, "cannot read '/proc/self/mountinfo'") : 0;
}

/*
 * Only what lies on top of its mount point: umount(2) by name takes the topmost mount, and what the
 * host has covered stays covered.
 */
static int detach(const struct kernel_mount *mount, bool *detached, struct error *error)
{
	struct statx found;

	if (statx(AT_FDCWD, mount->point, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &found))
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
	scope_of(kernel_mounts) struct kernel_mounts mounts = { 0 };

	if (list_mounts(&mounts, error))
		return -1;
	/*
	 * Parents first: what is below goes with them, and each umount waits for the kernel (an RCU
	 * grace period). Again while something came to light that lay under another one.
	 */
	for (bool detached = true; detached;) {
		detached = false;
		for (size_t i = 0; i < mounts.count; i++)
			if (detach(&mounts.items[i], &detached, error))
				return -1;
	}
	return 0;
}
