/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter_condition.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <seccomp.h>

/* Every operator is one of three tests, or the opposite of one. */
enum test { TEST_EQUAL = 1, TEST_GREATER, TEST_GREATER_EQUAL };

static const struct {
	enum test test;
	bool opposite;
} tests[] = {
	[SCMP_CMP_NE] = { TEST_EQUAL, true },	       [SCMP_CMP_LT] = { TEST_GREATER_EQUAL, true },
	[SCMP_CMP_LE] = { TEST_GREATER, true },	       [SCMP_CMP_EQ] = { TEST_EQUAL, false },
	[SCMP_CMP_GE] = { TEST_GREATER_EQUAL, false }, [SCMP_CMP_GT] = { TEST_GREATER, false },
	[SCMP_CMP_MASKED_EQ] = { TEST_EQUAL, false },
};

enum half { LOW, HIGH };

static size_t word_offset(unsigned argument, enum half half)
{
	bool second = half == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? HIGH : LOW);

	return offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t) +
	       (second ? sizeof(uint32_t) : 0);
}

static uint32_t word(uint64_t number, enum half half)
{
	return half == HIGH ? (uint32_t)(number >> 32) : (uint32_t)number;
}

/* (word & mask) == datum, where datum has no bit outside of mask. */
static program_label write_equal_word(struct program *program, size_t offset, uint32_t mask,
				      uint32_t datum, program_label yes, program_label no)
{
	program_label test;

	if (!mask)
		return yes;
	if (datum == mask && !(mask & (mask - 1))) {
		test = program_test(program, BPF_JSET, mask, yes, no);
	} else if (!datum) {
		test = program_test(program, BPF_JSET, mask, no, yes);
	} else {
		test = program_test(program, BPF_JEQ, datum, yes, no);
		if (mask != UINT32_MAX)
			test = program_mask(program, mask, test);
	}
	return program_load(program, offset, test);
}

static program_label write_equal(struct program *program, unsigned argument, bool wide,
				 uint64_t mask, uint64_t datum, program_label yes, program_label no)
{
	datum &= mask;
	if (!wide && word(datum, HIGH))
		return no;
	yes = write_equal_word(program, word_offset(argument, LOW), word(mask, LOW),
			       word(datum, LOW), yes, no);
	if (!wide)
		return yes;
	return write_equal_word(program, word_offset(argument, HIGH), word(mask, HIGH),
				word(datum, HIGH), yes, no);
}

/* `comparison` of the low words, BPF_JGT or BPF_JGE, decides where the upper ones are equal. */
static program_label write_greater(struct program *program, unsigned argument, bool wide,
				   uint16_t comparison, uint64_t bound, program_label yes,
				   program_label no)
{
	program_label test;

	if (!wide && word(bound, HIGH))
		return no;
	test = program_test(program, comparison, word(bound, LOW), yes, no);
	test = program_load(program, word_offset(argument, LOW), test);
	if (!wide)
		return test;
	test = program_test(program, BPF_JEQ, word(bound, HIGH), test, no);
	test = program_test(program, BPF_JGT, word(bound, HIGH), yes, test);
	return program_load(program, word_offset(argument, HIGH), test);
}

program_label condition_write(struct program *program, const struct profile_argument *condition,
			      bool wide, program_label yes, program_label no)
{
	bool masked = condition->op == SCMP_CMP_MASKED_EQ;
	program_label holds = tests[condition->op].opposite ? no : yes;
	program_label fails = tests[condition->op].opposite ? yes : no;

	switch (tests[condition->op].test) {
	case TEST_GREATER:
		return write_greater(program, condition->index, wide, BPF_JGT, condition->value,
				     holds, fails);
	case TEST_GREATER_EQUAL:
		return write_greater(program, condition->index, wide, BPF_JGE, condition->value,
				     holds, fails);
	case TEST_EQUAL:
		break;
	}
	return write_equal(program, condition->index, wide, masked ? condition->value : UINT64_MAX,
			   masked ? condition->value_two : condition->value, holds, fails);
}

bool conditions_are_alternatives(const struct profile_argument *conditions, size_t count)
{
	unsigned seen = 0;

	for (size_t i = 0; i < count; i++) {
		if (seen & 1U << conditions[i].index)
			return true;
		seen |= 1U << conditions[i].index;
	}
	return false;
}

program_label conditions_write(struct program *program, const struct profile_argument *conditions,
			       size_t count, bool wide, program_label yes, program_label no)
{
	bool alternatives = conditions_are_alternatives(conditions, count);
	program_label next = alternatives ? no : yes;

	for (size_t i = count; i-- > 0;)
		next = condition_write(program, &conditions[i], wide, alternatives ? yes : next,
				       alternatives ? next : no);
	return next;
}
