/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/session/record.h"
#include "../lib/session/terminal.h"

enum { WAKER_STEP_MS = 100 };

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
	bool leads = getsid(0) == getpid();

	*stand = (struct stand){ 0 };
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (tcgetpgrp(fd) >= 0)
			stand->streams |= 1U << fd;
	if (leads && (stand->streams & 1U << STDIN_FILENO)) {
		stand->terminal = LAUNCH_OWN_TERMINAL;
		return give_terminal_up(error);
	}
	if (!leads && stand->streams)
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

/* In the shell's process: the terminal's foreground is a group of its own. */
static int come_to_front(const struct stand *stand, struct error *error)
{
	int terminal = __builtin_ctz(stand->streams);

	if (setpgid(0, 0) || tcsetpgrp(terminal, getpid()))
		return error_errno(error, "cannot bring the shell to its terminal's foreground");
	return 0;
}

/* To the shell's group, as whoever signals a shell's group signals those in it. */
static void pass_on(pid_t shell, int number)
{
	if (kill(-shell, number))
		kill(shell, number);
}

/* Where it is hidden from us it is taken for what it was seen to be. */
static bool is_stopped(pid_t pid)
{
	struct process_state state;

	if (record_process(pid, &state))
		return !kill(pid, 0) || errno != ESRCH;
	return state.state == 'T' || state.state == 't'; /* t: and traced (proc_pid_stat(5)) */
}

/*
 * Who is stopped hears nothing of a shell that is continued or killed from inside. A child of ours
 * looks for that, and wakes us.
 */
static pid_t post_waker(pid_t shell)
{
	const struct timespec step = { .tv_nsec = WAKER_STEP_MS * 1000000L };
	pid_t stopped = getpid(), waker = fork();

	if (waker)
		return waker;
	while (getppid() == stopped) {
		/* Again and again: the first might come before we stop. */
		if (!is_stopped(shell))
			kill(stopped, SIGCONT);
		nanosleep(&step, NULL);
	}
	_exit(0);
}

/* The shell stopped: so does this process, and both go on when somebody continues one of them. */
static void stop_too(void *context)
{
	static const struct timespec now = { 0 };
	const pid_t *shell = context;
	pid_t waker = post_waker(*shell);
	sigset_t woken;

	raise(SIGSTOP);
	if (waker > 0 && !kill(waker, SIGKILL))
		waitpid(waker, NULL, 0);
	/* What woke us is the shell's once, not again when we come to read it. */
	sigemptyset(&woken);
	sigaddset(&woken, SIGCONT);
	sigtimedwait(&woken, NULL, &now);
	if (is_stopped(*shell))
		pass_on(*shell, SIGCONT);
}

/* Whether the shell has ended. */
static bool look(pid_t shell, int *ret_status)
{
	int status;
	pid_t got = waitpid(shell, &status, WNOHANG | WUNTRACED);

	if (got == shell && WIFSTOPPED(status)) {
		stop_too(&shell);
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

static int wait_for(pid_t shell, int *ret_status, struct error *error)
{
	struct signalfd_siginfo got;
	scope_fd int signals = -1;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signals = signalfd(-1, &all, SFD_CLOEXEC);
	if (signals < 0)
		return error_errno(error, "cannot take signals");
	while (!look(shell, ret_status)) {
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
	pid_t shell = launched->pid;
	const struct terminal_follow follow = { stop_too, &shell };

	if (pidfd < 0)
		return error_errno(error, "cannot watch the shell");
	if (terminal_relay(launched->master, pidfd, stand->streams & 1U << STDIN_FILENO, &follow,
			   error))
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

int stand_within(const struct stand *stand, struct error *error)
{
	const struct stand none = { .terminal = LAUNCH_NO_TERMINAL };
	pid_t shell;
	sigset_t all;
	int status = 0;

	/* SIGTTOU would stop who is not in front yet; the shell's mask is set as it is executed. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	shell = fork();
	if (shell < 0)
		return error_errno(error, "cannot fork the shell");
	if (!shell)
		return come_to_front(stand, error);
	stand_aside(&none);
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
	if (wait_for(shell, &status, error))
		_exit(1);
	end_as(status);
}

int stand_for(const struct stand *stand, const struct launched *launched, struct error *error)
{
	int status = 0;

	if (stand->terminal == LAUNCH_NEW_TERMINAL ? relay(stand, launched, &status, error)
						   : wait_for(launched->pid, &status, error))
		return -1;
	end_as(status);
}
