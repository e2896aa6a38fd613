/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device nodes and links, made in a tmpfs of our own before anyone can reach it. */
#ifndef CONFINE_SESSION_NODES_H
#define CONFINE_SESSION_NODES_H

#include "../plan/plan.h"

/* Makes those of the plan's nodes that belong to the tmpfs of row `index`, whose root is `mount`:
 * the rows' longest target that the node's path lies beneath. */
int nodes_make(const struct plan *plan, size_t index, int mount, struct error *error);

#endif
