/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cgroup v2: where a login's processes and a container's init stand, and the
 * device program and limits that hold them.
 */
#ifndef CONFINE_SESSION_CGROUP_H
#define CONFINE_SESSION_CGROUP_H

#include <stdbool.h>

#include "../base/cgroup_root.h"
#include "../plan/plan.h"

/*
 * A login's pair of cgroups: `outer` bears the device program, out of reach of
 * those inside, for they stand in `leaf` below it and see that as their root
 * (findings.md: with SYS_ADMIN a session detaches the program of its own
 * cgroup).
 */
struct cgroup_pair {
	char *path; /* of outer, from the root of this cgroup namespace */
	int root; /* the cgroup2 tree */
	int leaf; /* for those who are born in it (CLONE_INTO_CGROUP), */
	int procs; /* and its cgroup.procs, for those who move */
	int home; /* cgroup.procs of the cgroup this process came from; -1 unless asked for */
};
#define CGROUP_PAIR_INIT                                        \
	{                                                       \
		.root = -1, .leaf = -1, .procs = -1, .home = -1 \
	}

/* The path of this process's cgroup ("/user.slice/..."), malloc'ed in ret_path. */
int cgroup_own(char **ret_path, struct error *error);

/* The same of another process. */
int cgroup_of(pid_t pid, char **ret_path, struct error *error);

/*
 * Opens the tree where it is not open, and settles on `parent`/confine-NAME for a pair that is not
 * made yet. `parent` NULL: this process's own cgroup.
 */
int cgroup_pair_name(struct cgroup_pair *pair, const char *parent, const char *name,
		     struct error *error);

/*
 * Makes both cgroups of a named pair and attaches the device program to the
 * outer. What a failure leaves is the caller's to remove, by the path.
 */
int cgroup_pair_make(struct cgroup_pair *pair, int program, struct error *error);

/* Closes what is open; leaves the cgroups. */
void cgroup_pair_close(struct cgroup_pair *pair);

/*
 * Moves the calling process in (or, with `procs` of another cgroup, there). It waits some 5 ms for
 * the kernel, which stops all forks meanwhile (cgroup_threadgroup_rwsem: an RCU grace period).
 */
int cgroup_enter(int procs, struct error *error);

/* Makes the cgroup `path` (its parents too) and opens it. */
int cgroup_make(int root, const char *path, struct error *error);

/* Loads the device program of `plan`; returns a descriptor of it. */
int cgroup_load(const struct plan *plan, struct error *error);

/* Attaches a device program: it holds all that is in this cgroup or below. */
int cgroup_hold(int cgroup, int program, struct error *error);

/* Kills all that is in a cgroup and below (cgroup.kill); missing ones are no error. */
void cgroup_kill(int root, const char *path);

/* Waits until `path` holds no living process. 0 when it is so, -1 after `timeout_ms`. */
int cgroup_wait_empty(int root, const char *path, int timeout_ms);

/* Removes a cgroup and all below it. 0 when it is gone, -1 where processes are left. */
int cgroup_remove(int root, const char *path);

/*
 * Adds what a login's cgroup holds: processes and threads, and (but for NULL) memory where the
 * controller tells it.
 */
void cgroup_count(int root, const char *path, uint64_t *tasks, uint64_t *memory_bytes);

/* Calls `visit` for each process of a login's cgroup that can be seen from here. */
void cgroup_visit(int root, const char *path, void (*visit)(void *context, pid_t pid),
		  void *context);

/* Memory of a cgroup and all below it; 0 where there is no controller to tell. */
uint64_t cgroup_memory(int root, const char *path);

/*
 * Gives the cgroup `path`, which is there, the controllers of the plan's limits, from the folder
 * `from` on the way (an ancestor, or the root) downwards, and writes the limits.
 */
int cgroup_limit(int root, const char *from, const char *path, const struct plan *plan,
		 struct error *error);

/* Whether a cgroup has as many tasks as its own limit allows. */
bool cgroup_is_full(int root, const char *path);

/* Whether any living process is in a cgroup or below it. */
bool cgroup_populated(int root, const char *path);

#endif
