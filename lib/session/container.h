/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container is an init and a record; a session is a join. Here containers
 * are made, found, left, killed and swept. Who holds a struct container with
 * `logins` open counts as a login of it.
 */
#ifndef CONFINE_SESSION_CONTAINER_H
#define CONFINE_SESSION_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../plan/plan.h"
#include "logins.h"
#include "record.h"

struct container {
	char id[RECORD_ID_SIZE];
	uid_t uid;
	pid_t pid;   /* of init, in this process's pid namespace */
	int pidfd;   /* of init */
	int owner;   /* RECORD_ROOT/UID */
	int record;  /* RECORD_ROOT/UID/ID */
	int logins;  /* the lock that makes this process a login; -1: none is held */
	bool host_pids; /* no pid namespace of its own */
	enum lingering linger;
};
#define CONTAINER_INIT { .pidfd = -1, .owner = -1, .record = -1, .logins = -1 }

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
 * `start` this process's start time: what close may need when it is inside
 * (join=here) is handed in. Closes everything.
 */
void container_leave(struct container *container, int root, const char *cgroup,
		     unsigned long long start);

/* Closes descriptors only (in a child that has joined): no lock is given up, none was inherited. */
void container_close(struct container *container);

/* Opens a living container by its id or the beginning of one that no other has; takes no lock. */
int container_find(struct container *ret_container, const char *id, struct error *error);

/* Makes this process a login of a found container. error->number is ESRCH where it is ending. */
int container_share(struct container *container, const char *from, struct error *error);

/* Ends a container: all its processes are killed, waited for (bounded), its record removed. */
int container_kill(struct container *container, struct error *error);

/* Removes the records and cgroups of dead containers, and of logins whose process died. */
int container_sweep(struct error *error);

/* What `confine ls` tells of one. */
struct container_facts {
	char *id, *user, *conf;
	uid_t uid;
	pid_t pid;
	int64_t since_s; /* seconds since the epoch */
	char *policy;    /* the container's half */
	struct logins_list logins;
	uint64_t tasks, memory_bytes; /* memory 0: no controller tells */
};
struct container_list {
	struct container_facts *items;
	size_t count;
};
void container_list_clear(struct container_list *list);
int container_list(struct container_list *ret_list, struct error *error);

/* Reads a container's plan back: its join's half, with the filter. */
int container_plan(const struct container *container, struct plan *ret_plan, struct error *error);

#endif
