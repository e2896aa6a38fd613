/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "mount.h"
#include "orphan.h"
#include "root.h"

/* What init keeps; the numbers are confine-init's interface (init/confine-init.c). */
enum { INIT_LOGINS = 0, INIT_READY = 1, INIT_EVENTS = 2, INIT_KILL = 3 };

/* lo of a network of one's own is there but down (ip-link(8)). */
static int raise_loopback(struct error *error)
{
	scope_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo" };

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request))
		return error_errno(error, "cannot reach the loopback interface");
	request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		return error_errno(error, "cannot raise the loopback interface");
	return 0;
}

/*
 * init's file through a read-only mount of its own, so that nobody inside can write to what runs
 * as root (runc CVE-2019-5736). Taken before anything of the host is covered.
 */
static int open_init(struct error *error)
{
	scope_fd int file = path_open_root_file(AT_FDCWD, CONFINE_INIT, error);
	scope_fd int handle = -1;
	char path[32];

	if (file < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	handle = open(path, O_PATH | O_CLOEXEC);
	if (handle < 0)
		return error_errno(error, "cannot open '" CONFINE_INIT "'");
	return mount_clone(handle, CONFINE_INIT, false, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID,
			   MS_PRIVATE, error);
}

static int build(const struct plan *plan, const char *id, struct error *error)
{
	if ((plan->namespaces & CLONE_NEWUTS) && plan->hostname &&
	    sethostname(plan->hostname, strlen(plan->hostname)))
		return error_errno(error, "cannot set the hostname '%s'", plan->hostname);
	if ((plan->namespaces & CLONE_NEWNET) && raise_loopback(error))
		return -1;
	if (root_sysctls(plan, error) || root_build(plan, id, error))
		return -1;
	return 0;
}

/* In init's process, up to its exec. */
static void builder_work(const void *context, int line, struct error *error)
{
	static const char *const lingers[] = {
		[LINGER_NO] = "no", [LINGER_PROCESSES] = "processes", [LINGER_YES] = "yes"
	};
	static char name[] = "confine-init";
	const struct builder_orders *orders = context;
	char linger[16], *words[] = { name, linger, NULL };
	struct orphan_program program = {
		.path = CONFINE_INIT,
		.kept = { [INIT_LOGINS] = orders->logins,
			  [INIT_READY] = line,
			  [INIT_EVENTS] = orders->events ? *orders->events : -1,
			  [INIT_KILL] = orders->kill ? *orders->kill : -1,
			  -1 },
		.words = words,
	};

	program.file = open_init(error);
	if (program.file < 0 || build(orders->plan, orders->id, error))
		return;
	snprintf(linger, sizeof(linger), "%s", lingers[orders->plan->linger]);
	orphan_execute(&program, error);
}

static const char init_name[] = "the container's init";

int builder_begin(const struct builder_orders *orders, pid_t *ret_pid, int *ret_line,
		  struct error *error)
{
	const struct orphan orphan = {
		.name = init_name,
		.flags = orders->plan->namespaces | CLONE_NEWNS | CLONE_INTO_CGROUP,
		.cgroup = orders->cgroup,
		.work = builder_work,
		.context = orders,
	};

	return orphan_begin(&orphan, ret_pid, ret_line, error);
}

int builder_await(int line, struct error *error)
{
	return orphan_await(init_name, line, error);
}
