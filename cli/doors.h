/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Doors that stand open beside confine: where each is seen, whom it is open to,
 * and the line that shuts it. Knows no server and no host; printed for people
 * and as JSON.
 */
#ifndef CONFINE_CLI_DOORS_H
#define CONFINE_CLI_DOORS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "../lib/base/text.h"

/* Where a door is seen, and how it is shut. */
struct door_place {
	bool note; /* worth knowing, not open by mistake: is not counted */
	const char *file; /* or NULL: nowhere in particular */
	unsigned line; /* 0: the file as a whole */
	const char *shut; /* the line that shuts it, or several with newlines; NULL: none */
	const char *shut_file; /* where that belongs; NULL: it is a command to run */
	unsigned shut_line; /* it stands in place of this one; 0: it is to be added */
};

struct door {
	bool note;
	char *file, *shut, *shut_file; /* as above, owned */
	unsigned line, shut_line;
	char *text;
	struct strings users; /* whom it is open to; none: no one in particular */
};

/* All zero is the empty list. */
struct doors {
	struct door *items;
	size_t count;
};
void doors_clear(struct doors *doors);

/* Adds a door, or its users to one that says the same of the same place. `users` may be NULL. */
int doors_add(struct doors *doors, const struct door_place *place, const struct strings *users,
	      struct error *error, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* How many are no notes. */
size_t doors_open(const struct doors *doors);

/* A line each to standard output, with one more for what shuts it; notes last. */
void doors_print(const struct doors *doors);

/* The same as an array; the caller releases it. */
json_object *doors_json(const struct doors *doors);

#endif
