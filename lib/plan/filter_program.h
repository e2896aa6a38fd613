/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs for seccomp, written from their end to their beginning: whatever an
 * instruction jumps to is there already, so that a jump too far for its eight
 * bits is seen when it is written and goes by a longer one. Knows nothing of
 * profiles.
 */
#ifndef CONFINE_PLAN_FILTER_PROGRAM_H
#define CONFINE_PLAN_FILTER_PROGRAM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

/* Where a written instruction stands: the number of instructions from it to the program's end. */
typedef uint32_t program_label;

struct program {
	struct sock_filter *reversed; /* the last instruction first */
	size_t count, room;
	bool failed; /* out of memory; labels are worthless then, and program_finish says so */
};

void program_clear(struct program *program);

/* `return action` (SECCOMP_RET_..., with its data); one already near is used again. */
program_label program_return(struct program *program, uint32_t action);

/* A test of the accumulator (BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET with `operand`). */
program_label program_test(struct program *program, uint16_t comparison, uint32_t operand,
			   program_label yes, program_label no);

/* Accumulator &= mask, then goes on at `next`. */
program_label program_mask(struct program *program, uint32_t mask, program_label next);

/* Accumulator = the word of struct seccomp_data at `offset`, then goes on at `next`. */
program_label program_load(struct program *program, size_t offset, program_label next);

/*
 * Turns it round. ERROR_POLICY where it is longer than the kernel takes
 * (BPF_MAXINSNS). The instructions are the caller's; `program` is empty then.
 */
int program_finish(struct program *program, struct sock_filter **ret_instructions,
		   size_t *ret_count, struct error *error);

#endif
