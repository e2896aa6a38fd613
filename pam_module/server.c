/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <string.h>
#include <unistd.h>

#include "../lib/base/text.h"

/* By the base name of /proc/self/exe: argv[0] and the service's name are the caller's to choose. */
static const struct row {
	const char *name;
	struct server server;
	bool at_once; /* executes the shell without a further fork: the dead man's switch is no help */
} rows[] = {
	{ "sshd", { .way = LOGIN_SETCRED }, false },
	{ "sshd-session", { .way = LOGIN_SETCRED }, false },
	{ "su", { .way = LOGIN_HERE }, true },
	{ "runuser", { .way = LOGIN_HERE }, true },
	{ "sudo", { .way = LOGIN_HERE }, true },
	{ "login", { .way = LOGIN_HERE, .groups_lost = true, .terminal = true }, true },
	{ "atd", { .way = LOGIN_HERE, .groups_lost = true }, false },
};

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

int server_identify(struct server *ret_server, const struct arguments *arguments,
		    struct error *error)
{
	static const char deleted[] = " (deleted)";
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const struct row *row;
	const char *name;

	if (length <= 0)
		return error_errno(error, "cannot read '/proc/self/exe'");
	path[length] = '\0';
	/* An upgraded server that still runs: "/usr/sbin/sshd (deleted)". */
	if (length > (ssize_t)strlen(deleted) && !strcmp(path + length - strlen(deleted), deleted))
		path[(size_t)length - strlen(deleted)] = '\0';
	name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	row = find_row(name);
	*ret_server = row ? row->server : (struct server){ .way = LOGIN_HERE };
	if (!arguments->way_given)
		return 0;
	if (row && row->at_once && arguments->way != LOGIN_HERE)
		return error_set(error, ERROR_POLICY,
				 "join=%s cannot hold a login by %s, which executes the shell at once",
				 arguments->way == LOGIN_FORK ? "fork" : "setcred", name);
	ret_server->way = arguments->way;
	return 0;
}
