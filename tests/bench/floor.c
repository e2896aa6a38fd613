/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel itself costs: a process born in the same new namespaces as a
 * container's, with a read-only root and the handful of mounts without which
 * there is no container, that executes a command. No policy, no record, no
 * cgroup, no filter. Everything that confine adds is measured against this.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void need(int failed, const char *what)
{
	if (!failed)
		return;
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(125);
}

static void cover(const char *type, const char *target)
{
	int context = fsopen(type, FSOPEN_CLOEXEC), mount;

	need(context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	mount = fsmount(context, FSMOUNT_CLOEXEC, 0);
	need(mount < 0 || move_mount(mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), target);
	close(mount);
	close(context);
}

int main(int argc, char **argv)
{
	struct clone_args arguments = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE };
	pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
	int status;

	need(child < 0 || argc < 2, "clone3");
	if (!child) {
		need(mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof(read_only)),
		     "/");
		cover("tmpfs", "/dev");
		cover("tmpfs", "/tmp");
		cover("tmpfs", "/run");
		cover("proc", "/proc");
		execv(argv[1], argv + 1);
		_exit(127);
	}
	need(waitpid(child, &status, 0) != child, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}
