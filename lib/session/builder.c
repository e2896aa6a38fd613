/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "mount.h"
#include "privilege.h"
#include "process.h"
#include "root.h"

enum { READY_TIMEOUT_MS = 30000 };

/* What init keeps; the numbers are confine-init's interface (init/confine-init.c). */
enum { INIT_LOGINS = 0, INIT_READY = 1, INIT_EVENTS = 2, INIT_KILL = 3, INIT_FIRST_FREE = 4 };

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

/*
 * All ids 0: under su the real uid is the caller's, who could signal init. Not dumpable from here
 * on: the memory is a copy of the server's, with its secrets.
 */
static int become_nobody_elses(struct error *error)
{
	struct rlimit none = { 0 };

	if (prctl(PR_SET_DUMPABLE, 0) || setrlimit(RLIMIT_CORE, &none))
		return error_errno(error, "cannot forbid core dumps");
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return error_errno(error, "cannot take root's ids");
	/* The server's, or root's own: not for what runs inside to borrow from init. */
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return error_errno(error, "cannot make a session keyring");
	setsid();
	umask(0);
	return chdir("/") ? error_errno(error, "cannot go to '/'") : 0;
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

/* Puts the descriptors where confine-init looks for them and closes all others but `init`. */
static int keep_only(const struct builder_orders *orders, int line, int *init, struct error *error)
{
	int kept[INIT_FIRST_FREE] = { orders->logins, line, orders->events ? *orders->events : -1,
				      orders->kill ? *orders->kill : -1 };

	for (int i = 0; i < INIT_FIRST_FREE; i++) {
		kept[i] = kept[i] < 0 ? -1 : fcntl(kept[i], F_DUPFD_CLOEXEC, 2 * INIT_FIRST_FREE);
		if (i <= INIT_READY && kept[i] < 0)
			return error_errno(error, "cannot keep a descriptor");
	}
	*init = fcntl(*init, F_DUPFD_CLOEXEC, 2 * INIT_FIRST_FREE);
	if (*init < 0)
		return error_errno(error, "cannot keep a descriptor");
	for (int i = 0; i < INIT_FIRST_FREE; i++) {
		close(i);
		if (kept[i] >= 0 && dup2(kept[i], i) < 0)
			return error_errno(error, "cannot place a descriptor");
	}
	if (*init != INIT_FIRST_FREE && dup3(*init, INIT_FIRST_FREE, O_CLOEXEC) < 0)
		return error_errno(error, "cannot place a descriptor");
	*init = INIT_FIRST_FREE;
	if (syscall(SYS_close_range, INIT_FIRST_FREE + 1, ~0U, 0))
		return error_errno(error, "cannot close the server's descriptors");
	return 0;
}

static int builder_work(const struct builder_orders *orders, int line, struct error *error)
{
	static const char *const lingers[] = {
		[LINGER_NO] = "no", [LINGER_PROCESSES] = "processes", [LINGER_YES] = "yes"
	};
	static char name[] = "confine-init";
	char linger[16], *arguments[] = { name, linger, NULL }, *environment[] = { NULL };
	int init;

	if (become_nobody_elses(error))
		return -1;
	init = open_init(error);
	if (init < 0 || build(orders->plan, orders->id, error))
		return -1;
	if (keep_only(orders, line, &init, error) || privilege_drop_all(error))
		return -1;
	snprintf(linger, sizeof(linger), "%s", lingers[orders->plan->linger]);
	syscall(SYS_execveat, init, "", arguments, environment, AT_EMPTY_PATH);
	return error_errno(error, "cannot execute '" CONFINE_INIT "'");
}

/* What the server, the helper and init tell each other in the memory that they share. */
struct birth {
	const struct builder_orders *orders;
	int line; /* init's end of the socket, which becomes its INIT_READY */
	pid_t pid;
	int pidfd;
	bool failed;
	struct error error; /* where it failed */
};

/* In init's process, from its birth to its exec. */
static void init_main(void *context)
{
	struct birth *birth = context;

	birth->failed = builder_work(birth->orders, birth->line, &birth->error) != 0;
}

/*
 * The helper: init's parent for a moment, so that init is nobody's child. It shares the server's
 * descriptor table too, and the pidfd is the server's at once.
 */
static void helper_main(void *context)
{
	struct birth *birth = context;
	struct clone_args arguments = {
		.flags = birth->orders->plan->namespaces | CLONE_NEWNS | CLONE_INTO_CGROUP |
			 CLONE_CLEAR_SIGHAND | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&birth->pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)(unsigned)birth->orders->cgroup,
	};

	birth->pid = process_lend(&arguments, init_main, birth);
	if (birth->pid < 0)
		birth->failed =
			error_errno(&birth->error, "cannot make the container's init") != 0;
}

/*
 * Waits for READY_TIMEOUT_MS at most for one byte: 1, 0 where the other end is closed, -1 where
 * nothing came. The server's own signal handlers interrupt poll(2), whatever their flags.
 */
static ssize_t receive(int line)
{
	struct pollfd ready = { .fd = line, .events = POLLIN };
	struct timespec start, now;
	long left = READY_TIMEOUT_MS;
	ssize_t got = -1;
	int came = 0;
	char byte;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while (left > 0 && came <= 0) {
		came = poll(&ready, 1, (int)left);
		if (came < 0 && errno != EINTR)
			return -1;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = READY_TIMEOUT_MS - (now.tv_sec - start.tv_sec) * 1000 -
		       (now.tv_nsec - start.tv_nsec) / 1000000;
	}
	while (came > 0 && (got = recv(line, &byte, 1, 0)) < 0 && errno == EINTR)
		;
	return got;
}

/* confine-init's one byte. */
static int await_ready(int line, struct error *error)
{
	ssize_t got = receive(line);

	if (got < 0)
		return error_set(error, ERROR_SYSTEM, "the container is not ready after %d s",
				 READY_TIMEOUT_MS / 1000);
	if (!got)
		return error_set(error, ERROR_SYSTEM,
				 "the container's init died while it was made");
	return 0;
}

/* Has a helper make init. exit_signal 0: the server's own wait() never sees that child (clone(2),
 * __WCLONE). */
static int run_helper(struct birth *birth, struct error *error)
{
	struct clone_args arguments = { .flags = CLONE_FILES };
	pid_t helper = process_lend(&arguments, helper_main, birth);

	if (helper < 0)
		return error_errno(error, "cannot fork");
	while (waitpid(helper, NULL, __WALL) < 0 && errno == EINTR)
		;
	if (birth->failed)
		*error = birth->error;
	return birth->failed ? -1 : 0;
}

int builder_run(const struct builder_orders *orders, pid_t *ret_pid, struct error *error)
{
	struct birth birth = { .orders = orders, .pid = -1, .pidfd = -1 };
	scope_fd int line = -1, far = -1, pidfd = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return error_errno(error, "cannot make a socket");
	line = pair[0];
	far = birth.line = pair[1];
	if (run_helper(&birth, error)) {
		scope_close(&birth.pidfd);
		return -1;
	}
	pidfd = birth.pidfd;
	close(take_fd(&far));
	if (await_ready(line, error)) {
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		return -1;
	}
	*ret_pid = birth.pid;
	return take_fd(&pidfd);
}
