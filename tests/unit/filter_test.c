/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters as programs: which rules count where, what a call is answered, what is refused. */
#include "../../lib/plan/filter.h"

#include <fcntl.h>
#include <linux/audit.h>
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
#include "../../lib/plan/filter_abi.h"
#include "../../lib/plan/filter_explain.h"
#include "../../lib/policy/caps.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define X32 0x40000000U

enum { READ = 0, SOCKET = 41, CHMOD = 90, PTRACE = 101, SYSLOG = 103, PERSONALITY = 135 };

static const struct host amd64 = { .arch = "amd64", .kernel_major = 6, .kernel_minor = 1 };

static struct filter load(const char *json, uint64_t bounding, const struct host *host)
{
	struct error error = ERROR_INIT;
	struct filter filter;

	if (filter_load(&filter, "test.json", json, strlen(json), bounding, host, NULL, NULL,
			&error))
		fail_msg("%s", error.text);
	return filter;
}

static uint32_t decide(const struct filter *filter, uint32_t number)
{
	return filter_decide(filter, AUDIT_ARCH_X86_64, number, (const uint64_t[6]){ 0 });
}

static uint32_t decide_i386(const struct filter *filter, uint32_t number, uint64_t first)
{
	return filter_decide(filter, AUDIT_ARCH_I386, number, (const uint64_t[6]){ first });
}

#define DENY SCMP_ACT_ERRNO(1)
#define PROFILE(rules) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" rules "]}"
#define ALLOW(name, members) \
	"{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ALLOW\"" members "}"

/* A rule about the first argument. */
#define WHERE(name, action, op, value)                                        \
	"{\"names\": [\"" name "\"], \"action\": \"" action "\", \"args\": [" \
	"{\"index\": 0, \"op\": \"SCMP_CMP_" op "\", \"value\": " value "}]}"

/* clang-format off */
static const char by_caps[] = PROFILE(
	ALLOW("chmod", ", \"includes\": {\"caps\": [\"CAP_BPF\", \"CAP_SYSLOG\"]}") ","
	ALLOW("ptrace", ", \"excludes\": {\"caps\": [\"CAP_BPF\", \"CAP_SYSLOG\"]}"));

static const char by_kernel[] = PROFILE(
	ALLOW("chmod", ", \"includes\": {\"minKernel\": \"5.9\"}") ","
	ALLOW("ptrace", ", \"excludes\": {\"minKernel\": \"5.9\"}"));

static const char by_arch[] = PROFILE(
	ALLOW("chmod", ", \"includes\": {\"arches\": [\"arm64\", \"s390x\"]}") ","
	ALLOW("fchmod", ", \"excludes\": {\"arches\": [\"arm64\"]}"));

static const char unconditional_between[] = PROFILE(
	WHERE("chmod", "SCMP_ACT_KILL", "EQ", "0") ","
	ALLOW("chmod", "") ","
	"{\"names\": [\"chmod\"], \"action\": \"SCMP_ACT_TRAP\"}");

static const char overlapping[] = PROFILE(
	WHERE("chmod", "SCMP_ACT_ALLOW", "LE", "9") ","
	WHERE("chmod", "SCMP_ACT_KILL_PROCESS", "LE", "3") ","
	WHERE("chmod", "SCMP_ACT_TRAP", "LE", "6"));

static const char default_repeated[] = PROFILE(
	WHERE("chmod", "SCMP_ACT_ALLOW", "LE", "9") ","
	"{\"names\": [\"chmod\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1}");

static const char unknown_names[] = PROFILE(
	ALLOW("no_such_call", "") ","
	ALLOW("no_such_call", "") ","
	ALLOW("waitpid", "") ","
	ALLOW("chmod", ""));
/* clang-format on */

static char *shared_file(const char *name, size_t *ret_size)
{
	const char *shared = getenv("CONFINE_SHARED");
	scope_memory char *path = NULL;
	struct error error = ERROR_INIT;
	scope_fd int file = -1;
	char *bytes;

	if (asprintf(&path, "%s/data/%s", shared ? shared : "../shared", name) < 0)
		return NULL;
	file = open(path, O_RDONLY | O_CLOEXEC);
	return file < 0 || path_read_all(file, 1 << 20, &bytes, ret_size, &error) ? NULL : bytes;
}

static void dockers_conditional_includes_hold(void **state)
{
	size_t size;
	scope_memory char *json = shared_file("docker-conditional-include.json", &size);
	static const struct {
		uint64_t bounding;
		uint32_t syslog, ptrace;
	} rows[] = {
		{ 0, DENY, SCMP_ACT_ALLOW },
		{ CAPS_BIT(34), SCMP_ACT_ALLOW, SCMP_ACT_ALLOW },
		{ CAPS_BIT(21), DENY, DENY },
		{ CAPS_BIT(21) | CAPS_BIT(34), SCMP_ACT_ALLOW, DENY },
	};

	(void)state;
	if (!json)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		scope_of(filter) struct filter filter = load(json, rows[i].bounding, &amd64);

		assert_int_equal(decide(&filter, CHMOD), SCMP_ACT_ALLOW);
		assert_int_equal(decide(&filter, SYSLOG), rows[i].syslog);
		assert_int_equal(decide(&filter, PTRACE), rows[i].ptrace);
	}
}

static void includes_ask_for_all_caps_and_excludes_for_any(void **state)
{
	const uint64_t both = CAPS_BIT(39) | CAPS_BIT(34);
	scope_of(filter) struct filter one = load(by_caps, CAPS_BIT(39), &amd64);
	scope_of(filter) struct filter two = load(by_caps, both, &amd64);
	scope_of(filter) struct filter none = load(by_caps, ~both, &amd64);

	(void)state;
	assert_int_equal(decide(&one, CHMOD), DENY);
	assert_int_equal(decide(&two, CHMOD), SCMP_ACT_ALLOW);
	assert_int_equal(decide(&one, PTRACE), DENY);
	assert_int_equal(decide(&none, PTRACE), SCMP_ACT_ALLOW);
}

static void rules_wait_for_their_kernel(void **state)
{
	static const struct {
		unsigned major, minor;
		bool newer;
	} rows[] = {
		{ 4, 20, false }, { 5, 8, false }, { 5, 9, true }, { 5, 10, true }, { 6, 0, true }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host host = amd64;
		scope_of(filter) struct filter filter = { 0 };

		host.kernel_major = rows[i].major;
		host.kernel_minor = rows[i].minor;
		filter = load(by_kernel, 0, &host);
		assert_int_equal(decide(&filter, CHMOD), rows[i].newer ? SCMP_ACT_ALLOW : DENY);
		assert_int_equal(decide(&filter, PTRACE), rows[i].newer ? DENY : SCMP_ACT_ALLOW);
	}
}

static void rules_of_other_machines_do_not_count(void **state)
{
	const struct host arm64 = { .arch = "arm64", .kernel_major = 6 };
	scope_of(filter) struct filter here = load(by_arch, 0, &amd64),
				       there = load(by_arch, 0, &arm64);
	const uint64_t none[6] = { 0 };

	(void)state;
	assert_int_equal(decide(&here, CHMOD), DENY);
	assert_int_equal(decide(&here, 91), SCMP_ACT_ALLOW);
	/* fchmod is 52 there, chmod is 15 for its 32-bit programs. */
	assert_int_equal(filter_decide(&there, AUDIT_ARCH_AARCH64, 52, none), DENY);
	assert_int_equal(filter_decide(&there, AUDIT_ARCH_ARM, 15, none), SCMP_ACT_ALLOW);
	assert_int_equal(filter_decide(&there, AUDIT_ARCH_X86_64, CHMOD, none),
			 SCMP_ACT_KILL_THREAD);
}

/* Which ABIs a profile speaks of; the machine's own is always among them. */
static const struct {
	const char *member;
	uint32_t x32, i386;
} coverings[] = {
	{ "\"comment\": \"\"", SCMP_ACT_ALLOW, SCMP_ACT_ALLOW },
	{ "\"architectures\": []", SCMP_ACT_ALLOW, SCMP_ACT_ALLOW },
	{ "\"architectures\": [\"SCMP_ARCH_X86_64\"]", SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_THREAD },
	{ "\"architectures\": [\"SCMP_ARCH_X86\"]", SCMP_ACT_KILL_THREAD, SCMP_ACT_ALLOW },
	{ "\"architectures\": [\"SCMP_ARCH_ARM\", \"SCMP_ARCH_X32\"]", SCMP_ACT_ALLOW,
	  SCMP_ACT_KILL_THREAD },
	{ "\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\":"
	  " [\"SCMP_ARCH_X32\"]}]",
	  SCMP_ACT_ALLOW, SCMP_ACT_KILL_THREAD },
	{ "\"archMap\": [{\"architecture\": \"SCMP_ARCH_LOONGARCH64\", \"subArchitectures\": "
	  "null}]",
	  SCMP_ACT_ALLOW, SCMP_ACT_ALLOW },
};

static void abis_that_a_profile_leaves_out_are_killed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(coverings); i++) {
		scope_of(filter) struct filter filter = { 0 };
		scope_memory char *json = NULL;

		assert_true(
			asprintf(
				&json,
				"{%s, \"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" ALLOW(
					"chmod", "") "]}",
				coverings[i].member) > 0);
		filter = load(json, 0, &amd64);
		assert_int_equal(decide(&filter, CHMOD), SCMP_ACT_ALLOW);
		assert_int_equal(decide(&filter, CHMOD | X32), coverings[i].x32);
		assert_int_equal(decide_i386(&filter, 15, 0), coverings[i].i386);
	}
}

static void one_rule_without_conditions_beats_those_with(void **state)
{
	scope_of(filter) struct filter filter = load(unconditional_between, 0, &amd64);

	(void)state;
	assert_int_equal(decide(&filter, CHMOD), SCMP_ACT_ALLOW);
}

static void strictest_of_several_conditional_rules_wins(void **state)
{
	scope_of(filter) struct filter filter = load(overlapping, 0, &amd64);
	static const uint32_t actions[] = { SCMP_ACT_KILL_PROCESS, SCMP_ACT_TRAP, SCMP_ACT_ALLOW,
					    DENY };

	(void)state;
	for (uint64_t i = 0; i < COUNT(actions); i++)
		assert_int_equal(filter_decide(&filter, AUDIT_ARCH_X86_64, CHMOD,
					       (const uint64_t[6]){ 3 * (i + 1) }),
				 actions[i]);
}

static void rule_that_says_what_the_default_says_takes_nothing_back(void **state)
{
	scope_of(filter) struct filter filter = load(default_repeated, 0, &amd64);

	(void)state;
	assert_int_equal(decide(&filter, CHMOD), SCMP_ACT_ALLOW);
}

#define FAMILY "\"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", \"value\": 2}]"

static void conditions_behind_socketcall_never_allow_what_they_cannot_see(void **state)
{
	scope_of(filter) struct filter filter =
		load(PROFILE(ALLOW("socket", ", " FAMILY)), 0, &amd64);

	(void)state;
	assert_int_equal(decide_i386(&filter, 359, 2), SCMP_ACT_ALLOW);
	assert_int_equal(decide_i386(&filter, 359, 3), DENY);
	assert_int_equal(decide_i386(&filter, 102, 1), DENY);
}

static void conditions_behind_socketcall_refuse_what_they_cannot_see(void **state)
{
	scope_of(filter) struct filter filter = load(
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"socket\"],"
		"\"action\": \"SCMP_ACT_ERRNO\", " FAMILY "}]}",
		0, &amd64);

	(void)state;
	assert_int_equal(decide_i386(&filter, 359, 3), SCMP_ACT_ALLOW);
	assert_int_equal(decide_i386(&filter, 102, 1), DENY);
	assert_int_equal(decide_i386(&filter, 102, 2), SCMP_ACT_ALLOW);
}

static void calls_behind_ipc_are_found_whatever_its_version(void **state)
{
	scope_of(filter) struct filter filter = load(PROFILE(ALLOW("shmget", "")), 0, &amd64);

	(void)state;
	assert_int_equal(decide_i386(&filter, 395, 0), SCMP_ACT_ALLOW);
	assert_int_equal(decide_i386(&filter, 117, 23), SCMP_ACT_ALLOW);
	assert_int_equal(decide_i386(&filter, 117, 23 | 1 << 16), SCMP_ACT_ALLOW);
	assert_int_equal(decide_i386(&filter, 117, 24), DENY);
}

/* libseccomp's tables hold the same numbers, some of them under numbers of its own. */
static void multiplexed_calls_have_libseccomps_numbers(void **state)
{
	const struct abi *i386 = &machine_find("amd64")->abis[2];
	size_t seen = 0;

	(void)state;
	for (int number = 0; number < 460; number++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, number);
		struct abi_number ours =
			name ? abi_resolve(i386, name) : (struct abi_number){ number, NULL };

		if (ours.direct != number)
			fail_msg("%s is %d, not %d", name, number, (int)ours.direct);
		seen += ours.through != NULL;
		free(name);
	}
	for (int operation = 1; operation < 125; operation++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, -100 - operation);
		struct abi_number ours =
			name ? abi_resolve(i386, name) : (struct abi_number){ 0, NULL };

		if (name && (!ours.through || ours.through->selector != (uint32_t)operation % 100))
			fail_msg("%s is not %d", name, operation);
		free(name);
	}
	assert_int_equal(seen, 27);
}

static void unknown_names_are_skipped_and_listed_once(void **state)
{
	scope_of(strings) struct strings skipped = { 0 };
	scope_of(filter) struct filter filter = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(filter_load(&filter, "t", unknown_names, sizeof(unknown_names) - 1, 0,
				     &amd64, NULL, &skipped, &error),
			 0);
	assert_int_equal(skipped.count, 1);
	assert_string_equal(skipped.items[0], "no_such_call");
	assert_int_equal(decide(&filter, CHMOD), SCMP_ACT_ALLOW);
	assert_int_equal(decide_i386(&filter, 7, 0), SCMP_ACT_ALLOW);
}

/* `count` rules with a condition each, on calls that every ABI has. */
static char *long_profile(size_t count, size_t *ret_size)
{
	char *json = NULL;
	FILE *text = open_memstream(&json, ret_size);

	assert_non_null(text);
	fputs("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" ALLOW("read", ""), text);
	for (size_t i = 0; i < count; i++)
		fprintf(text,
			",{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\":"
			" [{\"index\": 1, \"op\": \"SCMP_CMP_EQ\", \"value\": %zu}]}",
			7 * i);
	fputs("]}", text);
	fclose(text);
	return json;
}

static void jumps_reach_across_hundreds_of_instructions(void **state)
{
	size_t size;
	scope_memory char *json = long_profile(500, &size);
	scope_of(filter) struct filter filter = load(json, 0, &amd64);

	(void)state;
	assert_true(filter.count > 2000);
	for (uint64_t i = 0; i < 3600; i++)
		assert_int_equal(filter_decide(&filter, AUDIT_ARCH_X86_64, PERSONALITY,
					       (const uint64_t[6]){ 0, i }),
				 i % 7 || i >= 3500 ? DENY : SCMP_ACT_ALLOW);
	assert_int_equal(decide(&filter, READ), SCMP_ACT_ALLOW);
	assert_int_equal(decide(&filter, CHMOD), DENY);
	assert_int_equal(decide_i386(&filter, 3, 0), SCMP_ACT_ALLOW);
}

static void program_longer_than_the_kernel_takes_is_refused(void **state)
{
	size_t size;
	scope_memory char *json = long_profile(1000, &size);
	struct error error = ERROR_INIT;
	struct filter filter;
	char seen[1024];

	(void)state;
	assert_int_equal(filter_load(&filter, "p.json", json, size, 0, &amd64, NULL, NULL, &error),
			 -1);
	assert_int_equal(error.kind, ERROR_POLICY);
	error_format(&error, seen, sizeof(seen));
	assert_non_null(strstr(seen, "p.json: the filter has "));
	assert_non_null(strstr(seen, " instructions, the kernel takes 4096"));
}

/* What the kernel's own cache of answers asks for: nothing looked at but arch and number. */
static bool looks_at_arguments(const struct filter *filter, uint32_t number)
{
	struct filter watched = *filter;
	bool looks = false;
	size_t size = filter->count * sizeof(*filter->instructions);

	watched.instructions = malloc(size);
	assert_non_null(watched.instructions);
	memcpy(watched.instructions, filter->instructions, size);
	for (size_t i = 0; i < watched.count; i++)
		if (watched.instructions[i].code == (BPF_LD | BPF_W | BPF_ABS) &&
		    watched.instructions[i].k >= offsetof(struct seccomp_data, args))
			watched.instructions[i] = (struct sock_filter)BPF_STMT(
				BPF_RET | BPF_K, SECCOMP_RET_TRACE | 99);
	looks = decide(&watched, number) == (SECCOMP_RET_TRACE | 99);
	filter_clear(&watched);
	return looks;
}

static void calls_without_conditions_are_answered_by_their_number(void **state)
{
	scope_of(filter) struct filter filter = load(filter_default_profile, 0, &amd64);
	size_t looking = 0;

	(void)state;
	for (uint32_t number = 0; number < 500; number++)
		looking += looks_at_arguments(&filter, number);
	/* clone, fcntl, ioctl, personality, socket */
	assert_int_equal(looking, 5);
}

static void default_profile_lets_a_login_be_finished(void **state)
{
	scope_of(filter) struct filter filter = load(filter_default_profile, 0, &amd64);
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(filter_check_login(&filter, &amd64, &error), 0);
}

static const struct {
	const char *rule, *message;
} stops[] = {
	{ "{\"names\": [\"capset\"], \"action\": \"SCMP_ACT_ERRNO\"}",
	  "the profile stops 'capset', and no login can do without: the join gives its own"
	  " capabilities up with it" },
	{ "{\"names\": [\"execve\"], \"action\": \"SCMP_ACT_TRACE\"}",
	  "the profile stops 'execve', and no login can do without: the shell is started with it" },
	{ "{\"names\": [\"prctl\"], \"action\": \"SCMP_ACT_KILL\", \"args\":"
	  " [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", \"value\": 4}]}",
	  "the profile stops 'prctl', and no login can do without: the join makes itself undumpable"
	  " with it" },
};

static void profile_that_stops_a_login_half_way_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stops); i++) {
		scope_of(filter) struct filter filter = { 0 };
		struct error error = ERROR_INIT;
		scope_memory char *json = NULL;

		assert_true(asprintf(&json,
				     "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [%s]}",
				     stops[i].rule) > 0);
		filter = load(json, 0, &amd64);
		assert_int_equal(filter_check_login(&filter, &amd64, &error), -1);
		assert_int_equal(error.kind, ERROR_POLICY);
		assert_string_equal(error.text, stops[i].message);
	}
}

static void logged_calls_are_carried_out(void **state)
{
	scope_of(filter) struct filter filter =
		load("{\"defaultAction\": \"SCMP_ACT_LOG\"}", 0, &amd64);
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(filter_check_login(&filter, &amd64, &error), 0);
}

static const struct {
	struct sock_filter instruction;
} nonsense[] = {
	{ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 1000) },
	{ BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0) },
	{ BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX) },
	{ BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1) },
};

static void program_that_is_none_kills(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(nonsense); i++) {
		struct sock_filter instruction = nonsense[i].instruction;
		struct filter filter = { &instruction, 1, 0 };

		assert_int_equal(decide(&filter, 0), SCMP_ACT_KILL_PROCESS);
	}
}

/* A profile with every kind of answer, and the lines that tell of it. */
/* clang-format off */
static const char told[] = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
	"{\"names\": [\"read\", \"waitpid\", \"shmget\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
		"{\"index\": 0, \"value\": 256, \"op\": \"SCMP_CMP_MASKED_EQ\"},"
		"{\"index\": 1, \"value\": 7, \"op\": \"SCMP_CMP_NE\"}]},"
	"{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
		"{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"},"
		"{\"index\": 0, \"value\": 16, \"op\": \"SCMP_CMP_GE\"}]},"
	"{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_KILL\", \"args\": ["
		"{\"index\": 1, \"value\": 1, \"op\": \"SCMP_CMP_LT\"}]},"
	"{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_TRACE\", \"errnoRet\": 5},"
	"{\"names\": [\"sync\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 0},"
	"{\"names\": [\"write\"], \"action\": \"SCMP_ACT_LOG\"},"
	"{\"names\": [\"reboot\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"},"
	"{\"names\": [\"kexec_load\"], \"action\": \"SCMP_ACT_TRAP\"}]}";
/* clang-format on */

static const char *const lines_told[] = {
	"read  allowed",
	"chmod  denied with EPERM",
	"clone  allowed where arg0 & 0x100 == 0 and arg1 != 0x7; else denied with EPERM",
	"personality  kills the thread where arg1 < 0x1; else allowed where arg0 == 0x8 or arg0 >= "
	"0x10;"
	" else denied with EPERM",
	"clone3  denied with ENOSYS",
	"mount  up to a tracer (5), denied with ENOSYS where there is none",
	"sync  left out, with 0 as its result",
	"write  allowed and logged",
	"reboot  kills the process",
	"kexec_load  denied with SIGSYS",
	"waitpid (i386)  allowed",
	"ipc (i386)  allowed where it is shmget; else denied with EPERM",
	"socketcall (i386)  denied with EPERM",
};

static void explanation_tells_every_kind_of_answer(void **state)
{
	scope_of(profile) struct profile profile = { 0 };
	scope_of(strings) struct strings lines = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(profile_parse(&profile, "t", told, sizeof(told) - 1, &error), 0);
	assert_int_equal(filter_explain(&profile, 0, &amd64, &lines, &error), 0);
	for (size_t i = 0; i < COUNT(lines_told); i++)
		if (!strings_contain(&lines, lines_told[i]))
			fail_msg("not there: %s", lines_told[i]);
	assert_false(strings_contain(&lines, "read (x32)  allowed"));
	assert_false(strings_contain(&lines, "read (i386)  allowed"));
}

static void machine_that_confine_does_not_know_is_an_error(void **state)
{
	const struct host vax = { .arch = "vax", .kernel_major = 6 };
	struct error error = ERROR_INIT;
	struct filter filter;

	(void)state;
	assert_int_equal(filter_load(&filter, "default", filter_default_profile,
				     filter_default_profile_size, 0, &vax, NULL, NULL, &error),
			 -1);
	assert_int_equal(error.kind, ERROR_HOST);
	assert_string_equal(error.text, "no system call filters for the machine 'vax'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dockers_conditional_includes_hold),
		cmocka_unit_test(includes_ask_for_all_caps_and_excludes_for_any),
		cmocka_unit_test(rules_wait_for_their_kernel),
		cmocka_unit_test(rules_of_other_machines_do_not_count),
		cmocka_unit_test(abis_that_a_profile_leaves_out_are_killed),
		cmocka_unit_test(one_rule_without_conditions_beats_those_with),
		cmocka_unit_test(strictest_of_several_conditional_rules_wins),
		cmocka_unit_test(rule_that_says_what_the_default_says_takes_nothing_back),
		cmocka_unit_test(conditions_behind_socketcall_never_allow_what_they_cannot_see),
		cmocka_unit_test(conditions_behind_socketcall_refuse_what_they_cannot_see),
		cmocka_unit_test(calls_behind_ipc_are_found_whatever_its_version),
		cmocka_unit_test(multiplexed_calls_have_libseccomps_numbers),
		cmocka_unit_test(unknown_names_are_skipped_and_listed_once),
		cmocka_unit_test(jumps_reach_across_hundreds_of_instructions),
		cmocka_unit_test(program_longer_than_the_kernel_takes_is_refused),
		cmocka_unit_test(calls_without_conditions_are_answered_by_their_number),
		cmocka_unit_test(default_profile_lets_a_login_be_finished),
		cmocka_unit_test(profile_that_stops_a_login_half_way_is_refused),
		cmocka_unit_test(logged_calls_are_carried_out),
		cmocka_unit_test(program_that_is_none_kills),
		cmocka_unit_test(explanation_tells_every_kind_of_answer),
		cmocka_unit_test(machine_that_confine_does_not_know_is_an_error),
	};

	return cmocka_run_group_tests_name("filters", tests, NULL, NULL);
}
