/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Filters are compared by what the kernel answers to every call number and to
 * telling arguments, by each way to call it, for a dozen bounding sets.
 */
#include <errno.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../lib/base/path.h"
#include "../../lib/base/scope.h"
#include "../../lib/plan/filter.h"
#include "../../lib/policy/caps.h"
#include "filter_oracle.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define NUMBERS 620
#define X32 0x40000000U

static const uint64_t docker_caps = 0xa80425fb; /* Docker's fourteen */

static struct host machine(void)
{
	struct host host = { .arch = "amd64", .kernel_major = 6, .kernel_minor = 18 };

	return host;
}

struct probes {
	struct probe *items;
	size_t count, room;
};

/* uretprobe, uprobe: no filter is asked about them (kernel/seccomp.c, seccomp_uprobe_exception). */
static bool passes_by(const struct probe *probe)
{
	return probe->abi == ABI_X86_64 && (probe->number == 335 || probe->number == 336);
}

static void add_probe(struct probes *probes, struct probe probe)
{
	if (passes_by(&probe))
		return;
	if (probes->count == probes->room) {
		probes->room = probes->room ? probes->room * 2 : 4096;
		probes->items = reallocarray(probes->items, probes->room, sizeof(probe));
		assert_non_null(probes->items);
	}
	if (probe.abi == ABI_I386)
		for (size_t i = 0; i < 6; i++)
			probe.arguments[i] = i < 5 ? (uint32_t)probe.arguments[i] : 0;
	probes->items[probes->count++] = probe;
}

/* All ABIs that this kernel answers by. */
static size_t abi_count(void)
{
	static int known = -1;

	if (known < 0)
		known = kernel_has_i386();
	return known ? ABI_COUNT : ABI_I386;
}

static uint32_t number_of(enum kernel_abi abi, const char *name)
{
	int number = seccomp_syscall_resolve_name_arch(oracle_tokens[abi], name);

	for (int i = 0; abi == ABI_I386 && number < 0 && i < NUMBERS; i++) {
		char *own = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, i);

		if (own && !strcmp(own, name))
			number = i;
		free(own);
	}
	return (uint32_t)number;
}

/* One call with `value` as each of its first three arguments, and as all of them. */
static void add_value(struct probes *probes, enum kernel_abi abi, uint32_t number, uint64_t value)
{
	struct probe probe = { abi, number, { value, value, value, value, value, value } };

	add_probe(probes, probe);
	for (size_t i = 0; i < 3; i++) {
		memset(probe.arguments, 0, sizeof(probe.arguments));
		probe.arguments[i] = value;
		add_probe(probes, probe);
	}
}

static const uint64_t bounds[] = { 38,	       39,	   40,	       0x5412,	   0x541c,	0x400,
				   131072,     131080,	   0x7e020000, 0x10000000, 0xffffffff,
				   1ULL << 32, 1ULL << 48, UINT64_MAX };

/* Numbers that a condition may take for others, for a call that this ABI may not have. */
static void add_telling(struct probes *probes, enum kernel_abi abi, const char *name)
{
	uint32_t number = number_of(abi, name);

	if ((int32_t)number < 0)
		return;
	for (uint64_t value = 0; value < 64; value++)
		add_value(probes, abi, number, value);
	for (unsigned bit = 0; bit < 64; bit++) {
		add_value(probes, abi, number, 1ULL << bit);
		add_value(probes, abi, number, ~(1ULL << bit));
		for (size_t i = 0; i < COUNT(bounds); i++)
			add_value(probes, abi, number, bounds[i] ^ 1ULL << bit);
	}
	for (size_t i = 0; i < COUNT(bounds); i++)
		for (uint64_t step = 0; step < 3; step++) {
			add_value(probes, abi, number, bounds[i] + step - 1);
			add_value(probes, abi, number, (bounds[i] + step - 1) | ~0ULL << 32);
		}
}

/* Every number with two sets of arguments; telling ones where some profile looks at them. */
static void add_everything(struct probes *probes)
{
	static const char *const looked_at[] = { "clone",	"clone3", "ioctl",     "ipc",
						 "personality", "socket", "socketcall" };

	for (enum kernel_abi abi = 0; abi < abi_count(); abi++) {
		for (uint32_t i = 0; i < NUMBERS; i++) {
			add_value(probes, abi, i | (abi == ABI_X32 ? X32 : 0), 0);
			add_value(probes, abi, i | (abi == ABI_X32 ? X32 : 0), UINT64_MAX);
		}
		for (size_t i = 0; i < COUNT(looked_at); i++)
			add_telling(probes, abi, looked_at[i]);
	}
	add_value(probes, ABI_X86_64, 0x3fffffff, 0);
	add_value(probes, ABI_X32, 0x7fffffff, 0);
	add_value(probes, ABI_X32, 0xbfffffff, 0);
	add_value(probes, ABI_X32, 0xffffffff, 0);
}

static struct filter compile(const char *json, size_t size, uint64_t bounding)
{
	struct host host = machine();
	struct error error = ERROR_INIT;
	struct filter filter;

	if (filter_load(&filter, "test", json, size, bounding, &host, NULL, NULL, &error))
		fail_msg("%s", error.text);
	return filter;
}

/* What the kernel says; on the way, filter_decide must say the same. */
static uint32_t *ask(const struct filter *filter, const struct probes *probes)
{
	uint32_t *answers = calloc(probes->count, sizeof(*answers));

	assert_non_null(answers);
	assert_true(kernel_answers(filter->instructions, filter->count, probes->items,
				   probes->count, answers));
	for (size_t i = 0; i < probes->count; i++) {
		const struct probe *probe = &probes->items[i];

		assert_int_equal(answers[i], filter_decide(filter, probe_audit(probe),
							   probe->number, probe->arguments));
	}
	return answers;
}

static char *name_of(const struct probe *probe)
{
	return seccomp_syscall_resolve_num_arch(oracle_tokens[probe->abi], (int)probe->number);
}

static void tell(const char *what, const struct probe *probe, uint32_t left, uint32_t right)
{
	char *name = name_of(probe);

	printf("# %s: abi %d call %#x %s(%#llx, %#llx, %#llx): %#x and %#x\n", what,
	       (int)probe->abi, probe->number, name ? name : "?",
	       (unsigned long long)probe->arguments[0], (unsigned long long)probe->arguments[1],
	       (unsigned long long)probe->arguments[2], left, right);
	free(name);
}

/* The answers of the rules, read one by one. */
static uint32_t *judge(struct json_object *profile, uint64_t bounding, const struct probes *probes)
{
	uint32_t *answers = calloc(probes->count, sizeof(*answers));
	struct oracle_call call = { .count = 0 };

	assert_non_null(answers);
	for (size_t i = 0; i < probes->count; i++) {
		const struct probe *probe = &probes->items[i];

		if (!i || probe->abi != probe[-1].abi || probe->number != probe[-1].number) {
			char *name = name_of(probe);

			call = oracle_find(profile, bounding, name);
			free(name);
		}
		answers[i] = oracle_judge(profile, &call, probe);
	}
	return answers;
}

static size_t differences(const char *what, const struct probes *probes, const uint32_t *left,
			  const uint32_t *right)
{
	size_t count = 0;

	for (size_t i = 0; i < probes->count; i++)
		if (left[i] != right[i] && count++ < 8)
			tell(what, &probes->items[i], left[i], right[i]);
	return count;
}

static void compare_all(struct json_object *profile, const char *json, size_t size,
			uint64_t bounding, const struct probes *probes)
{
	scope_of(filter) struct filter filter = compile(json, size, bounding);
	scope_memory uint32_t *ours = ask(&filter, probes);
	scope_memory uint32_t *rules = judge(profile, bounding, probes);
	scope_memory struct sock_filter *program = NULL;
	struct filter theirs = { 0 };
	scope_memory uint32_t *runc = NULL;

	assert_true(runc_program(profile, bounding, &program, &theirs.count));
	theirs.instructions = program;
	runc = ask(&theirs, probes);
	assert_int_equal(differences("ours and the rules", probes, ours, rules), 0);
	assert_int_equal(differences("ours and libseccomp's", probes, ours, runc), 0);
}

/* Docker's profile as text, or NULL where it does not lie beside the checkout. */
static char *docker_profile(size_t *ret_size)
{
	const char *shared = getenv("CONFINE_SHARED");
	scope_memory char *path = NULL;
	struct error error = ERROR_INIT;
	scope_fd int file = -1;
	char *json = NULL;

	if (asprintf(&path, "%s/data/docker-default-seccomp.json", shared ? shared : "../shared") <
	    0)
		return NULL;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || path_read_all(file, 1 << 20, &json, ret_size, &error)) {
		printf("# SKIP no %s (CONFINE_SHARED says where the folder is)\n", path);
		return NULL;
	}
	return json;
}

static uint64_t bounding_set(size_t which)
{
	if (which == 0)
		return docker_caps;
	if (which == 1)
		return 0;
	if (which == 2)
		return UINT64_MAX;
	return docker_caps | 1ULL << oracle_caps[which - 3].number;
}

#define SETS (3 + COUNT(oracle_caps))

static void dockers_profile_means_what_runc_makes_of_it(void **state)
{
	scope_memory struct probe *owned = NULL;
	scope_memory char *json = NULL;
	struct json_object *profile;
	struct probes probes = { 0 };
	size_t size;

	(void)state;
	json = docker_profile(&size);
	if (!json)
		skip();
	profile = json_tokener_parse(json);
	add_everything(&probes);
	owned = probes.items;
	for (size_t i = 0; i < SETS; i++)
		compare_all(profile, json, size, bounding_set(i), &probes);
	json_object_put(profile);
}

/*
 * The only differences from Docker's profile (semantics: seccomp, 6; and docs/threat-model.md, "With
 * SYS_PTRACE").
 */
static bool meant(const struct probe *probe, uint64_t bounding)
{
	static const uint64_t both = CAPS_BIT(CAP_SYS_PTRACE) | CAPS_BIT(CAP_SYS_ADMIN);
	scope_memory char *name = name_of(probe);
	uint32_t family = (uint32_t)probe->arguments[0], request = (uint32_t)probe->arguments[1];

	if (!name)
		return false;
	if (!strcmp(name, "pidfd_getfd"))
		return (bounding & both) == CAPS_BIT(CAP_SYS_PTRACE);
	if (!strcmp(name, "ioctl"))
		return request == 0x5412 || request == 0x541c;
	if (!strcmp(name, "fcntl") || !strcmp(name, "fcntl64"))
		return request == 0x400;
	return probe->abi == ABI_X86_64 && !strcmp(name, "socket") && probe->arguments[0] >> 32 &&
	       (family == 38 || family == 40);
}

static void compare_default(const char *json, size_t size, uint64_t bounding,
			    const struct probes *probes)
{
	scope_of(filter) struct filter docker = compile(json, size, bounding);
	scope_of(filter) struct filter own =
		compile(filter_default_profile, filter_default_profile_size, bounding);
	scope_memory uint32_t *theirs = ask(&docker, probes), *ours = ask(&own, probes);
	size_t meant_count = 0;

	for (size_t i = 0; i < probes->count; i++) {
		if (!meant(&probes->items[i], bounding)) {
			if (theirs[i] != ours[i])
				tell("Docker's and ours", &probes->items[i], theirs[i], ours[i]);
			assert_int_equal(theirs[i], ours[i]);
			continue;
		}
		assert_int_equal(theirs[i], SCMP_ACT_ALLOW);
		assert_int_equal(ours[i], SCMP_ACT_ERRNO(EPERM));
		meant_count++;
	}
	assert_true(meant_count > 0);
}

static void default_profile_differs_from_dockers_only_where_it_is_meant_to(void **state)
{
	scope_memory struct probe *owned = NULL;
	scope_memory char *json = NULL;
	struct probes probes = { 0 };
	size_t size;

	(void)state;
	json = docker_profile(&size);
	if (!json)
		skip();
	add_everything(&probes);
	owned = probes.items;
	for (size_t i = 0; i < SETS; i++)
		compare_default(json, size, bounding_set(i), &probes);
}

/* A small generator (Marsaglia's xorshift64), so that a failure comes again. */
static uint64_t chance(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Numbers near each other and near the edges of words. */
static uint64_t awkward(uint64_t *seed)
{
	static const uint64_t from[] = { 0,	     128,	 0x20000,    1ULL << 32,
					 1ULL << 48, 0xffffffff, UINT64_MAX, 0x100000080 };

	return from[chance(seed) % COUNT(from)] + chance(seed) % 3 - 1;
}

static void random_argument(FILE *text, uint64_t *seed)
{
	fprintf(text, "{\"index\": %d, \"op\": \"%s\", \"value\": %llu, \"valueTwo\": %llu}",
		(int)(chance(seed) % 3), oracle_operators[1 + chance(seed) % 7],
		(unsigned long long)awkward(seed), (unsigned long long)awkward(seed));
}

/* A profile with several conditional rules for one call. */
static char *random_profile(uint64_t *seed, size_t *ret_size)
{
	static const char *const answers[] = { "ERRNO",	       "ERRNO", "TRACE",
					       "KILL_PROCESS", "TRAP",	"LOG" };
	char *json = NULL;
	FILE *text = open_memstream(&json, ret_size);
	uint64_t rules = 2 + chance(seed) % 5;

	assert_non_null(text);
	fprintf(text, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [");
	for (uint64_t i = 0; i < rules; i++) {
		uint64_t arguments = 1 + chance(seed) % 3;

		fprintf(text,
			"%s{\"names\": [\"getpriority\"], \"action\": \"SCMP_ACT_%s\", \"args\": [",
			i ? ", " : "", answers[chance(seed) % COUNT(answers)]);
		for (uint64_t j = 0; j < arguments; j++) {
			fputs(j ? ", " : "", text);
			random_argument(text, seed);
		}
		fputs("]}", text);
	}
	fputs("]}", text);
	fclose(text);
	return json;
}

static void add_awkward(struct probes *probes, uint64_t *seed)
{
	for (enum kernel_abi abi = 0; abi < abi_count(); abi++) {
		uint32_t number = number_of(abi, "getpriority");

		for (size_t i = 0; i < 300; i++)
			add_probe(probes, (struct probe){ abi,
							  number,
							  { awkward(seed), awkward(seed),
							    awkward(seed) } });
	}
}

static void several_conditions_on_one_call_are_each_judged_afresh(void **state)
{
	uint64_t seed = 20260131;
	size_t wrong = 0;

	(void)state;
	for (size_t round = 0; round < 150; round++) {
		size_t size = 0;
		scope_memory char *json = random_profile(&seed, &size);
		struct json_object *profile = json_tokener_parse(json);
		scope_of(filter) struct filter filter = compile(json, size, 0), theirs = { 0 };
		scope_memory uint32_t *ours = NULL, *rules = NULL, *runc = NULL;
		scope_memory struct probe *owned = NULL;
		struct probes probes = { 0 };

		add_awkward(&probes, &seed);
		owned = probes.items;
		ours = ask(&filter, &probes);
		rules = judge(profile, 0, &probes);
		if (differences("ours and the rules", &probes, ours, rules))
			fail_msg("%s", json);
		assert_true(runc_program(profile, 0, &theirs.instructions, &theirs.count));
		runc = ask(&theirs, &probes);
		for (size_t i = 0; i < probes.count; i++)
			wrong += probes.items[i].abi == ABI_X86_64 &&
				 (runc[i] == SCMP_ACT_ALLOW) != (rules[i] == SCMP_ACT_ALLOW);
		json_object_put(profile);
	}
	printf("# of %d answers libseccomp's own programs allow or refuse %zu wrongly\n", 150 * 300,
	       wrong);
}

static void wrong_jump_of_libseccomp_is_not_ours(void **state)
{
	static const char json[] =
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
		"[\"getpriority\"],"
		"\"action\": \"SCMP_ACT_ERRNO\", \"args\": ["
		"{\"index\": 2, \"value\": 128, \"op\": \"SCMP_CMP_LE\"},"
		"{\"index\": 2, \"value\": 281474976710656, \"op\": \"SCMP_CMP_LT\"}]}]}";
	static const struct probe probes[] = {
		{ ABI_X86_64, SYS_getpriority, { 0, 0, 0x20000 } },
		{ ABI_X86_64, SYS_getpriority, { 0, 0, 1ULL << 48 } },
	};
	scope_of(filter) struct filter filter = compile(json, sizeof(json) - 1, 0);
	uint32_t answers[2];

	(void)state;
	assert_true(kernel_answers(filter.instructions, filter.count, probes, 2, answers));
	assert_int_equal(answers[0], SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(answers[1], SCMP_ACT_ALLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dockers_profile_means_what_runc_makes_of_it),
		cmocka_unit_test(default_profile_differs_from_dockers_only_where_it_is_meant_to),
		cmocka_unit_test(several_conditions_on_one_call_are_each_judged_afresh),
		cmocka_unit_test(wrong_jump_of_libseccomp_is_not_ours),
	};

#ifndef __x86_64__
	printf("ok 1 - filter decisions # SKIP the calls are written for x86-64\n");
	return 0;
#endif
	return cmocka_run_group_tests_name("filter decisions", tests, NULL, NULL);
}
