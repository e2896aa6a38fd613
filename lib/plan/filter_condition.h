/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conditions on a call's arguments as seccomp instructions. An argument is the
 * number of 64 bits that the kernel shows; of an ABI whose words are 32 bits
 * only the low one counts, and its upper half is 0. Every test loads the words
 * it looks at, so that none depends on how another ended.
 */
#ifndef CONFINE_PLAN_FILTER_CONDITION_H
#define CONFINE_PLAN_FILTER_CONDITION_H

#include "../policy/profile.h"
#include "filter_program.h"

/* Goes on at `yes` where the condition holds, else at `no`. */
program_label condition_write(struct program *program, const struct profile_argument *condition,
			      bool wide, program_label yes, program_label no);

/*
 * Goes on at `yes` where all of them hold. Two on the same argument make each
 * of them a condition of its own, of which one must hold: runc's rule
 * (libcontainer/seccomp, matchCall), since libseccomp takes one an argument.
 */
program_label conditions_write(struct program *program, const struct profile_argument *conditions,
			       size_t count, bool wide, program_label yes, program_label no);

/* Whether conditions_write takes them one by one. */
bool conditions_are_alternatives(const struct profile_argument *conditions, size_t count);

#endif
