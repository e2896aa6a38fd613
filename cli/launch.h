/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command in a container from its start to its end, with Docker's exit statuses. */
#ifndef CONFINE_CLI_LAUNCH_H
#define CONFINE_CLI_LAUNCH_H

#include "../lib/session/login.h"

struct launch_order {
	struct login *login; /* open, LOGIN_COMMAND */
	const struct plan *plan;
	const struct host_user *user; /* whose ids the command has */
	char *const *command; /* NULL-terminated, at least one word */
	const char *fallback; /* started where command[0] is not there, or NULL */
	const struct strings *env; /* all of it; PATH is looked up in it */
	const char *workdir; /* an absolute path inside */
	bool tty; /* a terminal of its own */
	bool input; /* with tty: the caller's standard input is typed there */
};

/*
 * Runs the command to its end. *ret_status is the exit status: the command's
 * own, 128 + N where signal N ended it. -1 where it never began: then
 * *ret_status is 125, 126 or 127.
 */
int launch_run(const struct launch_order *order, int *ret_status, struct error *error);

#endif
