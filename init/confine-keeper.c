/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands in a login's session for the login's processes where those stand
 * elsewhere, in a scope that bears the limits of their container: so that the
 * session lasts as long as they do, and that who ends the session ends them.
 * Outside of the container, root with one capability, KILL. No libc, as
 * confine-init. Descriptors (lib/session/keeper.c puts them there):
 *
 *   0  a socket; one byte says "I stand"; when its other end is closed the login is
 *   1  the folder of the cgroup that the login's processes are in
 */
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include <linux/time_types.h>

#include "call.h"

enum { LINE = 0, CGROUP = 1 };
enum { GRACE_S = 5 };

static int events, signals;

/* Whether a process is there; none is where the cgroup is gone. */
static int is_populated(void)
{
	char text[128];
	long got = call(__NR_pread64, events, (long)text, sizeof(text), 0);

	return got > 10 && text[10] == '1'; /* "populated 1", cgroups(7) */
}

/* Whether it was told to end, rather than that its work is done. */
static int await_order(void)
{
	struct pollfd ready[] = { { .fd = events, .events = POLLPRI },
				  { .fd = signals, .events = POLLIN },
				  { .fd = LINE, .events = POLLIN } };

	while (!ready[1].revents) {
		if (ready[2].revents) {
			ready[2].fd = -1;
			if (!is_populated())
				return 0;
		}
		call(__NR_ppoll, (long)ready, 3, 0, 0);
		ready[2].revents |= (short)(ready[2].fd < 0);
	}
	return 1;
}

static void put(const char *file)
{
	long fd = call(__NR_openat, CGROUP, (long)file, O_WRONLY | O_CLOEXEC, 0);

	call(__NR_write, fd, (long)"1", 1, 0);
	call(__NR_close, fd, 0, 0, 0);
}

/* As systemd ends a session's scope: SIGTERM and SIGHUP, and SIGCONT for what is stopped. */
static void end(long pid)
{
	if (!pid)
		return;
	call(__NR_kill, pid, SIGTERM, 0, 0);
	call(__NR_kill, pid, SIGHUP, 0, 0);
	call(__NR_kill, pid, SIGCONT, 0, 0);
}

/*
 * Asks each to end. Frozen meanwhile, so that none ends and its number becomes another's between
 * being read and signalled; SIGKILL alone reaches what is frozen.
 */
static void ask_all(void)
{
	static char bytes[1024];
	long fd = call(__NR_openat, CGROUP, (long)"cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
	long got, pid = 0;

	while ((got = call(__NR_read, fd, (long)bytes, sizeof(bytes), 0)) > 0)
		for (long i = 0; i < got; i++) {
			if (bytes[i] >= '0' && bytes[i] <= '9') {
				pid = pid * 10 + (bytes[i] - '0');
				continue;
			}
			end(pid);
			pid = 0;
		}
	call(__NR_close, fd, 0, 0, 0);
}

static void end_all(void)
{
	/* The kernel counts it down (ppoll(2), "C library/kernel differences"). */
	struct __kernel_timespec left = { .tv_sec = GRACE_S };
	struct pollfd ready = { .fd = events, .events = POLLPRI };
	long thaw = call(__NR_openat, CGROUP, (long)"cgroup.freeze", O_WRONLY | O_CLOEXEC, 0);

	put("cgroup.freeze");
	ask_all();
	call(__NR_write, thaw, (long)"0", 1, 0);
	while (is_populated() && (left.tv_sec || left.tv_nsec))
		call(__NR_ppoll, (long)&ready, 1, (long)&left, 0);
	put("cgroup.kill");
}

void __attribute__((noreturn, used)) start(const long *stack)
{
	unsigned long orders = 1UL << (SIGTERM - 1) | 1UL << (SIGHUP - 1) | 1UL << (SIGINT - 1);

	(void)stack;
	/* exec made it dumpable again (prctl(2)). */
	call(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0);
	call(__NR_prctl, PR_SET_NAME, (long)"confine-keeper", 0, 0);
	call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&orders, 0, sizeof(orders));
	signals = (int)call(__NR_signalfd4, -1, (long)&orders, sizeof(orders), O_CLOEXEC);
	events = (int)call(__NR_openat, CGROUP, (long)"cgroup.events", O_RDONLY | O_CLOEXEC, 0);
	if (signals < 0 || events < 0)
		leave(1);
	call(__NR_write, LINE, (long)"r", 1, 0);
	if (await_order())
		end_all();
	leave(0);
}
