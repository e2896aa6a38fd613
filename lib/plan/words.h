/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words by which a plan's enums and flags are printed and read, for JSON
 * and for people alike.
 */
#ifndef CONFINE_PLAN_WORDS_H
#define CONFINE_PLAN_WORDS_H

#include "plan.h"

struct word {
	const char *name;
	uint64_t value;
};

/* Each ends with a row whose name is NULL. */
extern const struct word words_namespaces[]; /* CLONE_NEW... */
extern const struct word words_mounts[]; /* enum mount_kind */
extern const struct word words_attributes[]; /* MOUNT_ATTR_... */
extern const struct word words_share[];
extern const struct word words_linger[];

/* The name of a value, or "?". */
const char *words_name(const struct word *words, uint64_t value);

/* The value of a name; false for an unknown one. */
bool words_value(const struct word *words, const char *name, uint64_t *ret_value);

/* "rwm" of an access; buffer holds 4 bytes. */
const char *words_access(unsigned char access, char *buffer);

#endif
