/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"
#include "../lib/session/process.h"

enum { OUTPUT_MOST_BYTES = 1024 * 1024 };

static void become(char *const *argv, int output)
{
	static const char *const environment[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C",
		NULL,
	};
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	process_forget_signals();
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0)
		_exit(127);
	execve(argv[0], argv, (char *const *)(uintptr_t)environment);
	_exit(127);
}

static int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until its end; -1 with ETIMEDOUT, EFBIG or what read(2) says. */
static ssize_t read_until(int fd, int64_t end_ms, char *bytes, size_t room)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t size = 0;

	for (;;) {
		int64_t left_ms = end_ms - now_ms();
		int ready = poll(&wait, 1, left_ms > 0 ? (int)left_ms : 0);
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || size == room) {
			errno = ready < 0 ? errno : ready ? EFBIG : ETIMEDOUT;
			return -1;
		}
		got = read(fd, bytes + size, room - size);
		if (got <= 0)
			return got < 0 ? -1 : (ssize_t)size;
		size += (size_t)got;
	}
}

/* The last line that says something, cut out of the text. */
static const char *last_line(char *text)
{
	size_t length = strlen(text);
	const char *start;

	while (length && strchr(" \t\r\n", text[length - 1]))
		text[--length] = '\0';
	start = strrchr(text, '\n');
	return start ? start + 1 : text;
}

/* Its end of the pipe may be closed long before it ends: one that has not by then is killed. */
static int reap(pid_t child, int64_t end_ms)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int status = 0;
	pid_t got;

	while (!(got = waitpid(child, &status, WNOHANG)) && now_ms() < end_ms)
		nanosleep(&pause, NULL);
	if (got)
		return status;
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int judge(char *const *argv, int status, char *output, struct error *error)
{
	char quoted[256];

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		return error_set(error, ERROR_HOST, "'%s' was ended by signal %d", argv[0],
				 WTERMSIG(status));
	return error_set(error, ERROR_HOST, "'%s' failed: %s", argv[0],
			 *output ? text_quote(last_line(output), quoted, sizeof(quoted))
				 : "it said nothing");
}

int capture(char *const *argv, unsigned timeout_s, char **ret_output, struct error *error)
{
	scope_memory char *output = calloc(1, OUTPUT_MOST_BYTES + 1);
	scope_fd int answer = -1, out = -1;
	int64_t end_ms = now_ms() + (int64_t)timeout_s * 1000;
	int pipes[2], saved = 0, status;
	ssize_t size;
	pid_t child;

	if (!output)
		return error_memory(error);
	if (pipe2(pipes, O_CLOEXEC))
		return error_errno(error, "cannot make a pipe");
	answer = pipes[0];
	out = pipes[1];
	child = fork();
	if (child < 0)
		return error_errno(error, "cannot fork");
	if (!child)
		become(argv, out);
	close(take_fd(&out));
	size = read_until(answer, end_ms, output, OUTPUT_MOST_BYTES);
	saved = errno;
	status = reap(child, size < 0 ? 0 : end_ms);
	if (size < 0) {
		errno = saved;
		return error_errno(error, "no whole answer from '%s'", argv[0]);
	}
	if (judge(argv, status, output, error))
		return -1;
	*ret_output = take_pointer(&output);
	return 0;
}
