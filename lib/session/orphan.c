/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "orphan.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/scope.h"
#include "privilege.h"
#include "process.h"

enum { READY_TIMEOUT_MS = 30000 };

/*
 * All ids 0: under su the real uid is the caller's, who could signal it. Not dumpable from here
 * on: the memory is the server's, with its secrets.
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

/* Puts the descriptors where the program looks for them and closes all others but `file`. */
static int keep_only(const struct orphan_program *program, int *ret_file, struct error *error)
{
	int kept[ORPHAN_KEPT_MOST];
	int file = fcntl(program->file, F_DUPFD_CLOEXEC, 2 * ORPHAN_KEPT_MOST);

	for (int i = 0; i < ORPHAN_KEPT_MOST; i++) {
		kept[i] = program->kept[i] < 0
				  ? -1
				  : fcntl(program->kept[i], F_DUPFD_CLOEXEC, 2 * ORPHAN_KEPT_MOST);
		if (kept[i] < 0 && program->kept[i] >= 0)
			return error_errno(error, "cannot keep a descriptor");
	}
	if (file < 0)
		return error_errno(error, "cannot keep a descriptor");
	for (int i = 0; i < ORPHAN_KEPT_MOST; i++) {
		close(i);
		if (kept[i] >= 0 && dup2(kept[i], i) < 0)
			return error_errno(error, "cannot place a descriptor");
	}
	if (dup3(file, ORPHAN_KEPT_MOST, O_CLOEXEC) < 0)
		return error_errno(error, "cannot place a descriptor");
	*ret_file = ORPHAN_KEPT_MOST;
	if (syscall(SYS_close_range, ORPHAN_KEPT_MOST + 1, ~0U, 0))
		return error_errno(error, "cannot close the server's descriptors");
	return 0;
}

void orphan_execute(const struct orphan_program *program, struct error *error)
{
	char *environment[] = { NULL };
	int file;

	if (keep_only(program, &file, error) || privilege_drop_but(program->capabilities, error))
		return;
	syscall(SYS_execveat, file, "", program->words, environment, AT_EMPTY_PATH);
	error_errno(error, "cannot execute '%s'", program->path);
}

/* What the server, the helper and the orphan tell each other in the memory that they share. */
struct birth {
	const struct orphan *orphan;
	int line; /* the orphan's end of the socket */
	pid_t pid;
	int pidfd;
	bool failed;
	struct error error; /* where it failed */
};

/* In the orphan, from its birth to its exec. */
static void be_orphan(void *context)
{
	struct birth *birth = context;

	if (!become_nobody_elses(&birth->error))
		birth->orphan->work(birth->orphan->context, birth->line, &birth->error);
	birth->failed = true;
}

/*
 * The helper: the orphan's parent for a moment. It shares the server's descriptor table too, and
 * the pidfd is the server's at once.
 */
static void helper_main(void *context)
{
	struct birth *birth = context;
	struct clone_args arguments = {
		.flags = birth->orphan->flags | CLONE_CLEAR_SIGHAND | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&birth->pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)(unsigned)birth->orphan->cgroup,
	};

	birth->pid = process_lend(&arguments, be_orphan, birth);
	if (birth->pid < 0)
		birth->failed = error_errno(&birth->error, "cannot make %s", birth->orphan->name);
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

/* The program's one byte. */
int orphan_await(const char *name, int line, struct error *error)
{
	ssize_t got = receive(line);

	if (got < 0)
		return error_set(error, ERROR_SYSTEM, "%s is not ready after %d s", name,
				 READY_TIMEOUT_MS / 1000);
	if (!got)
		return error_set(error, ERROR_SYSTEM, "%s died while it was made", name);
	return 0;
}

/* Has a helper make the orphan. exit_signal 0: the server's own wait() never sees that child
 * (clone(2), __WCLONE). */
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

int orphan_begin(const struct orphan *orphan, pid_t *ret_pid, int *ret_line, struct error *error)
{
	struct birth birth = { .orphan = orphan, .pid = -1, .pidfd = -1, .error = ERROR_INIT };
	scope_fd int line = -1, far = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return error_errno(error, "cannot make a socket");
	line = pair[0];
	far = birth.line = pair[1];
	if (run_helper(&birth, error)) {
		scope_close(&birth.pidfd);
		return -1;
	}
	*ret_pid = birth.pid;
	*ret_line = take_fd(&line);
	return birth.pidfd;
}

int orphan_make(const struct orphan *orphan, struct error *error)
{
	scope_fd int line = -1;
	pid_t pid;
	scope_fd int pidfd = orphan_begin(orphan, &pid, &line, error);

	if (pidfd < 0)
		return -1;
	if (orphan_await(orphan->name, line, error)) {
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		return -1;
	}
	return take_fd(&line);
}
