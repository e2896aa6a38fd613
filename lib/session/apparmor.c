/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apparmor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../base/scope.h"

int apparmor_open(const struct plan *plan, int *ret_fd, struct error *error)
{
	static const char path[] = "/proc/thread-self/attr/apparmor/current";
	scope_fd int fd = -1;
	struct statfs fs;

	*ret_fd = -1;
	if (!plan->apparmor)
		return 0;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs))
		return error_errno(error, "cannot open '%s'", path);
	if (fs.f_type != PROC_SUPER_MAGIC)
		return error_set(error, ERROR_HOST, "'%s' is not the kernel's", path);
	*ret_fd = take_fd(&fd);
	return 0;
}

/* Reads back "NAME (MODE)", or "unconfined". A profile that lets its process read nothing is on. */
static int prove(int fd, const char *name, struct error *error)
{
	scope_memory char *text = calloc(1, strlen(name) + 2);
	ssize_t got;

	if (!text)
		return error_memory(error);
	got = pread(fd, text, strlen(name) + 1, 0);
	if (got < 0 && errno != EACCES)
		return error_errno(error, "cannot read the AppArmor profile back");
	if (got >= 0 && (strncmp(text, name, strlen(name)) || !strchr(" \n", text[strlen(name)])))
		return error_set(error, ERROR_SYSTEM, "the AppArmor profile is not '%s'", name);
	return 0;
}

int apparmor_change(int fd, const struct plan *plan, struct error *error)
{
	scope_memory char *order = NULL;

	if (!plan->apparmor)
		return 0;
	order = text_format("changeprofile %s", plan->apparmor);
	if (!order)
		return error_memory(error);
	/* One write is one order (apparmor_setprocattr in the kernel). */
	if (write(fd, order, strlen(order)) < 0)
		return error_errno(error, "cannot change to AppArmor profile '%s'%s",
				   plan->apparmor, errno == ENOENT ? ", which is not loaded" : "");
	return prove(fd, plan->apparmor, error);
}
