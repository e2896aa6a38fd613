/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a new container's cgroup stands. Without limits, and wherever systemd
 * does not rule, in a folder of our own in the root of the tree. With limits
 * under systemd in a scope that systemd makes for it and has handed over
 * (Delegate=yes), for what others make elsewhere it may take back.
 */
#ifndef CONFINE_SESSION_PLACE_H
#define CONFINE_SESSION_PLACE_H

#include <stdbool.h>

#include "../plan/plan.h"

/* The folder, in the root. */
#define PLACE_PLAIN "confine"

struct place {
	char *path; /* of the container's cgroup, which is not made yet */
	char *scope; /* the scope's own; NULL: there is none */
	pid_t seed; /* our child, in the scope until init is: a scope is not made empty */
	int seed_fd; /* its pidfd */
};
#define PLACE_INIT            \
	{                     \
		.seed_fd = -1 \
	}

/* Settles on the path for container `id`; asks systemd for the scope where the plan says so. */
int place_find(struct place *ret_place, const struct plan *plan, const char *id,
	       struct error *error);

/* Makes the cgroup `path`, which was the place's, with the limits of the plan. */
int place_make(const struct place *place, int root, const char *path, const struct plan *plan,
	       struct error *error);

/* Whether a container's cgroup, by its path, stands in a scope. */
bool place_is_scope(const char *path);

/* Ends the seed. For scope_of(place). */
void place_clear(struct place *place);

#endif
