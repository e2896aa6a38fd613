/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ids, groups, capability sets, no_new_privs and the filter: given up in an
 * order that is explained where it is written, read back, and tried.
 */
#ifndef CONFINE_SESSION_PRIVILEGE_H
#define CONFINE_SESSION_PRIVILEGE_H

#include "../plan/plan.h"

/* Everything: all sets empty, the bounding set too, no_new_privs. For init. */
int privilege_drop_all(struct error *error);

/*
 * The join's last steps: bounding set as planned; inheritable and ambient
 * empty, whatever another module left there; no_new_privs; filter; then only
 * `keep` in permitted and effective. Proved by reading all of it back and by
 * an attempt to get more.
 */
int privilege_confine(const struct plan *plan, uint64_t keep, struct error *error);

/* Permitted and effective become what is in them and in `keep`. */
int privilege_shrink(uint64_t keep, struct error *error);

/* The process's groups and the plan's added ones. */
int privilege_add_groups(const struct plan *plan, struct error *error);

#endif
