/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/session/terminal.h"

/*
 * As its session's leader gives a terminal up, the kernel hangs up on the terminal's foreground,
 * which is this process too (disassociate_ctty). That one signal is not the caller's.
 */
static int give_terminal_up(struct error *error)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, fall_back = { .sa_handler = SIG_DFL };

	if (ioctl(STDIN_FILENO, TIOCNOTTY))
		return error_errno(error, "cannot give the terminal up");
	/* What is pending goes when it is ignored (sigaction(2)). */
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGHUP, &fall_back, NULL);
	return 0;
}

int stand_prepare(struct stand *stand, struct error *error)
{
	*stand = (struct stand){ .leads = getsid(0) == getpid() };
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (tcgetpgrp(fd) >= 0)
			stand->streams |= 1U << fd;
	if (stand->leads && (stand->streams & 1U << STDIN_FILENO)) {
		stand->terminal = LAUNCH_OWN_TERMINAL;
		return give_terminal_up(error);
	}
	if (!stand->leads && stand->streams)
		stand->terminal = LAUNCH_NEW_TERMINAL;
	return 0;
}

/* The terminal that is relayed to stays, and is also where terminal_relay writes. */
void stand_aside(const struct stand *stand)
{
	scope_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned kept = stand->terminal == LAUNCH_NEW_TERMINAL ? stand->streams : 0;

	if (kept && !(kept & 1U << STDOUT_FILENO)) {
		dup2(kept & 1U << STDERR_FILENO ? STDERR_FILENO : STDIN_FILENO, STDOUT_FILENO);
		kept |= 1U << STDOUT_FILENO;
	}
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (!(kept & 1U << fd) && null >= 0)
			dup2(null, fd);
}

/* To the shell's group, as whoever signals a shell's group signals those in it. */
static void pass_on(pid_t shell, int number)
{
	if (kill(-shell, number))
		kill(shell, number);
}

/*
 * The shell stopped: so does this process, and goes on when somebody continues it. Not as a leader:
 * above one there is nobody who would.
 */
static void stop_too(const struct stand *stand, pid_t shell)
{
	if (stand->leads)
		return;
	raise(SIGSTOP);
	pass_on(shell, SIGCONT);
}

/* Whether the shell has ended. */
static bool look(const struct stand *stand, pid_t shell, int *ret_status)
{
	int status;
	pid_t got = waitpid(shell, &status, WNOHANG | WUNTRACED);

	if (got == shell && WIFSTOPPED(status)) {
		stop_too(stand, shell);
		return false;
	}
	*ret_status = status;
	return got == shell;
}

static void take_signal(pid_t shell, int number)
{
	switch (number) {
	case SIGCHLD:
		return;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		/* A group that no one of its session is the parent of ignores these (setpgid(2)).
		 */
		pass_on(shell, SIGSTOP);
		return;
	default:
		pass_on(shell, number);
	}
}

static int wait_for(const struct stand *stand, pid_t shell, int *ret_status, struct error *error)
{
	struct signalfd_siginfo got;
	scope_fd int signals = -1;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signals = signalfd(-1, &all, SFD_CLOEXEC);
	if (signals < 0)
		return error_errno(error, "cannot take signals");
	while (!look(stand, shell, ret_status)) {
		ssize_t size = read(signals, &got, sizeof(got));

		if (size == (ssize_t)sizeof(got))
			take_signal(shell, (int)got.ssi_signo);
		else if (size < 0 && errno != EINTR)
			return error_errno(error, "cannot read signals");
	}
	return 0;
}

static int relay(const struct stand *stand, const struct launched *launched, int *ret_status,
		 struct error *error)
{
	scope_fd int pidfd = (int)syscall(SYS_pidfd_open, launched->pid, 0);

	if (pidfd < 0)
		return error_errno(error, "cannot watch the shell");
	if (terminal_relay(launched->master, pidfd, stand->streams & 1U << STDIN_FILENO, error))
		return -1;
	while (waitpid(launched->pid, ret_status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* RLIMIT_CORE is 0: a death by SIGSEGV leaves no core of this process. */
static void __attribute__((noreturn)) end_as(int status)
{
	struct sigaction fall_back = { .sa_handler = SIG_DFL };
	sigset_t none;

	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	sigaction(WTERMSIG(status), &fall_back, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	raise(WTERMSIG(status));
	_exit(128 + WTERMSIG(status));
}

int stand_for(const struct stand *stand, const struct launched *launched, struct error *error)
{
	int status = 0;

	if (stand->terminal == LAUNCH_NEW_TERMINAL ? relay(stand, launched, &status, error)
						   : wait_for(stand, launched->pid, &status, error))
		return -1;
	end_as(status);
}
