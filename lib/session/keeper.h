/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in the server's own cgroup for a login's processes: init/confine-keeper.c. */
#ifndef CONFINE_SESSION_KEEPER_H
#define CONFINE_SESSION_KEEPER_H

#include "cgroup.h"

/*
 * Starts it for the calling process's login, whose cgroups are `pair`: root's,
 * outside, nobody's child, and in the calling process's cgroup. Before that one
 * joins, or its children to come are moved into a pid namespace. Returns a line:
 * when that is closed, or this process has ended, it goes with the last of the
 * login's processes. A signal that ends it ends them first.
 */
int keeper_start(const struct cgroup_pair *pair, struct error *error);

#endif
