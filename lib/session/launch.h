/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command in a container: joins in a child, becomes the user, executes, and
 * is then the caller's child. For who stands outside for it meanwhile:
 * `confine run`, `confine enter`, confine-shell.
 */
#ifndef CONFINE_SESSION_LAUNCH_H
#define CONFINE_SESSION_LAUNCH_H

#include <sys/ioctl.h>

#include "login.h"

enum launch_terminal {
	LAUNCH_NO_TERMINAL, /* the streams stay as they are */
	LAUNCH_NEW_TERMINAL, /* a pseudoterminal made inside; the caller gets its master */
	LAUNCH_OWN_TERMINAL, /* standard input's, which nobody's session has, becomes the command's
			      */
};

struct launch {
	struct login *login; /* open, LOGIN_COMMAND or LOGIN_SHELL */
	const struct plan *plan;
	const struct host_user *user; /* whose ids the command has */
	const char *const *files; /* carried inside (join.h), or NULL */
	enum launch_terminal terminal;
	unsigned streams; /* NEW: bit N set: it takes the place of descriptor N (0, 1, 2) */
	int failure; /* the exit status of what fails before `execute` */
	bool lends; /* `execute` allocates nothing, so it may work in this process's memory */
	/*
	 * In the command's process, as the user, inside: executes it. Returns only on failure, the
	 * exit status that it means. What it opens must be close-on-exec. `line`: for launch_pass.
	 */
	int (*execute)(void *context, int line, struct error *error);
	void *context;
};

/* A command on its way. */
struct launched {
	pid_t door, pid; /* pid: of the command, in the caller's pid namespace */
	int line; /* what door and command tell */
	int master; /* of LAUNCH_NEW_TERMINAL; else -1 */
	int passed; /* what `execute` handed over by launch_pass; else -1 */
	int status; /* where it never began */
};
#define LAUNCHED_INIT                                  \
	{                                              \
		.line = -1, .master = -1, .passed = -1 \
	}

/*
 * Forks the door. From here on the caller needs no privilege any more, and
 * gives no orders: it only hears. Blocks the signals that terminal_relay
 * passes on; the command starts with the default action for all, none blocked.
 */
int launch_begin(const struct launch *launch, struct launched *launched, struct error *error);

/*
 * Waits until the command is executed. -1 where it never is: then
 * launched->status is the exit status that this means.
 */
int launch_hear(struct launched *launched, struct error *error);

/* From `execute`: hands a descriptor over to the caller. */
int launch_pass(int line, int descriptor, struct error *error);

/* For scope_of(launched). Closes; waits for nobody. */
void launched_clear(struct launched *launched);

#endif
