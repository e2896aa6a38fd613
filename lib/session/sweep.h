/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clears what dead containers and killed logins left: their cgroups, their records. */
#ifndef CONFINE_SESSION_SWEEP_H
#define CONFINE_SESSION_SWEEP_H

#include <stdbool.h>

#include "record.h"

enum { SWEEP_TIMEOUT_MS = 2000 }; /* for killed processes to end */

/* The cgroup of a record's container, malloc'ed; NULL where it has none yet. */
int sweep_cgroup(int record, char **ret_cgroup, struct error *error);

/* Removes the folder of the cgroups that no scope holds; it stays where a container is in it.
 * `root`: the cgroup2 tree. */
void sweep_cgroups(int root);

/* Whether this is how record_init says that init is dead, or was never written. */
bool sweep_says_dead(const struct error *error);

/* Whether the record's init is dead: that it cannot be looked at does not say so, and is in
 * `error`. */
bool sweep_is_dead(int record, struct error *error);

/*
 * Ends what a dead container left: its logins' cgroups (killed first), init's, and last the record,
 * which stays where one of them does: nobody else knows of it.
 */
void sweep_remove(int owner, const char *id, int root);

/*
 * Sweeps the records `ids` of an owner's folder whose lock the caller holds, so that a record in
 * the making is none of them; in those of living containers, logins whose process died. One that is
 * not as it should be is left alone, and told to `faults` (or NULL). Returns how many logins live.
 */
int sweep_records(int owner, uid_t uid, const struct strings *ids, int root,
		  struct record_faults *faults);

#endif
