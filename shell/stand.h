/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that the caller knows stands outside for the shell inside, so
 * that no one can tell: streams, terminal, signals, stops, its end. It has the
 * user's ids and no privilege.
 */
#ifndef CONFINE_SHELL_STAND_H
#define CONFINE_SHELL_STAND_H

#include "../lib/session/launch.h"

/* How the caller's terminal becomes the shell's. */
struct stand {
	enum launch_terminal terminal;
	unsigned streams; /* those that are the caller's controlling terminal, a bit each */
};

/*
 * Looks at the streams. A session's leader gives its terminal up, for the
 * shell to take; who is none keeps it and relays.
 */
int stand_prepare(struct stand *stand, struct error *error);

/*
 * Inside, in the process that leads the session of a new terminal: returns in a
 * child, which is to become the shell; the caller stands for that one, as one
 * does outside. For the kernel stops no group for ctrl-Z whose parent is in
 * another session (setpgid(2), orphaned process groups).
 */
int stand_within(const struct stand *stand, struct error *error);

/* Lets go of the streams that are the shell's now. */
void stand_aside(const struct stand *stand);

/* Waits for the shell; ends this process as the shell ended. -1 where it cannot. */
int stand_for(const struct stand *stand, const struct launched *launched, struct error *error);

#endif
