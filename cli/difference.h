/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a plan is not what `docker run` would give, and why. */
#ifndef CONFINE_CLI_DIFFERENCE_H
#define CONFINE_CLI_DIFFERENCE_H

#include "effective.h"

/* Adds a sentence for each difference that holds for this plan. */
int difference_list(const struct effective *effective, struct strings *ret_sentences,
		    struct error *error);

#endif
