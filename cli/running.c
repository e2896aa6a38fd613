/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "running.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"

enum { COMMAND_MOST_BYTES = 256 * 1024 };

void running_clear(struct running *running)
{
	for (size_t i = 0; i < running->count; i++) {
		free(running->items[i].executable);
		strings_clear(&running->items[i].argv);
	}
	free(running->items);
	*running = (struct running){ 0 };
}

/* The text of a link of /proc; NULL where the process is gone or is a kernel thread. */
static char *read_link(int process, const char *name)
{
	char text[4096];
	ssize_t length = readlinkat(process, name, text, sizeof(text) - 1);

	if (length <= 0)
		return NULL;
	text[length] = '\0';
	return strdup(text);
}

static bool same_namespace(int process, const char *name)
{
	scope_fd int own = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	scope_memory char *here = own < 0 ? NULL : read_link(own, name);
	scope_memory char *there = read_link(process, name);

	return here && there && !strcmp(here, there);
}

/* proc(5): a process's files belong to its effective ids. */
static bool is_hosts_own(int process)
{
	struct stat st;

	return !fstat(process, &st) && !st.st_uid && same_namespace(process, "ns/pid") &&
	       same_namespace(process, "ns/mnt");
}

static bool has_name(const char *path, const char *const *names)
{
	const char *slash = strrchr(path, '/');

	for (; *names; names++)
		if (!strcmp(slash ? slash + 1 : path, *names))
			return true;
	return false;
}

static int read_argv(int process, struct strings *argv, struct error *error)
{
	scope_fd int fd = openat(process, "cmdline", O_RDONLY | O_CLOEXEC);
	scope_memory char *bytes = NULL;
	size_t size;

	/* Gone meanwhile, or a zombie: no words. */
	if (fd < 0 || path_read_all(fd, COMMAND_MOST_BYTES, &bytes, &size, error))
		return fd >= 0 && error->kind == ERROR_MEMORY ? -1 : 0;
	for (size_t at = 0; at < size; at += strlen(bytes + at) + 1)
		if (strings_add(argv, bytes + at, error))
			return -1;
	return 0;
}

/* An upgraded server that still runs: "/usr/sbin/sshd (deleted)". */
static void cut_deleted(char *path)
{
	static const char deleted[] = " (deleted)";

	if (text_ends(path, deleted))
		path[strlen(path) - strlen(deleted)] = '\0';
}

static int add_process(struct running *running, int proc, const char *number,
		       const char *const *names, struct error *error)
{
	scope_fd int process = openat(proc, number, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scope_memory char *path = process < 0 ? NULL : read_link(process, "exe");
	struct running_server *server;

	if (!path)
		return 0;
	cut_deleted(path);
	if (!has_name(path, names) || !is_hosts_own(process))
		return 0;
	server = array_add(&running->items, &running->count, sizeof(*server));
	if (!server)
		return error_memory(error);
	server->pid = (pid_t)strtol(number, NULL, 10);
	server->executable = take_pointer(&path);
	return read_argv(process, &server->argv, error);
}

int running_find(struct running *ret_running, const char *const *names, struct error *error)
{
	scope_of(running) struct running running = { 0 };
	scope_dir DIR *dir = opendir("/proc");
	const struct dirent *entry;

	if (!dir)
		return error_errno(error, "cannot list '/proc'");
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name) &&
		    add_process(&running, dirfd(dir), entry->d_name, names, error))
			return -1;
	*ret_running = running;
	running = (struct running){ 0 };
	return 0;
}
