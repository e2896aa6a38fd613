/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filter in words: what each call is answered, by argument. */
#ifndef CONFINE_PLAN_FILTER_EXPLAIN_H
#define CONFINE_PLAN_FILTER_EXPLAIN_H

#include "filter.h"

/*
 * Adds a line for each call of the machine, "name  answer", by name; then, for
 * its other ABIs, a line for each call that is answered otherwise there or that
 * the machine's own ABI does not have. What filter_compile makes of the same
 * profile answers so.
 */
int filter_explain(const struct profile *profile, uint64_t bounding, const struct host *host,
		   struct strings *lines, struct error *error);

#endif
