/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list of faults, for whoever wants all of them and not only the first:
 * `confine check`. A finding is a struct error, printed by error_format.
 */
#ifndef CONFINE_POLICY_FINDINGS_H
#define CONFINE_POLICY_FINDINGS_H

#include <stddef.h>

#include "../base/error.h"

/* All zero is the empty list. */
struct findings {
	struct error *items;
	size_t count;
};

void findings_clear(struct findings *findings);

/* Copies `finding` to the end. -1 only when out of memory. */
int findings_add(struct findings *findings, const struct error *finding, struct error *error);

/* Adds an ERROR_POLICY at file:line (line 0: the file as a whole). -1 only when out of memory. */
int findings_addf(struct findings *findings, const char *file, unsigned line, struct error *error,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
