/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is remembered of living containers, under /run/confine (root's, 0700):
 *
 *   UID/lock         held while a container of that uid is looked for, made or swept
 *   UID/ID/logins    the lock that every login shares and init waits for; not empty: ended
 *   UID/ID/init      init's pid and start time; written last, so that it stands for all
 *   UID/ID/owner     whose container: name, policy folder, mount and net namespaces
 *   UID/ID/policy    the container's half of the merged policy
 *   UID/ID/cgroup    the cgroup that init stands in; with UID/ID/together the logins too
 *   UID/ID/plan      the plan as JSON; UID/ID/filter its seccomp program
 *   UID/ID/login.*   a file a login: who stands for it, its cgroup, where it comes from (logins.h)
 *
 * Nothing here is trusted by name: a pid counts only with its start time, through a pidfd.
 */
#ifndef CONFINE_SESSION_RECORD_H
#define CONFINE_SESSION_RECORD_H

#include <stdbool.h>
#include <sys/types.h>

#include "../base/error.h"
#include "../base/log.h"
#include "../base/text.h"

#define RECORD_ROOT "/run/confine"
/* Compiled filters, by content: plan_context.cache. */
#define RECORD_CACHE RECORD_ROOT "/cache"
#define RECORD_ID_SIZE 13

/* Opens /run/confine, made if it is missing; refuses one that is not root's alone. */
int record_root(struct error *error);

/* Opens /run/confine/UID. Without `make` a missing one is error->number ENOENT. */
int record_owner_folder(int root, uid_t uid, bool make, struct error *error);

/*
 * Opens /run/confine/UID and takes its lock; waits at most ten seconds. The returned descriptor is
 * the lock. error->number is ETIMEDOUT then; without `make`, ENOENT where the folder is missing.
 */
int record_lock(int root, uid_t uid, bool make, int *ret_owner, struct error *error);

/* The same for an owner's folder that is open already and held a record; ENOENT: it was removed. */
int record_lock_folder(int owner_folder, struct error *error);

/* Removes an owner's folder that holds no record. The caller holds its lock. */
void record_owner_remove(int root, uid_t uid, int owner_folder);

/* A name that no record has: 12 hexadecimal digits. */
int record_new_id(char id[RECORD_ID_SIZE], struct error *error);

/* Writes a file of a record whole: under another name first, then renamed. */
int record_write(int record, const char *name, const void *bytes, size_t size, struct error *error);

/* Reads a file of a record; malloc'ed, a NUL follows. */
int record_read(int record, const char *name, char **ret_bytes, size_t *ret_size,
		struct error *error);

/* A process's state 'R', 'S', ..., its controlling terminal (0: none), whether it is on its way
 * out, and when it started (proc_pid_stat(5)). */
struct process_state {
	char state;
	unsigned terminal;
	unsigned flags;
	unsigned long long start;
};
int record_process(pid_t pid, struct process_state *ret_state);

/* Whether that process lives; true also where this cannot be told (no descriptor, no memory). */
bool record_lives(pid_t pid, unsigned long long start);

/*
 * A pidfd of the record's init where it lives: its pid has the start time that was written, and it
 * is not on its way out. -1 with error->number ESRCH where it is dead, another where that cannot be
 * told. ret_pid may be NULL.
 */
int record_init(int record, pid_t *ret_pid, struct error *error);

/* Writes init's line; `pid` in this process's pid namespace. */
int record_write_init(int record, pid_t pid, struct error *error);

/* Takes a shared lock on `logins` for this process (fcntl F_SETLK). -1 where init holds it or has
 * ended. */
int record_share(int logins);

/* Whether any login holds the lock. Not for a process that holds it itself: closing any descriptor
 * of the file gives a process's lock up (fcntl(2), F_SETLK). */
bool record_has_logins(int record);

/* Removes a record's files and its folder. */
void record_remove(int owner_folder, const char *id);

/* IDs in an owner's folder, and the uids in the root, in no order. */
int record_ids(int owner_folder, struct strings *ret_ids, struct error *error);
int record_uids(int root, struct strings *ret_uids, struct error *error);

/* Opens the record of `id`. */
int record_open(int owner_folder, const char *id, struct error *error);

/* What was passed over beneath RECORD_ROOT for something is wrong with it: a warning each. */
struct record_faults {
	const struct log *log; /* or NULL: only counted */
	size_t count;
};

/* Adds one: a record of that uid, or with `id` NULL the uid's whole folder. `faults` may be NULL.
 */
void record_fault(struct record_faults *faults, uid_t uid, const char *id,
		  const struct error *error);

#endif
