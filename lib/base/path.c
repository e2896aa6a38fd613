/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "scope.h"
#include "text.h"

static int openat2_call(int dir, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = resolve,
	};
	long fd;

	/* EAGAIN: a rename or mount raced with the walk (openat2(2)). */
	for (int tries = 0; tries < 100; tries++) {
		fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

static int fail(struct error *error, const char *path)
{
	char quoted[256];

	return error_errno(error, "cannot open '%s'", text_quote(path, quoted, sizeof(quoted)));
}

int path_open_in(int root, const char *path, int flags, struct error *error)
{
	int fd = openat2_call(root, *path ? path : ".", flags,
			      RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);

	return fd < 0 ? fail(error, path) : fd;
}

/* Opens or makes the entry `name` of `dir` as O_PATH; `.` and `..` name nothing to make. */
static int make_entry(int dir, const char *name, bool folder)
{
	int made;

	if (!strcmp(name, ".") || !strcmp(name, "..")) {
		errno = EINVAL;
		return -1;
	}
	if (folder) {
		if (mkdirat(dir, name, 0755) && errno != EEXIST)
			return -1;
	} else {
		made = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			      0644);
		if (made < 0 && errno != EEXIST)
			return -1;
		if (made >= 0)
			close(made);
	}
	return openat2_call(dir, name, O_PATH | O_NOFOLLOW | (folder ? O_DIRECTORY : 0),
			    RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);
}

int path_make_in(int root, const char *path, bool folder, struct error *error)
{
	const uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
	int fd = openat2_call(root, *path ? path : ".", O_PATH | O_NOFOLLOW, resolve);
	size_t length = strlen(path);
	scope_memory char *above = NULL;
	scope_fd int parent = -1;

	if (fd >= 0)
		return fd;
	while (length && path[length - 1] != '/')
		length--;
	/* A last `/` leaves no name; what is above the first name is there. */
	if (errno != ENOENT || !path[length])
		return fail(error, path);
	above = strndup(path, length ? length - 1 : 0);
	if (!above)
		return error_memory(error);
	parent = path_make_in(root, above, true, error);
	if (parent < 0)
		return -1;
	fd = make_entry(parent, path + length, folder);
	return fd < 0 ? fail(error, path) : fd;
}

/* Whether a symlink in `dir` can be followed: nobody but root could have put it there. */
static bool link_trusted(const struct stat *dir, const struct stat *link)
{
	if (!path_unsafe(dir))
		return true;
	return dir->st_uid == 0 && (dir->st_mode & S_ISVTX) && link->st_uid == 0;
}

/* Replaces `rest` (what is still to be walked) by the link's text and what follows it. */
static int follow_link(int link, char **rest, const char *after)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(link, "", text, sizeof(text) - 1);
	char *joined;

	if (length < 0)
		return -1;
	text[length] = '\0';
	joined = text_format("%s/%s", text, after);
	if (!joined)
		return -1;
	free(*rest);
	*rest = joined;
	return 0;
}

/* Drops the last part of a path without symlinks. */
static void real_up(char *real)
{
	char *slash = strrchr(real, '/');

	if (slash)
		*slash = '\0';
}

static int real_down(char **real, const char *name)
{
	char *longer = text_format("%s/%s", *real, name);

	if (!longer)
		return -1;
	free(*real);
	*real = longer;
	return 0;
}

struct walk {
	int at; /* the folder reached */
	char *real; /* its path without symlinks, "" for the root */
	char *rest; /* what is left to walk */
	int links;
};

static void walk_clear(struct walk *walk)
{
	scope_close(&walk->at);
	scope_free(&walk->real);
	scope_free(&walk->rest);
}

/*
 * O_DIRECTORY first: with O_PATH alone the last part would not trigger an automount
 * (path_resolution(7); fs/namei.c, follow_automount). `..` is the kernel's own: the root's
 * parent is the root.
 */
static int open_part(int at, const char *part)
{
	int fd = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOTDIR)
		fd = openat(at, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd;
}

/* One part of the path. 0 when there is more, 1 when done, -1 with errno. */
static int walk_step(struct walk *walk)
{
	char *name = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(name, "/");
	scope_memory char *part = strndup(name, length);
	scope_memory char *after = strdup(name + length);
	scope_fd int next = -1;
	struct stat dir, entry;

	if (!part || !after)
		return -1;
	if (!length)
		return 1;
	next = open_part(walk->at, part);
	if (next < 0 || fstat(next, &entry))
		return -1;
	if (S_ISLNK(entry.st_mode)) {
		if (++walk->links > 40 || fstat(walk->at, &dir) || !link_trusted(&dir, &entry)) {
			errno = ELOOP;
			return -1;
		}
		if (follow_link(next, &walk->rest, after))
			return -1;
		if (walk->rest[0] != '/')
			return 0;
		close(walk->at);
		walk->at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		walk->real[0] = '\0';
		return walk->at < 0 ? -1 : 0;
	}
	if (!strcmp(part, ".."))
		real_up(walk->real);
	else if (strcmp(part, ".") && real_down(&walk->real, part))
		return -1;
	free(walk->rest);
	walk->rest = take_pointer(&after);
	close(walk->at);
	walk->at = take_fd(&next);
	return 0;
}

/* Whether a path is written without what a walk would take out of it: `//`, `.`, `..`, a last `/`.
 */
static bool is_plain(const char *path)
{
	if (!strcmp(path, "/"))
		return true;
	for (const char *part = path; *part; part += strcspn(part, "/")) {
		size_t length;

		part++;
		length = strcspn(part, "/");
		if (!length || (part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.'))))
			return false;
	}
	return true;
}

/* In one call where no part is a symlink, as nearly always. -1 with ELOOP where one is. */
static int open_without_links(const char *path)
{
	const uint64_t resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	int fd = openat2_call(AT_FDCWD, path, O_PATH | O_DIRECTORY, resolve);

	/* Not O_NOFOLLOW: with O_PATH it would open a last symlink itself, NO_SYMLINKS or not. */
	if (fd < 0 && errno == ENOTDIR)
		fd = openat2_call(AT_FDCWD, path, O_PATH, resolve);
	return fd;
}

/* Part by part, with a look at each symlink. */
static int walk_trusted(const char *path, char **ret_real, struct error *error)
{
	scope_of(walk) struct walk walk = { .at = -1 };
	int done;

	walk.at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	walk.real = strdup("");
	walk.rest = strdup(path);
	if (walk.at < 0 || !walk.real || !walk.rest)
		return fail(error, path);
	while (!(done = walk_step(&walk)))
		;
	if (done < 0)
		return fail(error, path);
	*ret_real = walk.real[0] ? take_pointer(&walk.real) : strdup("/");
	return *ret_real ? take_fd(&walk.at) : error_memory(error);
}

int path_open_trusted(const char *path, char **ret_real, struct error *error)
{
	scope_memory char *real = NULL;
	scope_fd int fd = -1;

	if (path[0] != '/') {
		errno = EINVAL;
		return fail(error, path);
	}
	fd = is_plain(path) ? open_without_links(path) : -1;
	if (fd >= 0)
		real = strdup(path);
	else if (is_plain(path) && errno != ELOOP)
		return fail(error, path);
	else
		fd = walk_trusted(path, &real, error);
	if (fd < 0)
		return -1;
	if (!real)
		return error_memory(error);
	if (ret_real)
		*ret_real = take_pointer(&real);
	return take_fd(&fd);
}

const char *path_unsafe(const struct stat *st)
{
	if (st->st_uid != 0)
		return "does not belong to root";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "may be written by others than root";
	return NULL;
}

/* The rule of design.md for what root takes orders from. Returns fd, or closes it and -1. */
static int check_root_owned(int fd, const char *path, mode_t type, struct error *error)
{
	scope_fd int owned = fd;
	const char *fault = NULL;
	char quoted[256];
	struct stat st;

	text_quote(path, quoted, sizeof(quoted));
	if (fstat(fd, &st))
		return error_errno(error, "cannot stat '%s'", quoted);
	if ((st.st_mode & S_IFMT) != type)
		fault = type == S_IFREG ? "is not a regular file" : "is not a folder";
	else
		fault = path_unsafe(&st);
	if (fault) {
		error_set(error, ERROR_POLICY, "'%s' %s", quoted, fault);
		error->number = EPERM;
		return -1;
	}
	return take_fd(&owned);
}

int path_open_root_folder(int dir, const char *path, struct error *error)
{
	scope_memory char *copy = strdup(path);
	scope_fd int at = -1;
	char *rest, *name;

	if (!copy)
		return error_memory(error);
	if (path[0] == '/')
		at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	else
		at = dir == AT_FDCWD ? open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)
				     : fcntl(dir, F_DUPFD_CLOEXEC, 3);
	if (at < 0)
		return fail(error, path);
	for (name = strtok_r(copy, "/", &rest); name; name = strtok_r(NULL, "/", &rest)) {
		int next = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

		if (next < 0)
			return fail(error, path);
		close(at);
		at = check_root_owned(next, path, S_IFDIR, error);
		if (at < 0)
			return -1;
	}
	return take_fd(&at);
}

int path_open_root_file(int dir, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	scope_fd int folder = -1;
	int fd;

	if (slash) {
		scope_memory char *head = strndup(path, (size_t)(slash - path) + 1);

		if (!head)
			return error_memory(error);
		folder = path_open_root_folder(dir, head, error);
		if (folder < 0)
			return -1;
		dir = folder;
	}
	/* O_NONBLOCK: a FIFO must not hang a login; it is refused by its type below. */
	fd = openat(dir, slash ? slash + 1 : path,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail(error, path);
	return check_root_owned(fd, path, S_IFREG, error);
}

const char *path_beneath(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return !strncmp(path, folder, length) && path[length] == '/' ? path + length + 1 : NULL;
}

int path_read_all(int fd, size_t most, char **ret_bytes, size_t *ret_size, struct error *error)
{
	scope_memory char *bytes = NULL;
	size_t size = 0, room = 0;

	for (;;) {
		ssize_t got;

		if (room - size < 2) {
			char *grown = realloc(bytes, room ? room * 2 : 4096);

			if (!grown)
				return error_memory(error);
			bytes = grown;
			room = room ? room * 2 : 4096;
		}
		got = read(fd, bytes + size, room - size - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(error, "cannot read");
		size += (size_t)got;
		if (size > most)
			return error_set(error, ERROR_POLICY, "longer than %zu bytes", most);
		if (!got)
			break;
	}
	bytes[size] = '\0';
	*ret_bytes = take_pointer(&bytes);
	*ret_size = size;
	return 0;
}

int path_write_all(int fd, const void *bytes, size_t size, struct error *error)
{
	const char *at = bytes;

	while (size) {
		ssize_t put = write(fd, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_errno(error, "cannot write");
		at += put;
		size -= (size_t)put;
	}
	return 0;
}
