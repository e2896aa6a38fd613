/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"

/* Passed to the process as they come, as `docker run` does. */
static const int passed[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM };
/* Our own. SIGPIPE: a closed output must not end us with the terminal in raw mode. */
static const int own[] = { SIGWINCH, SIGCONT, SIGTSTP, SIGPIPE, SIGCHLD };

struct relay {
	int master, pidfd, signals;
	const struct terminal_follow *follow; /* or NULL */
	bool input; /* standard input is a terminal to read */
	bool front; /* and this process is in the foreground there */
	bool raw; /* and in raw mode: `saved` is what it was */
	struct termios saved;
	char typed[4096]; /* read, not yet written to the master */
	size_t typed_at, typed_size;
};

static void held_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++)
		sigaddset(set, passed[i]);
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		sigaddset(set, own[i]);
}

void terminal_hold_signals(void)
{
	sigset_t set;

	held_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void terminal_release_signals(void)
{
	sigset_t set;

	held_signals(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void terminal_size(struct winsize *ret_size)
{
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, ret_size) && ioctl(STDOUT_FILENO, TIOCGWINSZ, ret_size))
		*ret_size = (struct winsize){ 0 };
}

static void copy_size(int master)
{
	struct winsize size;

	terminal_size(&size);
	ioctl(master, TIOCSWINSZ, &size);
}

int terminal_pair(const struct winsize *size, int *ret_master, int *ret_slave, struct error *error)
{
	scope_fd int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int unlocked = 0, slave;

	if (master < 0)
		return error_errno(error, "cannot open '/dev/ptmx'");
	if (ioctl(master, TIOCSPTLCK, &unlocked))
		return error_errno(error, "cannot unlock the pseudoterminal");
	/* By the master, not by name: /dev/pts may be another devpts (ioctl_tty(2), TIOCGPTPEER).
	 */
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return error_errno(error, "cannot open the pseudoterminal's other side");
	ioctl(master, TIOCSWINSZ, size);
	*ret_master = take_fd(&master);
	*ret_slave = slave;
	return 0;
}

/* A terminal that does not control us (-1) has no background. */
static bool in_front(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	return front < 0 || front == getpgrp();
}

/*
 * Raw mode, where we are in front. In the background the terminal is somebody else's: neither its
 * mode nor what is typed is ours; who puts us in front continues us (SIGCONT).
 */
static int relay_raw(struct relay *relay, struct error *error)
{
	struct termios raw;

	relay->front = relay->input && in_front();
	if (!relay->front)
		return 0;
	if (!relay->raw && tcgetattr(STDIN_FILENO, &relay->saved))
		return error_errno(error, "cannot read the terminal's mode");
	raw = relay->saved;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return error_errno(error, "cannot set the terminal's mode");
	relay->raw = true;
	return 0;
}

static void relay_restore(const struct relay *relay)
{
	if (relay->raw && in_front())
		tcsetattr(STDIN_FILENO, TCSADRAIN, &relay->saved);
}

static void relay_clear(struct relay *relay)
{
	relay_restore(relay);
	scope_close(&relay->signals);
}

/* SIGTSTP from elsewhere (the terminal's ctrl-Z goes to the other side): stop with our terminal as
 * it was; SIGCONT makes it raw again. */
static void relay_stop(const struct relay *relay)
{
	relay_restore(relay);
	raise(SIGSTOP);
}

/* We go on after a stop. */
static int relay_again(struct relay *relay, struct error *error)
{
	if (relay_raw(relay, error))
		return -1;
	/* The window may have changed meanwhile. */
	if (relay->master >= 0)
		copy_size(relay->master);
	return 0;
}

/* Our process stopped by itself: so do we, for a caller that follows. */
static int relay_child(struct relay *relay, struct error *error)
{
	siginfo_t state = { 0 };

	if (!relay->follow || waitid(P_PIDFD, (id_t)relay->pidfd, &state, WSTOPPED | WNOHANG) ||
	    !state.si_pid)
		return 0;
	relay_restore(relay);
	relay->follow->stop(relay->follow->context);
	return relay_again(relay, error);
}

static int relay_signal(struct relay *relay, struct error *error)
{
	struct signalfd_siginfo got;

	if (read(relay->signals, &got, sizeof(got)) != (ssize_t)sizeof(got))
		return 0;
	switch ((int)got.ssi_signo) {
	case SIGPIPE:
		return 0;
	case SIGCHLD:
		return relay_child(relay, error);
	case SIGTSTP:
		relay_stop(relay);
		return 0;
	case SIGCONT:
		return relay_again(relay, error);
	case SIGWINCH:
		if (relay->master >= 0)
			copy_size(relay->master);
		return 0;
	default:
		/* It may have ended just now: the loop will see. */
		syscall(SYS_pidfd_send_signal, relay->pidfd, got.ssi_signo, NULL, 0);
		return 0;
	}
}

/* Passes on what is there. 0: nothing more will come from `from`; 1: more may. */
static int pass(int from, int to, struct error *error)
{
	char bytes[8192];
	ssize_t got = read(from, bytes, sizeof(bytes));

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 1;
	/* EIO: the last one on the other side has closed it. */
	if (got <= 0)
		return 0;
	return path_write_all(to, bytes, (size_t)got, error) ? -1 : 1;
}

/* The process has ended: what it wrote is still in the pseudoterminal. */
static int drain(int master, struct error *error)
{
	struct pollfd ready = { .fd = master, .events = POLLIN };
	int more = 1;

	while (more > 0 && poll(&ready, 1, 0) > 0 && ready.revents & POLLIN)
		more = pass(master, STDOUT_FILENO, error);
	return more < 0 ? -1 : 0;
}

/* What the process wrote. */
static int relay_output(struct relay *relay, struct error *error)
{
	int more = pass(relay->master, STDOUT_FILENO, error);

	if (!more)
		relay->master = -1;
	return more < 0 ? -1 : 0;
}

/* Reads what was typed once what was typed before is written: a full pseudoterminal must not keep
 * us from reading the other way, or both sides would wait for each other. */
static void relay_typed(struct relay *relay)
{
	ssize_t got = read(STDIN_FILENO, relay->typed, sizeof(relay->typed));

	if (got > 0) {
		relay->typed_at = 0;
		relay->typed_size = (size_t)got;
	} else if (!got || (errno != EINTR && errno != EAGAIN)) {
		/* The caller's terminal has hung up. */
		relay->input = relay->front = false;
		syscall(SYS_pidfd_send_signal, relay->pidfd, SIGHUP, NULL, 0);
	}
}

static void relay_input(struct relay *relay)
{
	ssize_t put = write(relay->master, relay->typed + relay->typed_at, relay->typed_size);

	if (put > 0) {
		relay->typed_at += (size_t)put;
		relay->typed_size -= (size_t)put;
	}
}

static int relay_step(struct relay *relay, struct error *error)
{
	bool reading = relay->front && !relay->typed_size && relay->master >= 0;
	short writing = relay->typed_size ? POLLOUT : 0;
	struct pollfd ready[] = {
		{ .fd = relay->pidfd, .events = POLLIN },
		{ .fd = relay->signals, .events = POLLIN },
		{ .fd = relay->master, .events = (short)(POLLIN | writing) },
		{ .fd = reading ? STDIN_FILENO : -1, .events = POLLIN },
	};

	if (poll(ready, sizeof(ready) / sizeof(*ready), -1) < 0)
		return errno == EINTR ? 1 : error_errno(error, "cannot wait for input");
	if (ready[1].revents && relay_signal(relay, error))
		return -1;
	if (ready[2].revents & POLLOUT)
		relay_input(relay);
	if (ready[2].revents & ~POLLOUT && relay_output(relay, error))
		return -1;
	if (ready[3].revents)
		relay_typed(relay);
	return ready[0].revents ? 0 : 1;
}

int terminal_relay(int master, int pidfd, bool input, const struct terminal_follow *follow,
		   struct error *error)
{
	__attribute__((cleanup(relay_clear))) struct relay relay = {
		.master = master, .pidfd = pidfd, .signals = -1, .follow = follow, .input = input
	};
	sigset_t set;
	int more;

	held_signals(&set);
	relay.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (relay.signals < 0)
		return error_errno(error, "cannot take signals");
	if (relay_raw(&relay, error))
		return -1;
	while ((more = relay_step(&relay, error)) > 0)
		;
	if (more < 0)
		return -1;
	return relay.master < 0 ? 0 : drain(relay.master, error);
}
