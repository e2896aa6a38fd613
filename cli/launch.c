/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Three processes. The caller's own stands outside and relays. A door joins
 * the container, which puts only its children into the pid namespace, forks
 * the command and is gone: nobody inside ever sees it (design.md, "Nobody
 * unjoined in sight"). The command then is the caller's child, for that is
 * the subreaper.
 */
#include "launch.h"

#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../lib/base/scope.h"
#include "../lib/session/identity.h"
#include "../lib/session/process.h"
#include "command.h"
#include "program.h"
#include "terminal.h"

/* What door and command tell the caller, over a socket that closes when the command is executed. */
struct report {
	enum { REPORT_CHILD, REPORT_TERMINAL, REPORT_FAULT } kind;
	pid_t pid; /* REPORT_CHILD: the command's, in the caller's pid namespace */
	int status; /* REPORT_FAULT: the exit status it means */
	struct error error;
};

/* What the caller has heard. */
struct hearing {
	pid_t pid;
	int master;
	bool failed;
	int status;
};

static int report_send(int socket, const struct report *report, int descriptor)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { .iov_base = (void *)(uintptr_t)report, .iov_len = sizeof(*report) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (descriptor >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*report) ? 0 : -1;
}

static void __attribute__((noreturn))
report_fault(int socket, const struct error *error, int status)
{
	struct report report = { .kind = REPORT_FAULT, .status = status, .error = *error };

	report_send(socket, &report, -1);
	_exit(status);
}

/* 1: got one; 0: the socket is closed, the command runs; -1: neither. */
static int report_receive(int socket, struct report *ret_report, int *ret_descriptor)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { .iov_base = ret_report, .iov_len = sizeof(*ret_report) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control.bytes,
				  .msg_controllen = sizeof(control.bytes) };
	ssize_t got;

	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return (int)got;
	*ret_descriptor = -1;
	if (message.msg_controllen >= CMSG_LEN(sizeof(int)) &&
	    control.header.cmsg_type == SCM_RIGHTS)
		memcpy(ret_descriptor, CMSG_DATA(&control.header), sizeof(int));
	return got == (ssize_t)sizeof(*ret_report) ? 1 : -1;
}

/* In the command's process. Its terminal is made inside, so that it has a name there, and while
 * this process is still root: whoever holds the other side takes it from nobody else. */
static int take_terminal(const struct launch *launch, const struct winsize *size, int socket,
			 struct error *error)
{
	struct report report = { .kind = REPORT_TERMINAL };
	scope_fd int master = -1, slave = -1;
	int failed;

	/* devpts gives a new terminal to the file system ids (devpts_pty_new in the kernel). */
	if (identity_borrow(launch->user->uid, launch->user->gid, error))
		return -1;
	failed = terminal_pair(size, &master, &slave, error);
	identity_return();
	if (failed)
		return -1;
	if (ioctl(slave, TIOCSCTTY, 0))
		return error_errno(error, "cannot take the terminal");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(slave, fd) < 0)
			return error_errno(error, "cannot take the terminal");
	return report_send(socket, &report, master)
		       ? error_errno(error, "cannot pass the terminal on")
		       : 0;
}

/* Groups were set before the join, which adds the plan's. Proved by asking, and by trying back. */
static int become(const struct host_user *user, struct error *error)
{
	uid_t real, effective, saved;

	if (setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return error_errno(error, "cannot become user %u", user->uid);
	if (getresuid(&real, &effective, &saved))
		return error_errno(error, "cannot read the ids");
	if (real != user->uid || effective != user->uid || saved != user->uid ||
	    getegid() != user->gid || (user->uid && !setuid(0)))
		return error_set(error, ERROR_SYSTEM, "the ids were not given up");
	return 0;
}

static int go_to(const char *workdir, struct error *error)
{
	char quoted[256];

	if (!chdir(workdir))
		return 0;
	return error_errno(error, "working folder '%s'",
			   text_quote(workdir, quoted, sizeof(quoted)));
}

static void __attribute__((noreturn))
be_command(const struct launch *launch, const struct winsize *size, int socket)
{
	struct error error = ERROR_INIT;

	process_forget_signals();
	/* Out of the caller's session in any case: its terminal is not the command's to control. */
	if (setsid() < 0 && errno != EPERM) {
		error_errno(&error, "cannot begin a session");
		report_fault(socket, &error, STATUS_CONFINE_FAILED);
	}
	if ((launch->tty && take_terminal(launch, size, socket, &error)) ||
	    become(launch->user, &error) || go_to(launch->workdir, &error))
		report_fault(socket, &error, STATUS_CONFINE_FAILED);
	/* What the caller has open beyond the three streams is none of the command's business. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC)) {
		error_errno(&error, "cannot close the caller's descriptors");
		report_fault(socket, &error, STATUS_CONFINE_FAILED);
	}
	report_fault(socket, &error,
		     program_execute(launch->command, launch->fallback, launch->env, &error));
}

static int set_groups(const struct host_user *user, struct error *error)
{
	if (setgroups(user->groups.count, user->gids))
		return error_errno(error, "cannot set the groups of '%s'", user->name);
	return 0;
}

static void __attribute__((noreturn))
be_door(const struct launch *launch, const struct winsize *size, int socket)
{
	struct report report = { .kind = REPORT_CHILD };
	struct error error = ERROR_INIT;

	if (set_groups(launch->user, &error) ||
	    login_join(launch->login, launch->plan, NULL, &error))
		report_fault(socket, &error, STATUS_CONFINE_FAILED);
	report.pid = fork();
	if (report.pid < 0) {
		error_errno(&error, "cannot fork into the container");
		report_fault(socket, &error, STATUS_CONFINE_FAILED);
	}
	if (!report.pid)
		be_command(launch, size, socket);
	report_send(socket, &report, -1);
	_exit(0);
}

static int hear(int socket, struct hearing *hearing, struct error *error)
{
	struct report report;
	int descriptor = -1, more;

	while ((more = report_receive(socket, &report, &descriptor)) > 0) {
		if (report.kind == REPORT_CHILD) {
			hearing->pid = report.pid;
		} else if (report.kind == REPORT_TERMINAL) {
			hearing->master = descriptor;
		} else {
			hearing->failed = true;
			hearing->status = report.status;
			*error = report.error;
		}
	}
	if (more < 0)
		return error_errno(error, "cannot hear of the command");
	if (!hearing->failed && !hearing->pid)
		return error_set(error, ERROR_SYSTEM,
				 "the command's process was killed as it joined");
	return hearing->failed ? -1 : 0;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The command runs. */
static int attend(const struct launch *launch, struct hearing *hearing, struct error *error)
{
	scope_fd int pidfd = (int)syscall(SYS_pidfd_open, hearing->pid, 0);
	int failed;

	if (pidfd < 0)
		return error_errno(error, "cannot watch the command");
	failed = terminal_relay(hearing->master, pidfd, launch->tty && launch->input, error);
	if (failed)
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	hearing->status = wait_for(hearing->pid);
	return failed;
}

int launch_run(const struct launch *launch, int *ret_status, struct error *error)
{
	struct hearing hearing = { .master = -1, .status = STATUS_CONFINE_FAILED };
	struct winsize size;
	int sockets[2], failed;
	pid_t door;

	*ret_status = STATUS_CONFINE_FAILED;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return error_errno(error, "cannot prepare for the command");
	terminal_size(&size);
	terminal_hold_signals();
	door = fork();
	if (!door) {
		close(sockets[0]);
		be_door(launch, &size, sockets[1]);
	}
	close(sockets[1]);
	if (door < 0) {
		close(sockets[0]);
		return error_errno(error, "cannot fork");
	}
	failed = hear(sockets[0], &hearing, error);
	close(sockets[0]);
	wait_for(door);
	if (!failed)
		failed = attend(launch, &hearing, error);
	else if (hearing.pid)
		wait_for(hearing.pid);
	scope_close(&hearing.master);
	*ret_status = hearing.status;
	return failed;
}
