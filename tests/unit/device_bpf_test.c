/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device programs, run by a small interpreter of the instructions that they
 * use, and, where this process may, checked by the kernel's own verifier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "../../lib/base/scope.h"
#include "../../lib/plan/device_bpf.h"

struct machine {
	uint64_t registers[11];
	const struct bpf_cgroup_dev_ctx *context;
};

static uint32_t load_word(const struct machine *machine, int16_t offset)
{
	uint32_t word;

	assert_in_range(offset, 0, sizeof(*machine->context) - sizeof(word));
	memcpy(&word, (const char *)machine->context + offset, sizeof(word));
	return word;
}

/* One instruction; returns how many to go on by. An unknown one fails the test. */
static int step(struct machine *machine, const struct bpf_insn *at)
{
	uint64_t *to = &machine->registers[at->dst_reg];

	switch (at->code) {
	case BPF_LDX | BPF_MEM | BPF_W:
		assert_int_equal(at->src_reg, BPF_REG_1);
		*to = load_word(machine, at->off);
		return 1;
	case BPF_ALU64 | BPF_MOV | BPF_X:
		*to = machine->registers[at->src_reg];
		return 1;
	case BPF_ALU64 | BPF_MOV | BPF_K:
		*to = (uint64_t)(int64_t)at->imm;
		return 1;
	case BPF_ALU | BPF_AND | BPF_K:
		*to = (uint32_t)*to & (uint32_t)at->imm;
		return 1;
	case BPF_ALU | BPF_RSH | BPF_K:
		*to = (uint32_t)*to >> at->imm;
		return 1;
	case BPF_JMP32 | BPF_JNE | BPF_K:
		return 1 + ((uint32_t)*to != (uint32_t)at->imm ? at->off : 0);
	default:
		fail_msg("unknown instruction 0x%02x", at->code);
		return 0;
	}
}

static bool run(const struct bpf_insn *program, size_t count, char type, uint32_t major,
		uint32_t minor, uint32_t access)
{
	struct bpf_cgroup_dev_ctx context = {
		.access_type =
			access << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
		.major = major,
		.minor = minor,
	};
	struct machine machine = { .context = &context };
	size_t at = 0;

	while (at < count && program[at].code != (BPF_JMP | BPF_EXIT))
		at += (size_t)step(&machine, &program[at]);
	assert_true(at < count);
	return machine.registers[0];
}

#define R BPF_DEVCG_ACC_READ
#define W BPF_DEVCG_ACC_WRITE
#define M BPF_DEVCG_ACC_MKNOD

static void expect(const struct device_rule *rules, size_t rule_count, char type, uint32_t major,
		   uint32_t minor, uint32_t access, bool allowed)
{
	struct error error = ERROR_INIT;
	scope_memory struct bpf_insn *program = NULL;
	size_t count;

	assert_int_equal(device_bpf_make(rules, rule_count, &program, &count, &error), 0);
	if (run(program, count, type, major, minor, access) != allowed)
		fail_msg("%c %u:%u access %u is%s allowed", type, major, minor, access,
			 allowed ? " not" : "");
}

static void nothing_is_allowed_without_a_rule(void **state)
{
	(void)state;
	expect(NULL, 0, 'c', 1, 3, R, false);
	expect(NULL, 0, 'b', 8, 0, M, false);
}

static void a_rule_allows_its_own_device_and_no_other(void **state)
{
	const struct device_rule rule = { 'c', 1, 3, ACCESS_ALL };

	(void)state;
	expect(&rule, 1, 'c', 1, 3, R | W, true);
	expect(&rule, 1, 'c', 1, 3, M, true);
	expect(&rule, 1, 'b', 1, 3, R, false);
	expect(&rule, 1, 'c', 1, 5, R, false);
	expect(&rule, 1, 'c', 2, 3, R, false);
}

static void a_device_with_mode_r_refuses_writing(void **state)
{
	const struct device_rule rule = { 'b', 7, 0, ACCESS_READ };

	(void)state;
	expect(&rule, 1, 'b', 7, 0, R, true);
	expect(&rule, 1, 'b', 7, 0, W, false);
	expect(&rule, 1, 'b', 7, 0, R | W, false);
	expect(&rule, 1, 'b', 7, 0, M, false);
}

static void a_device_with_mode_w_refuses_reading(void **state)
{
	const struct device_rule rule = { 'b', 7, 0, ACCESS_WRITE };

	(void)state;
	expect(&rule, 1, 'b', 7, 0, W, true);
	expect(&rule, 1, 'b', 7, 0, R, false);
}

static void mode_m_allows_mknod_and_no_open(void **state)
{
	const struct device_rule rule = { 'c', -1, -1, ACCESS_MKNOD };

	(void)state;
	expect(&rule, 1, 'c', 200, 9, M, true);
	expect(&rule, 1, 'c', 200, 9, R, false);
	expect(&rule, 1, 'b', 200, 9, M, false);
}

static void a_star_is_every_number_and_the_largest_number_is_no_star(void **state)
{
	const struct device_rule star = { 'c', 136, -1, ACCESS_ALL };
	const struct device_rule largest = { 'c', UINT32_MAX, UINT32_MAX, ACCESS_ALL };

	(void)state;
	expect(&star, 1, 'c', 136, UINT32_MAX, R, true);
	expect(&star, 1, 'c', 137, 0, R, false);
	expect(&largest, 1, 'c', UINT32_MAX, UINT32_MAX, R, true);
	expect(&largest, 1, 'c', UINT32_MAX, 0, R, false);
	expect(&largest, 1, 'c', 0, UINT32_MAX, R, false);
}

static void type_a_is_every_device(void **state)
{
	const struct device_rule rule = { 'a', -1, -1, ACCESS_ALL };

	(void)state;
	expect(&rule, 1, 'c', 1, 1, R | W, true);
	expect(&rule, 1, 'b', 8, 0, R | W | M, true);
}

static void a_later_rule_is_reached_when_a_former_one_does_not_match(void **state)
{
	const struct device_rule rules[] = { { 'c', 1, 3, ACCESS_READ },
					     { 'b', 7, -1, ACCESS_ALL },
					     { 'c', 1, 3, ACCESS_WRITE } };

	(void)state;
	expect(rules, 3, 'c', 1, 3, R, true);
	expect(rules, 3, 'c', 1, 3, W, true);
	expect(rules, 3, 'c', 1, 3, R | W, false); /* the plan joins such rules, not the program */
	expect(rules, 3, 'b', 7, 3, R, true);
	expect(rules, 3, 'b', 8, 3, R, false);
}

static void a_rule_out_of_range_is_refused(void **state)
{
	static const struct {
		struct device_rule rule;
		const char *message;
	} table[] = {
		{ { 'x', 1, 3, ACCESS_ALL }, "device rule 'x 1:3' is out of range" },
		{ { 'c', 1, 3, 0 }, "device rule 'c 1:3' is out of range" },
		{ { 'c', 1, 3, 8 }, "device rule 'c 1:3' is out of range" },
		{ { 'c', 1LL << 32, 3, ACCESS_ALL },
		  "device rule 'c 4294967296:3' is out of range" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct error error = ERROR_INIT;
		struct bpf_insn *program = NULL;
		size_t count;

		assert_int_equal(device_bpf_make(&table[i].rule, 1, &program, &count, &error), -1);
		assert_string_equal(error.text, table[i].message);
		assert_null(program);
	}
}

static void load(const struct device_rule *rules, size_t rule_count)
{
	struct error error = ERROR_INIT;
	scope_memory struct bpf_insn *program = NULL;
	char report[4096] = "";
	union bpf_attr attributes = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE };
	size_t count;
	int fd;

	assert_int_equal(device_bpf_make(rules, rule_count, &program, &count, &error), 0);
	attributes.insns = (uint64_t)(uintptr_t)program;
	attributes.insn_cnt = (uint32_t)count;
	attributes.license = (uint64_t)(uintptr_t) "LGPL";
	attributes.log_buf = (uint64_t)(uintptr_t)report;
	attributes.log_size = sizeof(report);
	attributes.log_level = 1;
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
	if (fd < 0 && errno == EPERM)
		skip();
	if (fd < 0)
		fail_msg("%s: %s", strerror(errno), report);
	close(fd);
}

static void the_kernel_takes_the_program(void **state)
{
	const struct device_rule rules[] = { { 'c', -1, -1, ACCESS_MKNOD },
					     { 'c', 136, -1, ACCESS_ALL },
					     { 'a', -1, -1, ACCESS_READ },
					     { 'b', UINT32_MAX, 0, ACCESS_WRITE | ACCESS_READ } };

	(void)state;
	load(rules, 4);
}

static void the_kernel_takes_rules_after_one_that_allows_everything(void **state)
{
	const struct device_rule rules[] = { { 'c', 1, 3, ACCESS_READ },
					     { 'a', -1, -1, ACCESS_ALL },
					     { 'b', 8, 0, ACCESS_WRITE } };

	(void)state;
	load(rules, 3);
	expect(rules, 3, 'c', 1, 3, R | W, true);
	expect(rules, 3, 'b', 9, 0, R | W | M, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_allowed_without_a_rule),
		cmocka_unit_test(a_rule_allows_its_own_device_and_no_other),
		cmocka_unit_test(a_device_with_mode_r_refuses_writing),
		cmocka_unit_test(a_device_with_mode_w_refuses_reading),
		cmocka_unit_test(mode_m_allows_mknod_and_no_open),
		cmocka_unit_test(a_star_is_every_number_and_the_largest_number_is_no_star),
		cmocka_unit_test(type_a_is_every_device),
		cmocka_unit_test(a_later_rule_is_reached_when_a_former_one_does_not_match),
		cmocka_unit_test(a_rule_out_of_range_is_refused),
		cmocka_unit_test(the_kernel_takes_the_program),
		cmocka_unit_test(the_kernel_takes_rules_after_one_that_allows_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
