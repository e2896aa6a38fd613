/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <string.h>
#include <unistd.h>

#include "../lib/base/text.h"

/* By the base name of /proc/self/exe: argv[0] and the service's name are the caller's to choose. */
static const struct row {
	const char *name;
	struct server server;
	bool at_once; /* executes the shell without a further fork: the dead man's switch is no help
		       */
	bool goes_on; /* with the command, after a refused open_session */
} rows[] = {
	{ "sshd", { .way = LOGIN_SETCRED }, false, false },
	{ "sshd-session", { .way = LOGIN_SETCRED }, false, false },
	{ "su", { .way = LOGIN_HERE }, true, false },
	{ "runuser", { .way = LOGIN_HERE }, true, false },
	{ "sudo", { .way = LOGIN_HERE }, true, true },
	{ "login", { .way = LOGIN_HERE, .groups_lost = true, .terminal = true }, true, false },
	{ "atd", { .way = LOGIN_HERE, .groups_lost = true }, false, false },
};

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* The server's name within `path`; NULL where /proc has no such thing. */
static const char *executable(char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	ssize_t length = readlink("/proc/self/exe", path, size - 1);

	if (length <= 0)
		return NULL;
	path[length] = '\0';
	/* An upgraded server that still runs: "/usr/sbin/sshd (deleted)". */
	if (text_ends(path, deleted))
		path[(size_t)length - strlen(deleted)] = '\0';
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

bool server_goes_on(void)
{
	char path[4096];
	const char *name = executable(path, sizeof(path));
	const struct row *row = name ? find_row(name) : NULL;

	return row && row->goes_on;
}

int server_named(struct server *ret_server, const char *name, const struct arguments *arguments,
		 struct error *error)
{
	const struct row *row = find_row(name);

	*ret_server = row ? row->server : (struct server){ .way = LOGIN_HERE };
	if (!arguments->way_given)
		return 0;
	if (row && row->at_once && arguments->way != LOGIN_HERE)
		return error_set(
			error, ERROR_POLICY,
			"join=%s cannot hold a login by %s, which executes the shell at once",
			arguments->way == LOGIN_FORK ? "fork" : "setcred", name);
	ret_server->way = arguments->way;
	return 0;
}

int server_identify(struct server *ret_server, const struct arguments *arguments,
		    struct error *error)
{
	char path[4096];
	const char *name = executable(path, sizeof(path));

	if (!name)
		return error_errno(error, "cannot read '/proc/self/exe'");
	return server_named(ret_server, name, arguments, error);
}
