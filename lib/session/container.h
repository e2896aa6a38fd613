/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container is an init and a record; a session is a join. Here containers
 * are made, shared and left. Who holds a struct container with
 * `logins` open counts as a login of it.
 */
#ifndef CONFINE_SESSION_CONTAINER_H
#define CONFINE_SESSION_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../plan/plan.h"
#include "record.h"

struct container {
	char id[RECORD_ID_SIZE];
	uid_t uid;
	pid_t pid; /* of init, in this process's pid namespace */
	int pidfd; /* of init */
	int owner; /* RECORD_ROOT/UID */
	int record; /* RECORD_ROOT/UID/ID */
	int logins; /* the lock that makes this process a login; -1: none is held */
	int tree; /* the cgroup2 tree, until the login's cgroup takes it; or -1 */
	int program; /* where it is fresh: the device program, for this login's cgroup too; or -1 */
	char *cgroup; /* of the whole; init stands in it, and where `together` the logins too */
	bool together; /* it has limits, or no pid namespace of its own to end by */
	bool fresh; /* made by this login, whose open is not done: it goes where open fails */
	bool unseen; /* made by this login: no view in it can be out of date */
	enum lingering linger;
};
#define CONTAINER_INIT                                                                          \
	{                                                                                       \
		.pidfd = -1, .owner = -1, .record = -1, .logins = -1, .tree = -1, .program = -1 \
	}

/*
 * The container that this login belongs in: a living one of the same person,
 * policy folder, mount and network namespace, and container half of the policy
 * where the plan shares; else a new one. The calling process holds its login
 * lock from then on and has its entry. `conf` as in the module's arguments;
 * `from`: service, terminal, remote host.
 */
int container_take(struct container *ret_container, const struct plan *plan, const char *conf,
		   const char *from, struct error *error);

/*
 * Gives up the login: its lock, its entry, its cgroup where that is empty.
 * Where that ends the container, waits a bounded while for it and removes what
 * it leaves. `root` is the cgroup2 tree, `cgroup` this login's own (or NULL),
 * `pid` and `start` the process that stands for it: what close may need when it is inside
 * (join=here) is handed in. Closes everything.
 */
void container_leave(struct container *container, int root, const char *cgroup, pid_t pid,
		     unsigned long long start);

/* For scope_of(container). */
#define container_clear container_close

/* Closes descriptors only (in a child that has joined): no lock is given up, none was inherited. */
void container_close(struct container *container);

/* Whether init has ended since the container was found. */
bool container_is_lost(const struct container *container);

/* Opens the container of record `id` in an owner's folder, where its init lives; takes no lock. */
int container_open(struct container *ret_container, int owner, uid_t uid, const char *id,
		   struct error *error);

/* Makes this process a login of a found container. error->number is ESRCH where it is ending. */
int container_share(struct container *container, const char *from, struct error *error);

/*
 * Whether the plan that a container was made from had only_shell_gains: the login shell counts
 * there, which the container half of a policy does not know. `record` is its folder.
 */
bool container_only_shell_gains(int record);

/* Reads a container's plan back: its join's half, with the filter. */
int container_plan(const struct container *container, struct plan *ret_plan, struct error *error);

#endif
