/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a filter's program on one call as the kernel would, without installing
 * it (Documentation/networking/filter.rst; kernel/seccomp.c,
 * seccomp_check_filter, for the instructions that may be there).
 */
#include "filter.h"

#include <linux/seccomp.h>
#include <string.h>

static bool test_holds(uint16_t code, uint32_t accumulator, uint32_t operand)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return accumulator == operand;
	case BPF_JGT:
		return accumulator > operand;
	case BPF_JGE:
		return accumulator >= operand;
	default:
		return accumulator & operand;
	}
}

uint32_t filter_decide(const struct filter *filter, uint32_t arch, uint32_t number,
		       const uint64_t arguments[6])
{
	struct seccomp_data data = { .nr = (int)number, .arch = arch };
	uint32_t accumulator = 0;

	memcpy(data.args, arguments, sizeof(data.args));
	for (size_t at = 0; at < filter->count; at++) {
		const struct sock_filter *instruction = &filter->instructions[at];

		switch (instruction->code) {
		case BPF_RET | BPF_K:
			return instruction->k;
		case BPF_LD | BPF_W | BPF_ABS:
			if (instruction->k > sizeof(data) - sizeof(accumulator))
				return SECCOMP_RET_KILL_PROCESS;
			memcpy(&accumulator, (const char *)&data + instruction->k,
			       sizeof(accumulator));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			accumulator &= instruction->k;
			break;
		case BPF_JMP | BPF_JA:
			at += instruction->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			at += test_holds(instruction->code, accumulator, instruction->k)
				      ? instruction->jt
				      : instruction->jf;
			break;
		default:
			return SECCOMP_RET_KILL_PROCESS;
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}

bool filter_allows(const struct filter *filter, uint32_t arch, uint32_t number,
		   const uint64_t arguments[6])
{
	uint32_t action = filter_decide(filter, arch, number, arguments) & SECCOMP_RET_ACTION_FULL;

	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}
