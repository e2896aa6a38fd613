/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The join: the one door by which a process enters a container, for logins by
 * any way, `confine run` and `confine enter`. What goes in does not come out.
 */
#ifndef CONFINE_SESSION_JOIN_H
#define CONFINE_SESSION_JOIN_H

#include "cgroup.h"
#include "container.h"
#include "privilege.h"

/* What the joining process must still be able to do, by who it is. */
enum join_as {
	JOIN_USER, /* becomes the user by itself soon: sshd's child, cron's job */
	JOIN_SERVER, /* forks the user's process and signals it: su, sudo */
	JOIN_LOGIN, /* the same, and changes the terminal's owner: login */
	JOIN_COMMAND, /* confine run, confine enter: keeps what the plan gives to uid 0 */
	JOIN_SHELL, /* confine-shell: becomes the user at once */
};

struct join {
	const struct plan *plan;
	const struct container *container;
	const struct cgroup_pair *cgroup;
	int timer; /* its line (timer.h); -1: none */
	enum join_as as;
	bool born_inside; /* sshd's child is in the pid namespace already */
	bool born_in_cgroup; /* and a child of ours in the login's cgroup */
	enum privilege_ambient ambient;
	/* Names of files of the user's to carry inside (KRB5CCNAME's value and its like), or NULL.
	 * The list ends with a NULL; those that are "" do not count. */
	const char *const *files;
};

/*
 * Carries out every step of the table in join.c, in its order. On failure the
 * process is neither in nor out: the caller must end it, or (open's own
 * process, join=here) refuse the login and say so.
 */
int join_enter(const struct join *join, struct error *error);

#endif
