/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ticket.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "../base/text.h"
#include "identity.h"

enum { TICKET_MOST = 1 << 20 };

void ticket_clear(struct ticket *ticket)
{
	if (ticket->bytes)
		explicit_bzero(ticket->bytes, ticket->size);
	free(ticket->bytes);
	free(ticket->path);
	*ticket = (struct ticket){ 0 };
}

/* The folder of an absolute path and its last part; -1 where there is no such folder. */
static int open_folder(const char *path, const char **ret_name)
{
	scope_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *slash = strrchr(path, '/');
	scope_memory char *folder = strndup(path, (size_t)(slash - path) + 1);
	struct error ignored;

	*ret_name = slash + 1;
	if (root < 0 || !folder)
		return -1;
	return path_open_in(root, folder, O_PATH | O_DIRECTORY, &ignored);
}

static int open_ticket(const char *path, uid_t uid, struct stat *st)
{
	const char *name;
	scope_fd int folder = open_folder(path, &name);
	scope_fd int fd = -1;

	if (folder < 0)
		return -1;
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st) || !S_ISREG(st->st_mode) || st->st_uid != uid)
		return -1;
	return take_fd(&fd);
}

void ticket_read(struct ticket *ret_ticket, const char *name, uid_t uid, gid_t gid)
{
	scope_fd int fd = -1;
	struct error ignored;
	struct stat st;

	if (!name)
		return;
	if (text_starts(name, "FILE:"))
		name += strlen("FILE:");
	if (name[0] != '/' || identity_borrow(uid, gid, &ignored))
		return;
	fd = open_ticket(name, uid, &st);
	identity_return();
	if (fd < 0 ||
	    path_read_all(fd, TICKET_MOST, &ret_ticket->bytes, &ret_ticket->size, &ignored))
		return;
	ret_ticket->path = strdup(name);
}

void ticket_write(const struct ticket *ticket, uid_t uid, gid_t gid)
{
	scope_fd int folder = -1, fd = -1;
	struct error ignored;
	const char *name;

	if (!ticket->path || identity_borrow(uid, gid, &ignored))
		return;
	folder = open_folder(ticket->path, &name);
	if (folder >= 0)
		fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0600);
	if (fd >= 0 && path_write_all(fd, ticket->bytes, ticket->size, &ignored))
		unlinkat(folder, name, 0);
	identity_return();
}
