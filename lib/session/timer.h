/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that ends a login when the policy's max_time is over: init/confine-timer.c. */
#ifndef CONFINE_SESSION_TIMER_H
#define CONFINE_SESSION_TIMER_H

#include "../plan/plan.h"
#include "cgroup.h"

/*
 * Starts it for the calling process's login, whose cgroups are `pair`: root's,
 * outside, nobody's child, and with two capabilities. Before the children to
 * come are moved into a pid namespace. Returns a line: when that is closed, or
 * this process has ended, so has the timer.
 */
int timer_start(const struct plan *plan, const struct cgroup_pair *pair, struct error *error);

/* -1 where the timer at the other end of the line has ended: the login's time is over. */
int timer_check(int line, struct error *error);

#endif
