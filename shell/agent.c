/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"

static bool fill_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return snprintf(address->sun_path, sizeof(address->sun_path), "%s", path) <
	       (int)sizeof(address->sun_path);
}

int agent_listen(char *path, size_t size)
{
	char folder[] = "/tmp/ssh-XXXXXXXXXX";
	scope_fd int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;

	if (listener < 0 || !mkdtemp(folder))
		return -1;
	snprintf(path, size, "%s/agent", folder);
	if (!fill_address(&address, path) ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) || chmod(path, 0600) ||
	    listen(listener, 16))
		return -1;
	return take_fd(&listener);
}

/* One way; 0 where that way has ended. */
static int pass(int from, int to)
{
	char bytes[4096];
	struct error ignored;
	ssize_t got = read(from, bytes, sizeof(bytes));

	if (got < 0 && errno == EINTR)
		return 1;
	if (got <= 0 || path_write_all(to, bytes, (size_t)got, &ignored)) {
		shutdown(to, SHUT_WR);
		return 0;
	}
	return 1;
}

/* Both ways, to the end of one connection. */
static void carry_one(int inner, int outer, int keeper)
{
	struct pollfd ready[] = { { .fd = inner, .events = POLLIN },
				  { .fd = outer, .events = POLLIN },
				  { .fd = keeper, .events = POLLIN } };

	while (ready[0].fd >= 0 || ready[1].fd >= 0) {
		if (poll(ready, 3, -1) < 0 && errno != EINTR)
			return;
		if (ready[2].revents)
			return;
		if (ready[0].revents && !pass(inner, outer))
			ready[0].fd = -1;
		if (ready[1].revents && !pass(outer, inner))
			ready[1].fd = -1;
	}
}

static void __attribute__((noreturn))
take_one(int inner, const struct sockaddr_un *address, int keeper)
{
	int outer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (outer >= 0 && !connect(outer, (const struct sockaddr *)address, sizeof(*address)))
		carry_one(inner, outer, keeper);
	_exit(0);
}

static void __attribute__((noreturn))
be_carrier(int listener, const struct sockaddr_un *address, int keeper)
{
	struct pollfd ready[] = { { .fd = listener, .events = POLLIN },
				  { .fd = keeper, .events = POLLIN } };

	signal(SIGCHLD, SIG_IGN); /* nobody waits for them */
	signal(SIGPIPE, SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	while (poll(ready, 2, -1) >= 0 || errno == EINTR) {
		int inner;

		if (ready[1].revents)
			break;
		/* cppcheck-suppress nullPointer ; accept(2): the address may be NULL */
		inner = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (inner >= 0 && !fork())
			take_one(inner, address, keeper);
		if (inner >= 0)
			close(inner);
	}
	_exit(0);
}

void agent_carry(int listener, const char *path)
{
	scope_fd int keeper = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct sockaddr_un address;

	if (keeper >= 0 && fill_address(&address, path) && !fork())
		be_carrier(listener, &address, keeper);
}
