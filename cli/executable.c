/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "executable.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/session/mount.h"

int executable_seal(char *const *argv, struct error *error)
{
	scope_fd int own = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	scope_fd int sealed = -1;
	struct statvfs facts;

	if (own < 0 || fstatvfs(own, &facts))
		return error_errno(error, "cannot look at '/proc/self/exe'");
	if (facts.f_flag & ST_RDONLY)
		return 0;
	sealed = mount_clone(own, "/proc/self/exe", false, MOUNT_ATTR_RDONLY, MS_PRIVATE, error);
	if (sealed < 0)
		return -1;
	syscall(SYS_execveat, sealed, "", argv, environ, AT_EMPTY_PATH);
	return error_errno(error, "cannot execute '/proc/self/exe' again");
}
