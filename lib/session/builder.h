/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that becomes init: born in new namespaces by a short-lived
 * helper, it builds the root from the plan in its memory, gives everything up
 * and executes confine-init.
 */
#ifndef CONFINE_SESSION_BUILDER_H
#define CONFINE_SESSION_BUILDER_H

#include "../plan/plan.h"

struct builder_orders {
	const struct plan *plan;
	const char *id;
	int cgroup; /* where init is born */
	int logins; /* the record's lock file, all that init keeps open */
	int *events; /* pid=host: the cgroup.events init looks at, else NULL */
	int *kill; /* pid=host: the cgroup.kill by which init ends the rest, else NULL */
};

/*
 * Makes init: builds its root, as long as the file systems take that the plan
 * has looked at before, and has it execute confine-init. Returns a pidfd of it,
 * its pid, and its line for builder_await. The calling process gets no child
 * that lives on and no SIGCHLD.
 */
int builder_begin(const struct builder_orders *orders, pid_t *ret_pid, int *ret_line,
		  struct error *error);

/* Waits (at most 30 s) until init stands and waits for the lock. */
int builder_await(int line, struct error *error);

#endif
