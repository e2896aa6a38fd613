/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Beside a login whose policy has a max_time: warns on its terminals, ends it
 * when the time is over, and ends with the last of what it started. Outside of the container, root
 * with two capabilities: KILL, for SIGHUP, and DAC_OVERRIDE, for terminals whose owners want no
 * messages. No libc, as confine-init: a few pages are all that it costs. Words: seconds, the user's
 * uid and name, the pid that stands for the login and its terminal's number (proc_pid_stat(5),
 * tty_nr; 0: none). Descriptors (lib/session/timer.c puts them there):
 *
 *   0  a socket; one byte says "I stand"; when its other end is closed the login is, and what
 *      it leaves behind is waited for without it
 *   1  a pidfd of the process that stands for the login
 *   2  the folder of the cgroup that the login's processes are in
 *   3  join=here only: cgroup.procs of where that process, which is in there too, came from
 *   4  a procfs of its own, which hides nothing: the host's /proc may have hidepid=
 */
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include <linux/socket.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/timerfd.h>
#include <linux/un.h>

#include "call.h"

enum { LINE = 0, HOLDER = 1, CGROUP = 2, HOME = 3, PROC = 4 };
enum { GRACE_S = 5, TERMINALS_MOST = 32 };

static struct {
	long seconds, uid;
	const char *name, *holder;
	long terminal;
} login;

static int timer; /* on CLOCK_BOOTTIME, which goes on while the host is suspended */
static int leads_home; /* HOME was given */
static int outlived; /* the login is closed, or its process gone; some of what it started is not */
static int events; /* cgroup.events of the login's */

static unsigned long length_of(const char *text)
{
	unsigned long length = 0;

	while (text[length])
		length++;
	return length;
}

/* Returns where the written text ends; no more than the caller has room for is ever passed. */
static char *append(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	*to = '\0';
	return to;
}

static char *append_number(char *to, unsigned long number)
{
	if (number >= 10)
		to = append_number(to, number / 10);
	*to++ = (char)('0' + number % 10);
	*to = '\0';
	return to;
}

static long number_of(const char *text)
{
	long number = 0;

	while (*text >= '0' && *text <= '9')
		number = number * 10 + (*text++ - '0');
	return number;
}

/* Sets the timer to a moment of its clock. */
static void set(long second, long nanosecond)
{
	struct __kernel_itimerspec moment = { .it_value = { second, nanosecond } };

	/* A moment of 0 would stop the timer (timerfd_settime(2)). */
	if (!second && !nanosecond)
		moment.it_value.tv_nsec = 1;
	call(__NR_timerfd_settime, timer, TFD_TIMER_ABSTIME, (long)&moment, 0);
}

/* Whether there are processes of the login's; a cgroup that is gone has none. */
static int is_populated(void)
{
	static char text[128];

	/* "populated 0", cgroups(7) */
	return call(__NR_pread64, events, (long)text, sizeof(text), 0) >= 11 && text[10] != '0';
}

/*
 * The numbers of the process that stood for the login, and of its terminal, may be another's from
 * here on.
 */
static void outlive(void)
{
	outlived = 1;
	login.terminal = 0;
	if (leads_home)
		call(__NR_close, HOME, 0, 0, 0);
	leads_home = 0;
}

/* Whether nothing of the login's is left, nor can come to be. */
static int is_past(void)
{
	if (is_populated())
		return 0;
	/* Who enters the cgroup from now on finds the line closed (timer_check); who did before is
	 * seen. */
	call(__NR_close, LINE, 0, 0, 0);
	return !is_populated();
}

/* Waits for the timer, and ends with the last process of a login that has ended. */
static void await(long second, long nanosecond)
{
	struct pollfd login_ends[] = { { .fd = timer, .events = POLLIN },
				       { .fd = LINE, .events = POLLIN },
				       { .fd = HOLDER, .events = POLLIN } };
	struct pollfd last_ends[] = { { .fd = timer, .events = POLLIN },
				      { .fd = events, .events = POLLPRI } };

	set(second, nanosecond);
	while (!outlived) {
		call(__NR_ppoll, (long)login_ends, 3, 0, 0);
		if (login_ends[0].revents)
			return;
		if (login_ends[1].revents || login_ends[2].revents)
			outlive();
	}
	while (!is_past()) {
		call(__NR_ppoll, (long)last_ends, 2, 0, 0);
		if (last_ends[0].revents)
			return;
	}
	leave(0);
}

/* Writes to a file of the login's cgroup. */
static void put(const char *file, const char *text)
{
	long fd = call(__NR_openat, CGROUP, (long)file, O_WRONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return;
	call(__NR_write, fd, (long)text, (long)length_of(text), 0);
	call(__NR_close, fd, 0, 0, 0);
}

/* Calls `visit` with the pid of each of the login's processes. */
static void each_process(void (*visit)(long pid))
{
	static char bytes[1024];
	long fd = call(__NR_openat, CGROUP, (long)"cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
	long got, pid = 0;

	if (fd < 0)
		return;
	while ((got = call(__NR_read, fd, (long)bytes, sizeof(bytes), 0)) > 0)
		for (long i = 0; i < got; i++) {
			if (bytes[i] >= '0' && bytes[i] <= '9') {
				pid = pid * 10 + (bytes[i] - '0');
				continue;
			}
			if (pid)
				visit(pid);
			pid = 0;
		}
	call(__NR_close, fd, 0, 0, 0);
}

/* A process's controlling terminal, as the kernel numbers it; 0: none. */
static long terminal_of(long pid)
{
	static char text[512];
	char path[40];
	long fd, got, at = 0;

	append(append_number(path, (unsigned long)pid), "/stat");
	fd = call(__NR_openat, PROC, (long)path, O_RDONLY | O_CLOEXEC, 0);
	got = fd < 0 ? 0 : call(__NR_read, fd, (long)text, sizeof(text) - 1, 0);
	if (fd >= 0)
		call(__NR_close, fd, 0, 0, 0);
	text[got > 0 ? got : 0] = '\0';
	/* The name may hold anything, so behind its last parenthesis: state, ppid, pgrp, session.
	 */
	for (long i = 0; text[i]; i++)
		if (text[i] == ')')
			at = i;
	for (int spaces = 0; spaces < 5 && text[at]; at++)
		spaces += text[at] == ' ';
	return number_of(text + at);
}

/* The host's own name of a terminal, where it is of a kind that logins have. */
static int name_terminal(long device, char *path)
{
	static const struct {
		long major, first, last;
		const char *name;
	} kinds[] = {
		{ 4, 0, 63, "/dev/tty" },
		{ 4, 64, 255, "/dev/ttyS" },
		{ 136, 0, 0xfffff, "/dev/pts/" },
		{ 229, 0, 255, "/dev/hvc" },
	};
	/* new_encode_dev() in the kernel. */
	long major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (major == kinds[i].major && minor >= kinds[i].first && minor <= kinds[i].last) {
			append_number(append(path, kinds[i].name),
				      (unsigned long)(minor - kinds[i].first));
			return 1;
		}
	return 0;
}

/*
 * Whether what was opened is that very terminal, and the login's: the user's own, or the one that
 * the server itself was started on. A devpts that somebody inside has mounted numbers anew, and the
 * host's terminal of such a number may be another's.
 */
static int is_ours(long fd, long device)
{
	struct stat st;

	return !call(__NR_fstat, fd, (long)&st, 0, 0) && (st.st_mode & S_IFMT) == S_IFCHR &&
	       (long)st.st_rdev == device &&
	       ((long)st.st_uid == login.uid || device == login.terminal);
}

static const char *message;

/*
 * In a child, so that nothing that a terminal's owner does to it keeps the time from passing. Not
 * this process's controlling terminal, not waited for where its output is stopped.
 */
static void write_terminal(long device)
{
	char path[40];
	long fd;

	if (!name_terminal(device, path) || call(__NR_clone, SIGCHLD, 0, 0, 0))
		return;
	call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
	fd = call(__NR_openat, AT_FDCWD, (long)path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		  0);
	if (fd >= 0 && is_ours(fd, device))
		call(__NR_write, fd, (long)message, (long)length_of(message), 0);
	leave(0);
}

static long told[TERMINALS_MOST];
static int told_count;

/* Each terminal once, however many processes are on it. */
static void tell_terminal(long device)
{
	for (int i = 0; i < told_count; i++)
		if (told[i] == device)
			return;
	if (!device || told_count == TERMINALS_MOST)
		return;
	told[told_count++] = device;
	write_terminal(device);
}

static void tell_process(long pid)
{
	tell_terminal(terminal_of(pid));
}

static void tell(const char *text)
{
	message = text;
	told_count = 0;
	tell_terminal(login.terminal);
	each_process(tell_process);
}

/* SIGCONT too, as a terminal's hang-up has it: what is stopped could not end. */
static void hang_up(long pid)
{
	if (!outlived && pid == number_of(login.holder))
		return;
	call(__NR_kill, pid, SIGHUP, 0, 0);
	call(__NR_kill, pid, SIGCONT, 0, 0);
}

/* Waits for an end of all the login's processes, `seconds` at most. */
static void await_empty(long seconds)
{
	struct pollfd ready[] = { { .fd = events, .events = POLLPRI },
				  { .fd = timer, .events = POLLIN } };
	struct __kernel_timespec now;

	call(__NR_clock_gettime, CLOCK_BOOTTIME, (long)&now, 0, 0);
	set((long)now.tv_sec + seconds, (long)now.tv_nsec);
	while (!ready[1].revents && is_populated())
		call(__NR_ppoll, (long)ready, 2, 0, 0);
}

/* What the administrator reads of it. */
static void write_log(void)
{
	static const char start[] = "<86>confine-timer: ended the login of "; /* authpriv.info */
	/* Static: a copy made here would be clang's memcpy, which nobody links. */
	static const struct sockaddr_un address = { .sun_family = 1 /* AF_UNIX */,
						    .sun_path = "/dev/log" };
	static char line[sizeof(start) + 512];
	long fd = call(__NR_socket, 1, 2 /* SOCK_DGRAM */ | O_CLOEXEC | O_NONBLOCK, 0, 0);
	char *end = append(line, start);

	end = append(append(append(end, login.name), ", process "), login.holder);
	end = append(end, ": its max_time is over");
	if (fd >= 0 && !call(__NR_connect, fd, (long)&address, sizeof(address), 0))
		call(__NR_write, fd, (long)line, end - line, 0);
	call(__NR_close, fd, 0, 0, 0);
}

/*
 * From here on the login is ended though it closes meanwhile, for what ignores SIGHUP outlives
 * that. Frozen, so that no process ends and its number becomes another's between being read and
 * signalled.
 */
static void end_login(void)
{
	struct __kernel_timespec second = { .tv_sec = 1 };

	write_log();
	/* The server that carries the terminal's bytes is among those that end. */
	call(__NR_ppoll, 0, 0, (long)&second, 0);
	if (leads_home)
		call(__NR_write, HOME, (long)login.holder, (long)length_of(login.holder), 0);
	put("cgroup.freeze", "1");
	each_process(hang_up);
	put("cgroup.freeze", "0");
	await_empty(GRACE_S);
	/* Before the kill: what enters the cgroup after it finds the line closed (timer_check). */
	call(__NR_close, LINE, 0, 0, 0);
	put("cgroup.kill", "1");
}

static const struct {
	long before_s;
	const char *text;
} warnings[] = {
	{ 600, "\r\nconfine: this session has a time limit and ends in ten minutes. Save your "
	       "work.\r\n" },
	{ 60, "\r\nconfine: this session has a time limit and ends in one minute. Save your "
	      "work.\r\n" },
	{ 0, "\r\nconfine: the time of this session is over. It ends now.\r\n" },
};

/* Signals end it, so that a service manager can; children are not waited for. */
static void prepare(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	unsigned long none = 0;

	/* Before another descriptor takes its number. */
	leads_home = call(__NR_fcntl, HOME, F_GETFD, 0, 0) >= 0;
	/* exec made it dumpable again (prctl(2)). */
	call(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0);
	call(__NR_prctl, PR_SET_NAME, (long)"confine-timer", 0, 0);
	call(__NR_rt_sigaction, SIGCHLD, (long)&ignore, 0, sizeof(none));
	call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof(none));
	events = (int)call(__NR_openat, CGROUP, (long)"cgroup.events", O_RDONLY | O_CLOEXEC, 0);
	timer = (int)call(__NR_timerfd_create, CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK, 0, 0);
}

void __attribute__((noreturn, used)) start(const long *stack)
{
	const char *const *words = (const char *const *)(stack + 1);
	struct __kernel_timespec begin;

	if (stack[0] != 6)
		leave(1);
	login.seconds = number_of(words[1]);
	login.uid = number_of(words[2]);
	login.name = words[3];
	login.holder = words[4];
	login.terminal = number_of(words[5]);
	prepare();
	if (events < 0 || timer < 0 || call(__NR_clock_gettime, CLOCK_BOOTTIME, (long)&begin, 0, 0))
		leave(1);
	call(__NR_write, LINE, (long)"r", 1, 0);
	for (unsigned i = 0; i < sizeof(warnings) / sizeof(*warnings); i++) {
		if (login.seconds <= warnings[i].before_s)
			continue;
		await((long)begin.tv_sec + login.seconds - warnings[i].before_s,
		      (long)begin.tv_nsec);
		tell(warnings[i].text);
	}
	end_login();
	leave(0);
}
