/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules as a program of the kernel's. It gets a bpf_cgroup_dev_ctx
 * (linux/bpf.h): access_type holds the access in its upper and the type in its
 * lower 16 bits. The program's answer is 1 for allowed, 0 for EPERM.
 */
#include "device_bpf.h"

#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"

#define CONTEXT_OFFSET(field) ((int16_t)offsetof(struct bpf_cgroup_dev_ctx, field))

/* The registers: what the program keeps of its context, and one to compute in. */
enum {
	ANSWER = BPF_REG_0,
	CONTEXT = BPF_REG_1,
	TYPE = BPF_REG_2,
	ACCESS = BPF_REG_3,
	MAJOR = BPF_REG_4,
	MINOR = BPF_REG_5,
	SCRATCH = BPF_REG_6,
};

/* An instruction list of known capacity: a rule takes at most 8. */
struct program {
	struct bpf_insn *items;
	size_t count;
};

static void put(struct program *program, unsigned code, unsigned to, unsigned from, int offset,
		int32_t value)
{
	program->items[program->count++] = (struct bpf_insn){
		.code = (uint8_t)code,
		.dst_reg = to & 15,
		.src_reg = from & 15,
		.off = (int16_t)offset,
		.imm = value,
	};
}

static void put_load(struct program *program, unsigned to, int16_t offset)
{
	put(program, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, offset, 0);
}

static void put_move(struct program *program, unsigned to, unsigned from)
{
	put(program, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

static void put_compute(struct program *program, unsigned operation, unsigned to, int32_t value)
{
	put(program, BPF_ALU | operation | BPF_K, to, 0, 0, value);
}

static void put_answer(struct program *program, int answer)
{
	put(program, BPF_ALU64 | BPF_MOV | BPF_K, ANSWER, 0, 0, answer);
	put(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Leaves the rule where the register holds another value; the way is set when its end is known.
 * 32 bits wide: a number of 0xffffffff is not -1. */
static void put_unless(struct program *program, unsigned held, uint32_t value)
{
	put(program, BPF_JMP32 | BPF_JNE | BPF_K, held, 0, 0, (int32_t)value);
}

/*
 * The kernel asks for a set of accesses at once (an open for reading and
 * writing): a rule allows it where it allows all of them.
 */
static uint32_t kernel_access(unsigned char access)
{
	return (access & ACCESS_MKNOD ? BPF_DEVCG_ACC_MKNOD : 0u) |
	       (access & ACCESS_READ ? BPF_DEVCG_ACC_READ : 0u) |
	       (access & ACCESS_WRITE ? BPF_DEVCG_ACC_WRITE : 0u);
}

static void put_rule(struct program *program, const struct device_rule *rule)
{
	size_t start = program->count;

	if (rule->type != 'a')
		put_unless(program, TYPE,
			   rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rule->access != ACCESS_ALL) {
		put_move(program, SCRATCH, ACCESS);
		put_compute(program, BPF_AND, SCRATCH, (int32_t)~kernel_access(rule->access));
		put_unless(program, SCRATCH, 0);
	}
	if (rule->major >= 0)
		put_unless(program, MAJOR, (uint32_t)rule->major);
	if (rule->minor >= 0)
		put_unless(program, MINOR, (uint32_t)rule->minor);
	put_answer(program, 1);
	for (size_t i = start; i < program->count; i++)
		if (program->items[i].code == (BPF_JMP32 | BPF_JNE | BPF_K))
			program->items[i].off = (int16_t)(program->count - i - 1);
}

static bool allows_everything(const struct device_rule *rule)
{
	return rule->type == 'a' && rule->access == ACCESS_ALL && rule->major < 0 &&
	       rule->minor < 0;
}

static int check_rule(const struct device_rule *rule, struct error *error)
{
	bool number = rule->major <= UINT32_MAX && rule->minor <= UINT32_MAX;

	if (!strchr("abc", rule->type) || !rule->type || !number || !rule->access ||
	    (rule->access & ~ACCESS_ALL))
		return error_set(error, ERROR_POLICY, "device rule '%c %lld:%lld' is out of range",
				 rule->type ? rule->type : '?', (long long)rule->major,
				 (long long)rule->minor);
	return 0;
}

int device_bpf_make(const struct device_rule *rules, size_t rule_count,
		    struct bpf_insn **ret_instructions, size_t *ret_count, struct error *error)
{
	enum { HEAD = 6, RULE = 8, TAIL = 2 };
	scope_memory struct bpf_insn *items = NULL;
	struct program program = { 0 };
	bool everything = false;

	/* The kernel takes 4,096 instructions from who has not BPF, a million from others. */
	if (rule_count > 100000)
		return error_set(error, ERROR_POLICY, "%zu device rules are too many", rule_count);
	items = calloc(HEAD + rule_count * RULE + TAIL, sizeof(*items));
	if (!items)
		return error_memory(error);
	program.items = items;
	put_load(&program, TYPE, CONTEXT_OFFSET(access_type));
	put_move(&program, ACCESS, TYPE);
	put_compute(&program, BPF_AND, TYPE, 0xffff);
	put_compute(&program, BPF_RSH, ACCESS, 16);
	put_load(&program, MAJOR, CONTEXT_OFFSET(major));
	put_load(&program, MINOR, CONTEXT_OFFSET(minor));
	for (size_t i = 0; i < rule_count; i++) {
		if (check_rule(&rules[i], error))
			return -1;
		/* The verifier refuses what cannot be reached. */
		if (!everything)
			put_rule(&program, &rules[i]);
		everything = everything || allows_everything(&rules[i]);
	}
	if (!everything)
		put_answer(&program, 0);
	*ret_instructions = take_pointer(&items);
	*ret_count = program.count;
	return 0;
}
