/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "words.h"

#include <linux/mount.h>
#include <sched.h>
#include <string.h>

const struct word words_namespaces[] = {
	{ "mnt", CLONE_NEWNS },	       { "pid", CLONE_NEWPID },
	{ "ipc", CLONE_NEWIPC },       { "uts", CLONE_NEWUTS },
	{ "cgroup", CLONE_NEWCGROUP }, { "net", CLONE_NEWNET },
	{ "user", CLONE_NEWUSER },     { NULL, 0 },
};

const struct word words_mounts[] = {
	{ "tmpfs", MOUNT_TMPFS },
	{ "bind", MOUNT_BIND },
	{ "proc", MOUNT_PROC },
	{ "sysfs", MOUNT_SYSFS },
	{ "cgroup", MOUNT_CGROUP },
	{ "devpts", MOUNT_DEVPTS },
	{ "mqueue", MOUNT_MQUEUE },
	{ "mask", MOUNT_MASK },
	{ "readonly", MOUNT_READONLY },
	{ "veil", MOUNT_VEIL },
	{ "absent", MOUNT_ABSENT },
	{ "folder", MOUNT_FOLDER },
	{ NULL, 0 },
};

const struct word words_attributes[] = {
	{ "ro", MOUNT_ATTR_RDONLY },
	{ "nosuid", MOUNT_ATTR_NOSUID },
	{ "nodev", MOUNT_ATTR_NODEV },
	{ "noexec", MOUNT_ATTR_NOEXEC },
	{ NULL, 0 },
};

const struct word words_share[] = {
	{ "user", SHARE_USER },
	{ "session", SHARE_SESSION },
	{ NULL, 0 },
};

const struct word words_linger[] = {
	{ "no", LINGER_NO },
	{ "processes", LINGER_PROCESSES },
	{ "yes", LINGER_YES },
	{ NULL, 0 },
};

const char *words_name(const struct word *words, uint64_t value)
{
	for (; words->name; words++)
		if (words->value == value)
			return words->name;
	return "?";
}

bool words_value(const struct word *words, const char *name, uint64_t *ret_value)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name)) {
			*ret_value = words->value;
			return true;
		}
	return false;
}

const char *words_access(unsigned char access, char *buffer)
{
	char *at = buffer;

	if (access & ACCESS_READ)
		*at++ = 'r';
	if (access & ACCESS_WRITE)
		*at++ = 'w';
	if (access & ACCESS_MKNOD)
		*at++ = 'm';
	*at = '\0';
	return buffer;
}
