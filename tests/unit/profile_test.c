/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seccomp profiles as text: what is taken, and the message where it is not. */
#include "../../lib/policy/profile.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/base/path.h"
#include "../../lib/base/scope.h"
#include "../../lib/policy/caps.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct profile parse(const char *json)
{
	struct error error = ERROR_INIT;
	struct profile profile;

	if (profile_parse(&profile, "test.json", json, strlen(json), &error))
		fail_msg("%s", error.text);
	return profile;
}

/* The message for a profile that is refused, as a person sees it. */
static void expect(const char *json, size_t size, const char *message)
{
	struct error error = ERROR_INIT;
	struct profile profile;
	char seen[1024];

	if (!profile_parse(&profile, "p.json", json, size, &error))
		fail_msg("taken: %s", json);
	assert_int_equal(error.kind, ERROR_POLICY);
	assert_string_equal(error_format(&error, seen, sizeof(seen)), message);
}

#define SYSCALLS(rules) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" rules "]}"
#define RULE(members) \
	SYSCALLS("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", " members "}")
#define ARGUMENT(members) RULE("\"args\": [{" members "}]")

static const struct {
	const char *json, *message;
} faults[] = {
	{ "", "p.json:1: not JSON: the text ends too early at offset 0" },
	{ "{\n\"a\": 1,\n!}",
	  "p.json:3: not JSON: quoted object property name expected at offset 10" },
	{ "{} {}", "p.json:1: not JSON: unexpected character at offset 3" },
	{ "{\"a\": [", "p.json:1: not JSON: the text ends too early at offset 7" },
	{ "null\n", "p.json:2: not JSON: nothing but null at offset 5" },
	{ "[]", "p.json: array where object is expected" },
	{ "{}", "p.json: 'defaultAction' is missing" },
	{ "{\"defaultAction\": 7}", "p.json: 'defaultAction': int where string is expected" },
	{ "{\"defaultAction\": \"SCMP_ACT_PERMIT\"}", "p.json: unknown action 'SCMP_ACT_PERMIT'" },
	{ "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}",
	  "p.json: action 'SCMP_ACT_NOTIFY' needs a program that answers, and a session has none" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 4096}",
	  "p.json: 'defaultErrnoRet': '4096' is more than 4095" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n\"defaultaction\": \"SCMP_ACT_ERRNO\"}",
	  "p.json:2: member 'defaultaction' is there twice" },
	{ "{\"x\": {\"a\": 1, \"\\u0061\": 2}}", "p.json:1: member 'a' is there twice" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_X\"]}",
	  "p.json: flags[0]: unknown flag 'SECCOMP_FILTER_FLAG_X'" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86_46\"]}",
	  "p.json: architectures[0]: unknown architecture 'SCMP_ARCH_X86_46'" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86\"],"
	  " \"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\"}]}",
	  "p.json: both 'architectures' and 'archMap'" },
	{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": [{}]}",
	  "p.json: archMap[0]: 'architecture' is missing" },
	{ SYSCALLS("7"), "p.json: syscalls[0]: int where object is expected" },
	{ SYSCALLS("null"), "p.json: syscalls[0]: null where object is expected" },
	{ SYSCALLS("{\"name\": \"read\", \"names\": [\"write\"], \"action\": \"SCMP_ACT_ALLOW\"}"),
	  "p.json: syscalls[0]: both 'name' and 'names'" },
	{ SYSCALLS("{\"nmaes\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}"),
	  "p.json: syscalls[0]: neither 'names' nor 'name'" },
	{ SYSCALLS("{\"names\": [\"read\", \"\"], \"action\": \"SCMP_ACT_ALLOW\"}"),
	  "p.json: syscalls[0]: names[1]: an empty name" },
	{ SYSCALLS("{\"names\": [\"re\\u0000ad\"], \"action\": \"SCMP_ACT_ALLOW\"}"),
	  "p.json: syscalls[0]: names[0]: a string that holds a NUL" },
	{ SYSCALLS("{\"names\": [\"read\"]}"), "p.json: syscalls[0]: 'action' is missing" },
	{ SYSCALLS("{\"names\": [\"read\"], \"action\": \"ALLOW\"}"),
	  "p.json: syscalls[0]: unknown action 'ALLOW'" },
	{ RULE("\"args\": {}"), "p.json: syscalls[0]: 'args': object where array is expected" },
	{ ARGUMENT("\"index\": 0"), "p.json: syscalls[0]: args[0]: 'op' is missing" },
	{ ARGUMENT("\"op\": \"SCMP_CMP_EQUAL\""),
	  "p.json: syscalls[0]: args[0]: unknown operator 'SCMP_CMP_EQUAL'" },
	{ ARGUMENT("\"index\": 6, \"op\": \"SCMP_CMP_EQ\""),
	  "p.json: syscalls[0]: args[0]: 'index': '6' is more than 5" },
	{ ARGUMENT("\"value\": -1, \"op\": \"SCMP_CMP_EQ\""),
	  "p.json: syscalls[0]: args[0]: 'value': '-1' is not a whole number of 0 or more" },
	{ ARGUMENT("\"value\": 1.5, \"op\": \"SCMP_CMP_EQ\""),
	  "p.json: syscalls[0]: args[0]: 'value': '1.5' is not a whole number of 0 or more" },
	{ ARGUMENT("\"value\": \"1\", \"op\": \"SCMP_CMP_EQ\""),
	  "p.json: syscalls[0]: args[0]: 'value': '1' is not a whole number of 0 or more" },
	{ ARGUMENT("\"value\": 18446744073709551616, \"op\": \"SCMP_CMP_EQ\""),
	  "p.json:1: 18446744073709551616 is more than 18446744073709551615" },
	{ RULE("\"includes\": {\"caps\": [\"CAP_SYS_ADMNI\"]}"),
	  "p.json: syscalls[0]: includes: caps[0]: unknown capability 'CAP_SYS_ADMNI'" },
	{ RULE("\"excludes\": {\"caps\": [\"ALL\"]}"),
	  "p.json: syscalls[0]: excludes: caps[0]: unknown capability 'ALL'" },
	{ RULE("\"includes\": {\"minKernel\": \"4\"}"),
	  "p.json: syscalls[0]: includes: 'minKernel': unknown kernel version '4'" },
	{ RULE("\"includes\": {\"minKernel\": \"4.8.1\"}"),
	  "p.json: syscalls[0]: includes: 'minKernel': unknown kernel version '4.8.1'" },
	{ RULE("\"includes\": {\"minKernel\": 4.8}"),
	  "p.json: syscalls[0]: includes: 'minKernel': double where string is expected" },
};

static void faults_are_refused_with_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++)
		expect(faults[i].json, strlen(faults[i].json), faults[i].message);
}

static void text_after_a_nul_is_refused(void **state)
{
	static const char json[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}\0{}";

	(void)state;
	expect(json, sizeof(json) - 1, "p.json:1: not JSON: unexpected character at offset 35");
}

static void deep_nesting_is_refused(void **state)
{
	char json[401];

	(void)state;
	memset(json, '[', 400);
	json[400] = '\0';
	expect(json, 400, "p.json:1: not JSON: nesting too deep at offset 32");
}

static void members_that_the_schema_does_not_know_are_ignored(void **state)
{
	scope_of(profile) struct profile profile =
		parse("{\"comment\": {\"a\": [1.5, -2]}, \"defaultAction\": \"SCMP_ACT_LOG\","
		      "\"syscalls\": [{\"comment\": \"x\", \"name\": \"read\", \"priority\": 3,"
		      "\"action\": \"SCMP_ACT_ALLOW\", \"args\": null, \"includes\": null}]}\n");

	(void)state;
	assert_int_equal(profile.default_action, SCMP_ACT_LOG);
	assert_int_equal(profile.rule_count, 1);
	assert_string_equal(profile.rules[0].names.items[0], "read");
}

/* Docker reads with Go, which takes members in any case: args that it heeds must not be lost here.
 */
static void members_are_found_in_any_case(void **state)
{
	scope_of(profile) struct profile profile = parse(
		"{\"DefaultAction\": \"SCMP_ACT_ERRNO\", \"Syscalls\": [{\"Names\": [\"read\"],"
		"\"Action\": \"SCMP_ACT_ALLOW\", \"Args\": [{\"Op\": \"SCMP_CMP_NE\", \"Index\": "
		"3}]}]}");

	(void)state;
	assert_int_equal(profile.rules[0].argument_count, 1);
	assert_int_equal(profile.rules[0].arguments[0].index, 3);
}

static void numbers_reach_to_the_largest_of_64_bits(void **state)
{
	scope_of(profile) struct profile profile = parse(
		ARGUMENT("\"index\": 5, \"value\": 18446744073709551615,"
			 "\"valueTwo\": 9223372036854775808, \"op\": \"SCMP_CMP_MASKED_EQ\""));
	const struct profile_argument *argument = profile.rules[0].arguments;

	(void)state;
	assert_true(argument->value == UINT64_MAX);
	assert_true(argument->value_two == UINT64_C(1) << 63);
	assert_int_equal(argument->index, 5);
	assert_int_equal(argument->op, SCMP_CMP_MASKED_EQ);
}

static const struct {
	const char *members;
	uint32_t action;
} actions[] = {
	{ "\"action\": \"SCMP_ACT_KILL\"", SECCOMP_RET_KILL_THREAD },
	{ "\"action\": \"SCMP_ACT_KILL_THREAD\"", SECCOMP_RET_KILL_THREAD },
	{ "\"action\": \"SCMP_ACT_KILL_PROCESS\"", SECCOMP_RET_KILL_PROCESS },
	{ "\"action\": \"SCMP_ACT_TRAP\"", SECCOMP_RET_TRAP },
	{ "\"action\": \"SCMP_ACT_LOG\"", SECCOMP_RET_LOG },
	{ "\"action\": \"SCMP_ACT_ALLOW\", \"errnoRet\": 5", SECCOMP_RET_ALLOW },
	{ "\"action\": \"SCMP_ACT_ERRNO\"", SECCOMP_RET_ERRNO | 1 },
	{ "\"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 0", SECCOMP_RET_ERRNO },
	{ "\"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38", SECCOMP_RET_ERRNO | 38 },
	{ "\"action\": \"SCMP_ACT_TRACE\"", SECCOMP_RET_TRACE | 1 },
	{ "\"action\": \"SCMP_ACT_TRACE\", \"errnoRet\": 7", SECCOMP_RET_TRACE | 7 },
};

static void actions_are_the_kernels_with_eperm_as_the_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(actions); i++) {
		scope_memory char *json = NULL;
		scope_of(profile) struct profile profile = { 0 };

		assert_true(asprintf(&json, SYSCALLS("{\"names\": [], %s}"), actions[i].members) >
			    0);
		profile = parse(json);
		assert_int_equal(profile.rules[0].action, actions[i].action);
	}
}

static void flags_are_the_kernels(void **state)
{
	scope_of(profile) struct profile profile = parse(
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\","
		"\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\", \"SECCOMP_FILTER_FLAG_TSYNC\"]}");

	(void)state;
	assert_int_equal(profile.flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
						SECCOMP_FILTER_FLAG_TSYNC);
}

static void conditions_keep_caps_arches_and_kernel(void **state)
{
	scope_of(profile) struct profile profile =
		parse(RULE("\"includes\": {\"caps\": [\"CAP_SYS_ADMIN\", \"CAP_BPF\"],"
			   "\"arches\": [\"amd64\"], \"minKernel\": \"5.12\"},"
			   "\"excludes\": {\"caps\": [\"CAP_SYSLOG\"]}"));
	const struct profile_condition *includes = &profile.rules[0].includes;

	(void)state;
	assert_true(includes->caps == (CAPS_BIT(21) | CAPS_BIT(39)));
	assert_string_equal(includes->arches.items[0], "amd64");
	assert_int_equal(includes->kernel_major, 5);
	assert_int_equal(includes->kernel_minor, 12);
	assert_true(profile.rules[0].excludes.caps == CAPS_BIT(34));
}

static void dockers_old_form_with_a_name_a_rule_is_read(void **state)
{
	const char *shared = getenv("CONFINE_SHARED");
	scope_memory char *json = NULL;
	scope_of(profile) struct profile profile = { 0 };
	struct error error = ERROR_INIT;
	scope_fd int file = -1;
	char path[4096];
	size_t size;

	(void)state;
	snprintf(path, sizeof(path), "%s/data/docker-old-format.json",
		 shared ? shared : "../shared");
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		skip();
	assert_int_equal(path_read_all(file, 1 << 20, &json, &size, &error), 0);
	assert_int_equal(profile_parse(&profile, path, json, size, &error), 0);
	assert_true(profile.rule_count > 300);
	for (size_t i = 0; i < profile.rule_count; i++)
		assert_int_equal(profile.rules[i].names.count, 1);
	assert_false(profile.by_map);
	assert_int_equal(profile.arch_count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_refused_with_their_place),
		cmocka_unit_test(text_after_a_nul_is_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(members_that_the_schema_does_not_know_are_ignored),
		cmocka_unit_test(members_are_found_in_any_case),
		cmocka_unit_test(numbers_reach_to_the_largest_of_64_bits),
		cmocka_unit_test(actions_are_the_kernels_with_eperm_as_the_errno),
		cmocka_unit_test(flags_are_the_kernels),
		cmocka_unit_test(conditions_keep_caps_arches_and_kernel),
		cmocka_unit_test(dockers_old_form_with_a_name_a_rule_is_read),
	};

	return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}
