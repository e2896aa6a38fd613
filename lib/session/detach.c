/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detach.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>

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

/* Mount point of a line of mountinfo, where its type is the kernel's; NULL otherwise. */
static char *kernel_mount_point(char *line)
{
	char *type = strstr(line, " - "), *rest, *field = NULL;

	if (!type)
		return NULL;
	type += 3;
	type[strcspn(type, " \n")] = '\0';
	if (!is_kernel_type(type))
		return NULL;
	field = strtok_r(line, " ", &rest);
	for (int i = 0; i < 4 && field; i++)
		field = strtok_r(NULL, " ", &rest);
	if (field)
		unescape(field);
	return field;
}

static int list_mounts(struct strings *points, struct error *error)
{
	scope_stream FILE *stream = fopen("/proc/self/mountinfo", "re");
	scope_memory char *line = NULL;
	size_t room = 0;

	if (!stream)
		return error_errno(error, "cannot open '/proc/self/mountinfo'");
	while (getline(&line, &room, stream) > 0) {
		const char *point = kernel_mount_point(line);

		if (point && strings_add(points, point, error))
			return -1;
	}
	return ferror(stream) ? error_errno(error, "cannot read '/proc/self/mountinfo'") : 0;
}

int detach_kernel_mounts(struct error *error)
{
	scope_of(strings) struct strings points = { 0 };

	if (list_mounts(&points, error))
		return -1;
	/* Later lines lie on top; what stood below a detached mount is gone with it (EINVAL). */
	for (size_t i = points.count; i-- > 0;)
		if (umount2(points.items[i], MNT_DETACH | UMOUNT_NOFOLLOW) && errno != EINVAL &&
		    errno != ENOENT)
			return error_errno(error, "cannot detach the host's '%s'", points.items[i]);
	return 0;
}
