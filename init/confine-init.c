/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pid 1 of every container. It holds the namespaces and reaps; it ends, and
 * with it all that is left, when no login is open and the policy's `linger`
 * says so. No libc: a few system calls are all that it needs, and 6 KiB all
 * that it costs. Descriptors (lib/session/builder.c puts them there):
 *
 *   0  the record's `logins`: every login holds a shared lock on it
 *   1  a socket; one byte says "I stand", then it is closed
 *   2  pid=host only: cgroup.events of the logins' cgroups
 *   3  pid=host only: cgroup.kill, for no pid namespace ends them there
 */
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/signal.h>
#include <linux/time_types.h>

#include "call.h"

enum { LOGINS = 0, READY = 1, EVENTS = 2, KILL = 3 };

static const long no_process = -3; /* -ESRCH */
static const long interrupted = -4; /* -EINTR */

/* Waits for (F_OFD_SETLKW) or gives up (F_OFD_SETLK, F_UNLCK) the lock that logins share. */
static long lock(int command, short type)
{
	struct flock whole = { .l_type = type };

	return call(__NR_fcntl, LOGINS, command, (long)&whole, 0);
}

/* Whether anything that logins started lives on. */
static int others_live(int host_pids)
{
	char text[128];
	long got;

	if (!host_pids)
		return call(__NR_kill, -1, 0, 0, 0) != no_process;
	got = call(__NR_pread64, EVENTS, (long)text, sizeof(text), 0);
	for (long i = 0; i + 10 < got; i++)
		if (text[i] == 'p' && text[i + 8] == 'd' && text[i + 9] == ' ')
			return text[i + 10] == '1';
	return 0;
}

/* A child's death, or a second: those who joined are not all children of ours. */
static void pause_a_while(void)
{
	unsigned long child_signal = 1UL << (SIGCHLD - 1);
	struct __kernel_timespec second = { .tv_sec = 1 };

	call(__NR_rt_sigtimedwait, (long)&child_signal, 0, (long)&second, sizeof(child_signal));
}

static void await_end(int processes, int host_pids)
{
	for (;;) {
		long failed = lock(F_OFD_SETLKW, F_WRLCK);

		if (failed == interrupted)
			continue;
		if (failed || !processes || !others_live(host_pids))
			return;
		lock(F_OFD_SETLK, F_UNLCK);
		pause_a_while();
	}
}

/* SA_NOCLDWAIT: no zombies pile up; SIGCHLD still comes, and waits blocked for sigtimedwait. */
static void reap_by_itself(void)
{
	struct sigaction child = { .sa_flags = SA_NOCLDWAIT };
	unsigned long all = ~0UL;

	call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, sizeof(all));
	call(__NR_rt_sigaction, SIGCHLD, (long)&child, 0, sizeof(all));
}

#define ALLOW_CALL(number)                                   \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/*
 * What init itself calls, and nothing else: with SYS_PTRACE somebody inside can make it call what
 * the container's own filter refuses. no_new_privs is set (lib/session/builder.c).
 */
static void filter_itself(void)
{
	static struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, __builtin_offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, __builtin_offsetof(struct seccomp_data, nr)),
		ALLOW_CALL(__NR_fcntl),
		ALLOW_CALL(__NR_kill),
		ALLOW_CALL(__NR_pread64),
		ALLOW_CALL(__NR_rt_sigtimedwait),
		ALLOW_CALL(__NR_write),
		ALLOW_CALL(__NR_close),
		ALLOW_CALL(__NR_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog filter = {
		.len = sizeof(program) / sizeof(*program),
		.filter = program,
	};

	if (call(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&filter, 0))
		leave(1);
}

void __attribute__((noreturn, used)) start(const long *stack)
{
	const char *linger = stack[0] > 1 ? (const char *)stack[2] : "";
	int host_pids;

	/* exec made it dumpable again (prctl(2)). */
	call(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0);
	reap_by_itself();
	host_pids = call(__NR_fcntl, KILL, F_GETFD, 0, 0) >= 0;
	filter_itself();
	call(__NR_write, READY, (long)"r", 1, 0);
	call(__NR_close, READY, 0, 0, 0);
	while (linger[0] == 'y')
		pause_a_while();
	await_end(linger[0] == 'p', host_pids);
	/* Said before the lock goes with this process: whoever gets it then sees that this ended.
	 */
	call(__NR_write, LOGINS, (long)"ended\n", 6, 0);
	if (host_pids)
		call(__NR_write, KILL, (long)"1", 1, 0);
	leave(0);
}
