/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A login from open to close: the container it belongs in, its cgroup, and
 * what the server's process itself changes for it, each with its undo.
 */
#ifndef CONFINE_SESSION_LOGIN_H
#define CONFINE_SESSION_LOGIN_H

#include <sys/resource.h>

#include "cgroup.h"
#include "container.h"
#include "join.h"

/* How the user's process gets inside (design.md, "PAM lines"). */
enum login_way {
	LOGIN_SETCRED, /* the server forks it and it calls setcred: sshd */
	LOGIN_FORK, /* the same, but what runs inside is a child of it: cron */
	LOGIN_HERE, /* the server's own process joins in open */
	LOGIN_COMMAND, /* confine run, confine enter: a child of ours joins */
	LOGIN_SHELL, /* confine-shell alone: the same, and it becomes the user at once */
};

struct login {
	enum login_way way;
	bool terminal; /* LOGIN_HERE under login(1): it changes the terminal's owner afterwards */
	uint64_t ambient; /* set by login_join_lent: what a child of ours is to raise as it becomes
			     the user */
	struct container container;
	struct cgroup_pair cgroup;
	pid_t pid; /* of the process that stands for it, */
	unsigned long long start; /* and when that started */
	int timer; /* the line of what ends it (timer.h); -1: none */
	int keeper; /* the line of what stands for it (keeper.h); -1: none */
	int pid_namespace, net_namespace; /* the server's own; -1: not changed */
	struct rlimit processes; /* as they were before the switch */
	bool was_dumpable; /* the server, before open */
	bool switch_on; /* the dead man's switch is set */
	bool stands; /* open was completed */
};
#define LOGIN_INIT                                                                    \
	{                                                                             \
		.container = CONTAINER_INIT, .cgroup = CGROUP_PAIR_INIT, .timer = -1, \
		.keeper = -1, .pid_namespace = -1, .net_namespace = -1                \
	}

/*
 * Opens the login: carries out the stages of its way in login.c. On failure
 * all of them are undone and nothing is left, except with LOGIN_HERE after the
 * join began: then *ret_inside is true, and the process must not go on.
 */
int login_open(struct login *login, const struct plan *plan, const char *conf, const char *from,
	       const char *const *files, bool *ret_inside, struct error *error);

/*
 * LOGIN_COMMAND for `confine enter`: as login_open, in a container that is
 * there already (from containers_find; moves into `login`).
 */
int login_open_in(struct login *login, struct container *container, const struct plan *plan,
		  const char *from, struct error *error);

/*
 * In the user's process, which a server forked: joins (LOGIN_SETCRED, LOGIN_FORK). `files`: join.h.
 * With LOGIN_FORK it returns in a child only; the caller's process waits outside and ends as the
 * child ends.
 */
int login_join(struct login *login, const struct plan *plan, const char *const *files,
	       struct error *error);

/*
 * The same for LOGIN_COMMAND and LOGIN_SHELL, in a process that was born in the login's cgroup and
 * still shares its parent's memory: `login` stays the parent's.
 */
int login_join_lent(struct login *login, const struct plan *plan, const char *const *files,
		    struct error *error);

/* Closes the login in the process that opened it. */
void login_close(struct login *login);

#endif
