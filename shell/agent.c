/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"

static bool fill_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return snprintf(address->sun_path, sizeof(address->sun_path), "%s", path) <
	       (int)sizeof(address->sun_path);
}

bool agent_is_servers(const char *path, uid_t uid)
{
	static const char above[] = "/tmp/";
	const char *slash = text_starts(path, above) ? strchr(path + strlen(above), '/') : NULL;
	scope_memory char *folder = slash ? strndup(path, (size_t)(slash - path)) : NULL;
	struct stat st;

	if (!folder || strchr(slash + 1, '/') || lstat(folder, &st) || !S_ISDIR(st.st_mode) ||
	    st.st_uid != uid || (st.st_mode & 077))
		return false;
	return !lstat(path, &st) && S_ISSOCK(st.st_mode) && st.st_uid == uid;
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

/* More at once wait to be accepted: what is outside of the container's limits has to have its own.
 */
enum { CONNECTIONS_MOST = 32 };

/* Bytes read from one socket and not written to the other yet. */
struct way {
	size_t begin, end;
	bool ended;
	char bytes[4096];
};

struct connection {
	int inner, outer;
	struct way out, in;
};

static struct connection connections[CONNECTIONS_MOST];
static size_t connection_count;

static void fill_way(struct way *way, int from, int to)
{
	ssize_t got = read(from, way->bytes, sizeof(way->bytes));

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		way->ended = true;
		shutdown(to, SHUT_WR);
		return;
	}
	way->begin = 0;
	way->end = (size_t)got;
}

static bool empty_way(struct way *way, int to)
{
	ssize_t written = write(to, way->bytes + way->begin, way->end - way->begin);

	if (written < 0)
		return errno == EINTR || errno == EAGAIN;
	way->begin += (size_t)written;
	return true;
}

static bool is_full(const struct way *way)
{
	return way->begin < way->end;
}

/* What is waited for at the end where `read` comes from and `written` goes to; not asked at all
 * where that is nothing, for a hang-up is always told (poll(2)). */
static struct pollfd await_end(int fd, const struct way *read, const struct way *written)
{
	short events = (short)((is_full(read) || read->ended ? 0 : POLLIN) |
			       (is_full(written) ? POLLOUT : 0));

	return (struct pollfd){ .fd = events ? fd : -1, .events = events };
}

/* False where the connection is over. */
static bool carry(struct connection *connection, short inner, short outer)
{
	struct way *out = &connection->out, *in = &connection->in;

	if (outer && is_full(out)) {
		if (!empty_way(out, connection->outer))
			return false;
	} else if (inner && !is_full(out) && !out->ended) {
		fill_way(out, connection->inner, connection->outer);
	}
	if (inner && is_full(in)) {
		if (!empty_way(in, connection->inner))
			return false;
	} else if (outer && !is_full(in) && !in->ended) {
		fill_way(in, connection->outer, connection->inner);
	}
	return !out->ended || !in->ended;
}

static void take_one(int listener, const struct sockaddr_un *address)
{
	int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
	/* cppcheck-suppress nullPointer ; accept(2): the address may be NULL */
	scope_fd int inner = accept4(listener, NULL, NULL, flags);
	scope_fd int outer = inner < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | flags, 0);
	struct connection *connection = &connections[connection_count];

	if (outer < 0 || connect(outer, (const struct sockaddr *)address, sizeof(*address)))
		return;
	connection->out = connection->in = (struct way){ 0 };
	connection->inner = take_fd(&inner);
	connection->outer = take_fd(&outer);
	connection_count++;
}

/* The last one's place becomes the ended one's. */
static void end_one(size_t index)
{
	close(connections[index].inner);
	close(connections[index].outer);
	connections[index] = connections[--connection_count];
}

/* From the last to the first, for the last takes an ended one's place. */
static void carry_all(const struct pollfd *ends)
{
	for (size_t i = connection_count; i--;)
		if (!carry(&connections[i], ends[2 * i].revents, ends[2 * i + 1].revents))
			end_one(i);
}

static void __attribute__((noreturn))
be_carrier(int listener, const struct sockaddr_un *address, int keeper)
{
	struct pollfd ready[2 + 2 * CONNECTIONS_MOST] = { { .fd = keeper, .events = POLLIN } };

	signal(SIGPIPE, SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	while (!ready[0].revents) {
		bool room = connection_count < CONNECTIONS_MOST;

		ready[1] = (struct pollfd){ .fd = room ? listener : -1, .events = POLLIN };
		for (size_t i = 0; i < connection_count; i++) {
			const struct connection *one = &connections[i];

			ready[2 + 2 * i] = await_end(one->inner, &one->out, &one->in);
			ready[3 + 2 * i] = await_end(one->outer, &one->in, &one->out);
		}
		if (poll(ready, 2 + 2 * connection_count, -1) < 0 && errno != EINTR)
			break;
		carry_all(ready + 2);
		if (ready[1].revents)
			take_one(listener, address);
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
