/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All containers of this host: what the admin's command asks and does. */
#ifndef CONFINE_SESSION_CONTAINERS_H
#define CONFINE_SESSION_CONTAINERS_H

#include <stdint.h>

#include "container.h"
#include "logins.h"
#include "record.h"

/*
 * What is wrong with one person's records holds up nobody else's: it is passed over, told to
 * `faults`, and is no error of these.
 */

/* Opens a living container by its id or the beginning of one that no other has; takes no lock. */
int containers_find(struct container *ret_container, const char *id, struct record_faults *faults,
		    struct error *error);

/*
 * Ends a container: all its processes are killed, waited for (bounded), its record removed; that is
 * left to a sweep where another login of the user does not get done.
 */
int containers_kill(struct container *container, struct error *error);

/* Removes the records and cgroups of dead containers, and of logins whose process died. */
int containers_sweep(struct record_faults *faults, struct error *error);

/* What `confine ls` tells of one. */
struct container_facts {
	char *id, *user, *conf;
	uid_t uid;
	pid_t pid;
	int64_t since_s; /* seconds since the epoch */
	char *policy; /* the container's half */
	bool only_shell_gains; /* as in the plan that it was made from */
	struct logins_list logins;
	uint64_t tasks, memory_bytes; /* memory 0: no controller tells */
};
struct containers {
	struct container_facts *items;
	size_t count;
};
void containers_clear(struct containers *list);
int containers_list(struct containers *ret_list, struct record_faults *faults, struct error *error);

#endif
