/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of AppArmor this machine has: the kernel's own list of profiles. Asked
 * of the files that the kernel shows, for libapparmor would have to be in every
 * server's process for two of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "host.h"

enum { LIST_MOST_BYTES = 16 * 1024 * 1024 };

static bool is_on(void)
{
	scope_fd int fd = open("/sys/module/apparmor/parameters/enabled", O_RDONLY | O_CLOEXEC);
	char word;

	return fd >= 0 && read(fd, &word, 1) == 1 && word == 'Y';
}

static bool can_load(void)
{
	return !access("/sbin/apparmor_parser", X_OK) || !access("/usr/sbin/apparmor_parser", X_OK);
}

/* The mode that a line "NAME (MODE)" tells of this name, or NULL. A name may hold blanks and
 * parentheses itself. */
static const char *mode_in(const char *line, const char *name)
{
	size_t length = strlen(name);
	const char *mode = line + length;

	if (strncmp(line, name, length) || !text_starts(mode, " (") || strrchr(line, ' ') != mode)
		return NULL;
	return mode + strlen(" (");
}

static enum host_profile profile_in(char *list, const char *name)
{
	char *line;

	while ((line = strsep(&list, "\n"))) {
		const char *mode = mode_in(line, name);

		if (mode)
			return !strcmp(mode, "complain)") || !strcmp(mode, "unconfined)")
				       ? HOST_PROFILE_LENIENT
				       : HOST_PROFILE_ENFORCED;
	}
	return can_load() ? HOST_PROFILE_ABSENT : HOST_PROFILE_UNLOADABLE;
}

int host_profile_find(const struct host *host, const char *name, enum host_profile *ret_profile,
		      struct error *error)
{
	static const char path[] = "/sys/kernel/security/apparmor/profiles";
	scope_memory char *list = NULL;
	scope_fd int fd = -1;
	struct statfs fs;
	size_t size;

	(void)host;
	*ret_profile = HOST_PROFILE_NO_APPARMOR;
	if (!is_on())
		return 0;
	*ret_profile = HOST_PROFILE_UNSEEN;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstatfs(fd, &fs))
		return error_errno(error, "cannot open '%s'", path);
	if (fs.f_type != SECURITYFS_MAGIC)
		return 0;
	if (path_read_all(fd, LIST_MOST_BYTES, &list, &size, error))
		return error_prefix(error, "'%s'", path);
	*ret_profile = profile_in(list, name);
	return 0;
}
