/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Three processes. The caller's own stands outside. A door joins
 * the container, which puts only its children into the pid namespace, forks
 * the command and is gone: nobody inside ever sees it (design.md, "Nobody
 * unjoined in sight"), so it can do with its parent's memory; the command is
 * seen, and has a copy where anybody could look. It is then the caller's child,
 * for that is the subreaper.
 */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../base/scope.h"
#include "identity.h"
#include "process.h"
#include "terminal.h"

/* What the command needs up to its exec: two paths and a report. */
enum { COMMAND_STACK_SIZE = 64 * 1024 };

/* What door and command tell the caller, over a socket that closes when the command is executed. */
struct report {
	enum { REPORT_CHILD, REPORT_TERMINAL, REPORT_PASSED, REPORT_FAULT } kind;
	pid_t pid; /* REPORT_CHILD: the command's, in the caller's pid namespace */
	int status; /* REPORT_FAULT: the exit status it means */
	struct error error;
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

/* As the caller's terminal has it: login sets 600, and mesg says who may write there. */
static void copy_mode(const struct launch *launch, int slave)
{
	struct stat st;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if ((launch->streams & 1U << fd) && isatty(fd) && !fstat(fd, &st)) {
			fchmod(slave, st.st_mode & 0777);
			return;
		}
}

/*
 * In the command's process. Its terminal is made inside, so that it has a name there, and while
 * this process is still root: whoever holds the other side takes it from nobody else.
 */
static int make_terminal(const struct launch *launch, const struct winsize *size, int line,
			 struct error *error)
{
	struct report report = { .kind = REPORT_TERMINAL };
	scope_fd int master = -1, slave = -1;
	int failed;

	/* devpts gives a new terminal to the file system ids (devpts_pty_new in the kernel). */
	if (identity_borrow(launch->user->uid, launch->user->gid, error))
		return -1;
	failed = terminal_pair(size, &master, &slave, error);
	if (!failed)
		copy_mode(launch, slave);
	identity_return();
	if (failed)
		return -1;
	if (ioctl(slave, TIOCSCTTY, 0))
		return error_errno(error, "cannot take the terminal");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if ((launch->streams & 1U << fd) && dup2(slave, fd) < 0)
			return error_errno(error, "cannot take the terminal");
	return report_send(line, &report, master)
		       ? error_errno(error, "cannot pass the terminal on")
		       : 0;
}

static int take_terminal(const struct launch *launch, const struct winsize *size, int line,
			 struct error *error)
{
	/* Out of the caller's session in any case: its terminal is not the command's to control. */
	if (setsid() < 0 && errno != EPERM)
		return error_errno(error, "cannot begin a session");
	if (launch->terminal == LAUNCH_NEW_TERMINAL)
		return make_terminal(launch, size, line, error);
	if (launch->terminal == LAUNCH_OWN_TERMINAL && ioctl(STDIN_FILENO, TIOCSCTTY, 0))
		return error_errno(error, "cannot take the terminal");
	return 0;
}

static void __attribute__((noreturn))
be_command(const struct launch *launch, const struct winsize *size, int line)
{
	struct error error = ERROR_INIT;

	process_forget_signals();
	if (take_terminal(launch, size, line, &error) ||
	    identity_become(launch->user->uid, launch->user->gid, launch->login->ambient, &error))
		report_fault(line, &error, launch->failure);
	/* What the caller has open beyond the three streams is none of the command's business. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC)) {
		error_errno(&error, "cannot close the caller's descriptors");
		report_fault(line, &error, launch->failure);
	}
	report_fault(line, &error, launch->execute(launch->context, line, &error));
}

static int set_groups(const struct host_user *user, struct error *error)
{
	if (setgroups(user->groups.count, user->gids))
		return error_errno(error, "cannot set the groups of '%s'", user->name);
	return 0;
}

/*
 * Closes all but the streams and the line, before the command can be seen from inside: with
 * SYS_PTRACE there, a folder that root's shell has open would be a way out through /proc/PID/fd
 * (seen).
 */
static int keep_only(int *line, struct error *error)
{
	const int place = STDERR_FILENO + 1;

	if (*line != place && dup3(*line, place, O_CLOEXEC) < 0)
		return error_errno(error, "cannot keep a descriptor");
	*line = place;
	if (syscall(SYS_close_range, place + 1, ~0U, 0))
		return error_errno(error, "cannot close the caller's descriptors");
	return 0;
}

/* What the door is told, in its parent's memory. */
struct knock {
	const struct launch *launch;
	const struct winsize *size;
	int line;
};

/*
 * Whether nobody inside can write to the command's memory before it is executed: the container is
 * this login's own, and to who enters it meanwhile (`confine enter`) the process is undumpable.
 * What a signal may end while it holds malloc's lists has a copy in any case (launch.h).
 */
static bool is_unseen(const struct launch *launch)
{
	return launch->login->container.unseen && launch->plan->share == SHARE_SESSION &&
	       !(launch->plan->bounding & UINT64_C(1) << CAP_SYS_PTRACE);
}

static int start_command(void *context)
{
	const struct knock *knock = context;

	be_command(knock->launch, knock->size, knock->line);
}

/* clone(2), for a filter that stands already lets that pass as it does fork's. */
static pid_t make_command(struct knock *knock)
{
	_Alignas(16) char stack[COMMAND_STACK_SIZE];
	pid_t pid;

	if (knock->launch->lends && is_unseen(knock->launch))
		return clone(start_command, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
			     knock);
	pid = fork();
	if (!pid)
		start_command(knock);
	return pid;
}

static void be_door(void *context)
{
	struct knock knock = *(const struct knock *)context;
	const struct launch *launch = knock.launch;
	struct report report = { .kind = REPORT_CHILD };
	struct error error = ERROR_INIT;

	if (set_groups(launch->user, &error) ||
	    login_join_lent(launch->login, launch->plan, launch->files, &error) ||
	    keep_only(&knock.line, &error))
		report_fault(knock.line, &error, launch->failure);
	report.pid = make_command(&knock);
	if (report.pid < 0) {
		error_errno(&error, "cannot fork into the container");
		report_fault(knock.line, &error, launch->failure);
	}
	report_send(knock.line, &report, -1);
}

int launch_pass(int line, int descriptor, struct error *error)
{
	struct report report = { .kind = REPORT_PASSED };

	return report_send(line, &report, descriptor)
		       ? error_errno(error, "cannot pass a descriptor on")
		       : 0;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/*
 * Takes in one report; true where it tells that the command failed. The command's process is seen
 * inside, where SYS_PTRACE reaches it: what it says is not trusted.
 */
static bool take_report(struct launched *launched, struct report *report, int descriptor,
			struct error *error)
{
	scope_fd int given = descriptor;

	switch (report->kind) {
	case REPORT_CHILD:
		launched->pid = report->pid;
		return false;
	case REPORT_TERMINAL:
		scope_close(&launched->master);
		launched->master = take_fd(&given);
		return false;
	case REPORT_PASSED:
		scope_close(&launched->passed);
		launched->passed = take_fd(&given);
		return false;
	case REPORT_FAULT:
		break;
	}
	report->error.file[sizeof(report->error.file) - 1] = '\0';
	report->error.text[sizeof(report->error.text) - 1] = '\0';
	launched->status = report->status;
	*error = report->error;
	return true;
}

/* The door has ended, so the command is a child of this process. */
static int check_child(const struct launched *launched, struct error *error)
{
	siginfo_t state;

	if (!launched->pid)
		return error_set(error, ERROR_SYSTEM,
				 "the command's process was killed as it joined");
	if (waitid(P_PID, (id_t)launched->pid, &state, WEXITED | WNOHANG | WNOWAIT))
		return error_errno(error, "cannot watch the command");
	return 0;
}

int launch_hear(struct launched *launched, struct error *error)
{
	struct report report;
	int descriptor = -1, more;
	bool failed = false;

	reap(launched->door); /* first: one wait where the command is executed by then */
	while ((more = report_receive(launched->line, &report, &descriptor)) > 0)
		failed = take_report(launched, &report, descriptor, error) || failed;
	if (failed && launched->pid)
		reap(launched->pid);
	if (failed)
		return -1;
	if (more < 0)
		return error_errno(error, "cannot hear of the command");
	return check_child(launched, error);
}

int launch_begin(const struct launch *launch, struct launched *launched, struct error *error)
{
	struct clone_args arguments = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)(unsigned)launch->login->cgroup.leaf,
	};
	struct winsize size;
	struct knock knock = { .launch = launch, .size = &size };
	int sockets[2];

	launched->status = launch->failure;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return error_errno(error, "cannot prepare for the command");
	terminal_size(&size);
	terminal_hold_signals();
	knock.line = sockets[1];
	launched->line = sockets[0];
	launched->door = process_lend(&arguments, be_door, &knock);
	if (launched->door < 0)
		error_errno(error, "cannot fork");
	close(sockets[1]);
	return launched->door < 0 ? -1 : 0;
}

void launched_clear(struct launched *launched)
{
	scope_close(&launched->line);
	scope_close(&launched->master);
	scope_close(&launched->passed);
	*launched = (struct launched)LAUNCHED_INIT;
}
