/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter_program.h"

#include <linux/bpf_common.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"

/* jt and jf are eight bits (struct sock_filter). */
#define JUMP_MOST 255

void program_clear(struct program *program)
{
	free(program->reversed);
	*program = (struct program){ 0 };
}

static program_label program_write(struct program *program, struct sock_filter instruction)
{
	if (program->count == program->room) {
		size_t room = program->room ? program->room * 2 : 512;
		struct sock_filter *grown =
			reallocarray(program->reversed, room, sizeof(instruction));

		if (!grown) {
			program->failed = true;
			program->count = 0;
			return 0;
		}
		program->reversed = grown;
		program->room = room;
	}
	program->reversed[program->count++] = instruction;
	return (program_label)program->count;
}

/* How many instructions the next one to be written would skip to reach `label`. */
static uint32_t distance(const struct program *program, program_label label)
{
	return (uint32_t)program->count - label;
}

program_label program_return(struct program *program, uint32_t action)
{
	size_t near = program->count > JUMP_MOST / 2 ? program->count - JUMP_MOST / 2 : 0;

	for (size_t i = program->count; i > near; i--) {
		const struct sock_filter *written = &program->reversed[i - 1];

		if (written->code == (BPF_RET | BPF_K) && written->k == action)
			return (program_label)i;
	}
	return program_write(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static program_label program_jump(struct program *program, program_label label)
{
	return program_write(
		program, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, distance(program, label)));
}

/* `label`, or a jump to it: within reach of a test, though one more jump be written before that. */
static program_label within_reach(struct program *program, program_label label)
{
	return distance(program, label) < JUMP_MOST ? label : program_jump(program, label);
}

program_label program_test(struct program *program, uint16_t comparison, uint32_t operand,
			   program_label yes, program_label no)
{
	yes = within_reach(program, yes);
	no = within_reach(program, no);
	return program_write(program,
			     (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | BPF_K | comparison),
							  operand, (uint8_t)distance(program, yes),
							  (uint8_t)distance(program, no)));
}

/* Writes an instruction that has no jump of its own: what follows it must be `next`. */
static program_label write_before(struct program *program, struct sock_filter instruction,
				  program_label next)
{
	if (distance(program, next))
		program_jump(program, next);
	return program_write(program, instruction);
}

program_label program_mask(struct program *program, uint32_t mask, program_label next)
{
	struct sock_filter and = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask);

	return write_before(program, and, next);
}

program_label program_load(struct program *program, size_t offset, program_label next)
{
	struct sock_filter load = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);

	return write_before(program, load, next);
}

int program_finish(struct program *program, struct sock_filter **ret_instructions,
		   size_t *ret_count, struct error *error)
{
	if (program->failed)
		return error_memory(error);
	if (program->count > BPF_MAXINSNS)
		return error_set(error, ERROR_POLICY,
				 "the filter has %zu instructions, the kernel takes %d",
				 program->count, BPF_MAXINSNS);
	for (size_t i = 0; i < program->count / 2; i++) {
		struct sock_filter *first = &program->reversed[i];
		struct sock_filter *last = &program->reversed[program->count - 1 - i];
		struct sock_filter swapped = *first;

		*first = *last;
		*last = swapped;
	}
	*ret_count = program->count;
	*ret_instructions = take_pointer(&program->reversed);
	*program = (struct program){ 0 };
	return 0;
}
