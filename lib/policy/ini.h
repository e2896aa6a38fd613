/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One policy file: lines to values. iniparser reads it; an index of our own
 * says on which line a value stands and finds what iniparser would cut, merge
 * or skip without a word. Knows which keys there are, not what they mean.
 */
#ifndef CONFINE_POLICY_INI_H
#define CONFINE_POLICY_INI_H

#include "findings.h"
#include "policy.h"

/* All zero is the empty file. */
struct ini {
	struct keyed_value *items;
	size_t count;
};

void ini_clear(struct ini *ini);

/*
 * Reads the file open at `fd` from its start. `file` is what origins and
 * messages call it. What is wrong in it goes to `findings`, and the lines at
 * fault are left out of `ret_ini`. -1 only where it cannot be read or memory
 * runs out.
 */
int ini_read(struct ini *ret_ini, int fd, const char *file, struct findings *findings,
	     struct error *error);

#endif
