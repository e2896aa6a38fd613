/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ids, groups, capability sets, no_new_privs and the filter: given up in an
 * order that is explained where it is written, read back, and tried.
 */
#ifndef CONFINE_SESSION_PRIVILEGE_H
#define CONFINE_SESSION_PRIVILEGE_H

#include <sys/types.h>

#include "../plan/plan.h"

/* What becomes of the plan's ambient set. */
enum privilege_ambient {
	AMBIENT_NONE, /* nobody raises it: it is not given */
	AMBIENT_NOW, /* who has joined raises it as they become the user */
	AMBIENT_LATER, /* a change of uid follows that clears it: confine-shell raises it, setuid
			* root, and sets no_new_privs, which would void its setuid bit before */
};

/* Everything but `keep` (of what is there), in the bounding set too; no_new_privs. */
int privilege_drop_but(uint64_t keep, struct error *error);

/*
 * The join's last steps: bounding set as planned; inheritable and ambient
 * empty, whatever another module left there; no_new_privs; filter; then only
 * `keep` in permitted and effective. Proved by reading all of it back and by
 * an attempt to get more.
 */
int privilege_confine(const struct plan *plan, uint64_t keep, enum privilege_ambient ambient,
		      struct error *error);

/*
 * What confine-shell does inside for AMBIENT_LATER, at the end of a setuid
 * root: becomes the user, raises the inheritable and bounding as ambient, and
 * sets no_new_privs where the join has left that to it.
 */
int privilege_finish(uid_t uid, gid_t gid, struct error *error);

/* Makes `set`, permitted and inheritable, effective and ambient, and the only ones permitted. */
int privilege_raise_ambient(uint64_t set, struct error *error);

/* Permitted and effective become what is in them and in `keep`. */
int privilege_shrink(uint64_t keep, struct error *error);

/* Effective becomes what is permitted and in `use`; permitted stays. */
int privilege_use(uint64_t use, struct error *error);

/* The process's groups and the plan's added ones. */
int privilege_add_groups(const struct plan *plan, struct error *error);

#endif
