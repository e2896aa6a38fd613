/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a profile means, told twice without the code that is tested: by reading
 * its JSON rule by rule, and by what runc makes of it with libseccomp.
 */
#ifndef CONFINE_TESTS_FILTER_ORACLE_H
#define CONFINE_TESTS_FILTER_ORACLE_H

#include <fcntl.h>
#include <json-c/json.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/stat.h>

#include "filter_kernel.h"

static const struct {
	const char *name;
	int number;
} oracle_caps[] = {
	{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN },
	{ "CAP_SYS_PTRACE", CAP_SYS_PTRACE },
	{ "CAP_SYS_MODULE", CAP_SYS_MODULE },
	{ "CAP_SYS_TIME", CAP_SYS_TIME },
	{ "CAP_SYS_NICE", CAP_SYS_NICE },
	{ "CAP_SYSLOG", CAP_SYSLOG },
	{ "CAP_BPF", 39 },
	{ "CAP_PERFMON", 38 },
	{ "CAP_SYS_CHROOT", CAP_SYS_CHROOT },
	{ "CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH },
	{ "CAP_SYS_BOOT", CAP_SYS_BOOT },
	{ "CAP_SYS_PACCT", CAP_SYS_PACCT },
	{ "CAP_SYS_RAWIO", CAP_SYS_RAWIO },
	{ "CAP_SYS_TTY_CONFIG", CAP_SYS_TTY_CONFIG },
};

static const struct {
	const char *name;
	uint32_t action;
} oracle_actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW }, { "SCMP_ACT_LOG", SCMP_ACT_LOG },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL },   { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },   { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
};

static const char *const oracle_operators[] = {
	"",
	"SCMP_CMP_NE",
	"SCMP_CMP_LT",
	"SCMP_CMP_LE",
	"SCMP_CMP_EQ",
	"SCMP_CMP_GE",
	"SCMP_CMP_GT",
	"SCMP_CMP_MASKED_EQ",
};

static const uint32_t oracle_tokens[ABI_COUNT] = { SCMP_ARCH_X86_64, SCMP_ARCH_X32, SCMP_ARCH_X86 };

static inline struct json_object *oracle_get(struct json_object *object, const char *member)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, member, &value);
	return value;
}

static inline const char *oracle_word(struct json_object *object, const char *member)
{
	struct json_object *value = oracle_get(object, member);

	return value ? json_object_get_string(value) : "";
}

static inline uint64_t oracle_number(struct json_object *object, const char *member)
{
	struct json_object *value = oracle_get(object, member);

	return value ? json_object_get_uint64(value) : 0;
}

static inline size_t oracle_length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

static inline bool oracle_lists(struct json_object *array, const char *word)
{
	for (size_t i = 0; i < oracle_length(array); i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(array, i)), word))
			return true;
	return false;
}

static inline uint32_t oracle_action(struct json_object *object, const char *word,
				     const char *errno_member)
{
	struct json_object *number = oracle_get(object, errno_member);
	uint32_t data = number ? (uint32_t)json_object_get_int(number) : 1;
	const char *name = oracle_word(object, word);

	for (size_t i = 0; i < sizeof(oracle_actions) / sizeof(*oracle_actions); i++)
		if (!strcmp(oracle_actions[i].name, name))
			return oracle_actions[i].action;
	return !strcmp(name, "SCMP_ACT_TRACE") ? SCMP_ACT_TRACE(data) : SCMP_ACT_ERRNO(data);
}

static inline bool oracle_has_cap(uint64_t bounding, const char *name)
{
	for (size_t i = 0; i < sizeof(oracle_caps) / sizeof(*oracle_caps); i++)
		if (!strcmp(oracle_caps[i].name, name))
			return bounding >> oracle_caps[i].number & 1;
	return false;
}

/* How many of the named capabilities are there. */
static inline size_t oracle_caps_held(struct json_object *names, uint64_t bounding)
{
	size_t held = 0;

	for (size_t i = 0; i < oracle_length(names); i++)
		held += oracle_has_cap(bounding,
				       json_object_get_string(json_object_array_get_idx(names, i)));
	return held;
}

/* On amd64 with a kernel newer than any that a profile asks for. */
static inline bool oracle_counts(struct json_object *rule, uint64_t bounding)
{
	struct json_object *in = oracle_get(rule, "includes"), *out = oracle_get(rule, "excludes");
	struct json_object *caps = oracle_get(in, "caps"), *arches = oracle_get(in, "arches");

	if (oracle_caps_held(oracle_get(out, "caps"), bounding) ||
	    oracle_lists(oracle_get(out, "arches"), "amd64") || oracle_get(out, "minKernel"))
		return false;
	return oracle_caps_held(caps, bounding) == oracle_length(caps) &&
	       (!oracle_length(arches) || oracle_lists(arches, "amd64"));
}

static inline int oracle_operator(struct json_object *argument)
{
	int op = SCMP_CMP_MASKED_EQ;

	while (op && strcmp(oracle_operators[op], oracle_word(argument, "op")))
		op--;
	return op;
}

static inline bool oracle_holds(struct json_object *argument, uint64_t seen)
{
	uint64_t value = oracle_number(argument, "value");

	switch (oracle_operator(argument)) {
	case SCMP_CMP_NE:
		return seen != value;
	case SCMP_CMP_LT:
		return seen < value;
	case SCMP_CMP_LE:
		return seen <= value;
	case SCMP_CMP_EQ:
		return seen == value;
	case SCMP_CMP_GE:
		return seen >= value;
	case SCMP_CMP_GT:
		return seen > value;
	default:
		return (seen & value) == (oracle_number(argument, "valueTwo") & value);
	}
}

static inline bool oracle_repeats(struct json_object *arguments)
{
	uint64_t seen[6] = { 0 };
	bool repeats = false;

	for (size_t i = 0; i < oracle_length(arguments); i++)
		repeats |=
			seen[oracle_number(json_object_array_get_idx(arguments, i), "index")]++ > 0;
	return repeats;
}

static inline bool oracle_matches(struct json_object *rule, const struct probe *probe)
{
	struct json_object *arguments = oracle_get(rule, "args");
	size_t length = oracle_length(arguments), held = 0;

	for (size_t i = 0; i < length; i++) {
		struct json_object *argument = json_object_array_get_idx(arguments, i);
		uint64_t seen = probe->arguments[oracle_number(argument, "index")];

		held += oracle_holds(argument, probe->abi == ABI_X86_64 ? seen : (uint32_t)seen);
	}
	return oracle_repeats(arguments) ? held > 0 : held == length;
}

/* The rules that name one call, for one bounding set. */
struct oracle_call {
	struct json_object *rules[64];
	size_t count;
};

static inline struct oracle_call oracle_find(struct json_object *profile, uint64_t bounding,
					     const char *name)
{
	uint32_t rest = oracle_action(profile, "defaultAction", "defaultErrnoRet");
	struct json_object *all = oracle_get(profile, "syscalls");
	struct oracle_call call = { .count = 0 };

	for (size_t i = 0; name && i < oracle_length(all); i++) {
		struct json_object *rule = json_object_array_get_idx(all, i);
		bool named = oracle_lists(oracle_get(rule, "names"), name);

		if (named && oracle_counts(rule, bounding) &&
		    oracle_action(rule, "action", "errnoRet") != rest)
			call.rules[call.count++] = rule;
	}
	return call;
}

static inline uint32_t oracle_judge(struct json_object *profile, const struct oracle_call *call,
				    const struct probe *probe)
{
	uint32_t best = oracle_action(profile, "defaultAction", "defaultErrnoRet");
	bool found = false;

	for (size_t i = 0; i < call->count; i++)
		if (!oracle_length(oracle_get(call->rules[i], "args")))
			return oracle_action(call->rules[i], "action", "errnoRet");
	for (size_t i = 0; i < call->count; i++) {
		uint32_t action = oracle_action(call->rules[i], "action", "errnoRet");

		if (oracle_matches(call->rules[i], probe) &&
		    (!found || (int32_t)(action & 0xffff0000) < (int32_t)(best & 0xffff0000))) {
			best = action;
			found = true;
		}
	}
	return best;
}

/* runc's libcontainer/seccomp, InitSeccomp and matchCall. */
static inline void runc_add_rule(scmp_filter_ctx context, struct json_object *rule, int number)
{
	uint32_t action = oracle_action(rule, "action", "errnoRet");
	struct json_object *arguments = oracle_get(rule, "args");
	bool one_by_one = oracle_repeats(arguments);
	struct scmp_arg_cmp all[64];
	unsigned length = (unsigned)oracle_length(arguments);

	for (unsigned i = 0; i < length; i++) {
		struct json_object *argument = json_object_array_get_idx(arguments, i);

		all[i] = (struct scmp_arg_cmp){
			.arg = (unsigned)oracle_number(argument, "index"),
			.op = (enum scmp_compare)oracle_operator(argument),
			.datum_a = oracle_number(argument, "value"),
			.datum_b = oracle_number(argument, "valueTwo"),
		};
		if (one_by_one)
			seccomp_rule_add_array(context, action, number, 1, &all[i]);
	}
	if (!one_by_one)
		seccomp_rule_add_array(context, action, number, length, all);
}

static inline bool runc_export(scmp_filter_ctx context, struct sock_filter **ret_program,
			       size_t *ret_count)
{
	int file = memfd_create("filter", MFD_CLOEXEC);
	struct stat st = { 0 };
	bool right;

	right = !seccomp_export_bpf(context, file) && !fstat(file, &st);
	*ret_count = (size_t)st.st_size / sizeof(struct sock_filter);
	*ret_program = malloc((size_t)st.st_size + 1);
	right = right && pread(file, *ret_program, (size_t)st.st_size, 0) == st.st_size;
	close(file);
	return right;
}

static inline bool runc_program(struct json_object *profile, uint64_t bounding,
				struct sock_filter **ret_program, size_t *ret_count)
{
	uint32_t rest = oracle_action(profile, "defaultAction", "defaultErrnoRet");
	scmp_filter_ctx context = seccomp_init(rest);
	struct json_object *rules = oracle_get(profile, "syscalls");
	bool right;

	seccomp_arch_add(context, SCMP_ARCH_X86);
	seccomp_arch_add(context, SCMP_ARCH_X32);
	for (size_t i = 0; i < oracle_length(rules); i++) {
		struct json_object *rule = json_object_array_get_idx(rules, i);
		struct json_object *names = oracle_get(rule, "names");

		if (!oracle_counts(rule, bounding) ||
		    oracle_action(rule, "action", "errnoRet") == rest)
			continue;
		for (size_t j = 0; j < oracle_length(names); j++) {
			struct json_object *name = json_object_array_get_idx(names, j);
			int number = seccomp_syscall_resolve_name(json_object_get_string(name));

			if (number != __NR_SCMP_ERROR)
				runc_add_rule(context, rule, number);
		}
	}
	right = runc_export(context, ret_program, ret_count);
	seccomp_release(context);
	return right;
}

#endif
