/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cgroup v2 tree, reached through a mount of our own that is attached
 * nowhere, so that it does not matter where (or whether) the host mounts it.
 */
#ifndef CONFINE_BASE_CGROUP_ROOT_H
#define CONFINE_BASE_CGROUP_ROOT_H

#include "error.h"

/* Opens the root of the tree that this process sees: once, for its close waits for the kernel (an
 * RCU grace period). ERROR_HOST where the kernel has none. */
int cgroup_root(struct error *error);

#endif
