/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The schema is Docker's (moby/profiles, seccomp/); what its words mean is what
 * runc makes of them (libcontainer/seccomp).
 */
#include "profile.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "caps.h"
#include "strict_json.h"

/* The kernel cuts a larger errno to this (MAX_ERRNO, kernel/seccomp.c). */
#define ERRNO_MOST 4095

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *name;
	uint32_t action;
	bool data; /* errnoRet is its data; EPERM where it is not given, as in runc */
} actions[] = {
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, false },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, false },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, false },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP, false },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), true },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), true },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG, false },
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, false },
};

static const struct {
	const char *name;
	int op;
} operators[] = {
	{ "SCMP_CMP_NE", SCMP_CMP_NE },
	{ "SCMP_CMP_LT", SCMP_CMP_LT },
	{ "SCMP_CMP_LE", SCMP_CMP_LE },
	{ "SCMP_CMP_EQ", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", SCMP_CMP_GE },
	{ "SCMP_CMP_GT", SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
};

static const struct {
	const char *name;
	uint32_t flag;
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
};

static const struct {
	const char *name;
	uint32_t arch;
} arches[] = {
	{ "SCMP_ARCH_X86", SCMP_ARCH_X86 },
	{ "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64 },
	{ "SCMP_ARCH_X32", SCMP_ARCH_X32 },
	{ "SCMP_ARCH_ARM", SCMP_ARCH_ARM },
	{ "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64 },
	{ "SCMP_ARCH_MIPS", SCMP_ARCH_MIPS },
	{ "SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64 },
	{ "SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32 },
	{ "SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL },
	{ "SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64 },
	{ "SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32 },
	{ "SCMP_ARCH_PPC", SCMP_ARCH_PPC },
	{ "SCMP_ARCH_PPC64", SCMP_ARCH_PPC64 },
	{ "SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE },
	{ "SCMP_ARCH_S390", SCMP_ARCH_S390 },
	{ "SCMP_ARCH_S390X", SCMP_ARCH_S390X },
	{ "SCMP_ARCH_PARISC", SCMP_ARCH_PARISC },
	{ "SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64 },
	{ "SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64 },
	/* libseccomp 2.6 has tokens for these, and confine runs on none of them. */
	{ "SCMP_ARCH_LOONGARCH64", SCMP_ARCH_NATIVE },
	{ "SCMP_ARCH_M68K", SCMP_ARCH_NATIVE },
	{ "SCMP_ARCH_SH", SCMP_ARCH_NATIVE },
	{ "SCMP_ARCH_SHEB", SCMP_ARCH_NATIVE },
};

/* A member that is a string; NULL with an error where it is missing. */
static const char *word_of(struct json_object *object, const char *member, struct error *error)
{
	struct json_object *value = strict_json_member(object, member);
	const char *word;

	if (!value) {
		error_set(error, ERROR_POLICY, "'%s' is missing", member);
		return NULL;
	}
	word = strict_json_string(value, error);
	if (!word)
		error_prefix(error, "'%s'", member);
	return word;
}

static int unknown(const char *what, const char *word, struct error *error)
{
	char quoted[128];

	return error_set(error, ERROR_POLICY, "unknown %s '%s'", what,
			 text_quote(word, quoted, sizeof(quoted)));
}

/* Calls `each` for every item of an array member; a missing one has none. */
static int each_item(struct json_object *object, const char *member,
		     int (*each)(struct json_object *item, void *context, struct error *error),
		     void *context, struct error *error)
{
	struct json_object *array = strict_json_member(object, member);

	if (strict_json_expect(array, json_type_array, error))
		return error_prefix(error, "'%s'", member);
	for (size_t i = 0; array && i < json_object_array_length(array); i++)
		if (each(json_object_array_get_idx(array, i), context, error))
			return error_prefix(error, "%s[%zu]", member, i);
	return 0;
}

/* An item that must be a string, not null. */
static const char *item_word(struct json_object *item, struct error *error)
{
	if (!item) {
		error_set(error, ERROR_POLICY, "null where string is expected");
		return NULL;
	}
	return strict_json_string(item, error);
}

static int add_word(struct json_object *item, void *context, struct error *error)
{
	const char *word = item_word(item, error);

	return word ? strings_add(context, word, error) : -1;
}

static int expect_object(struct json_object *item, struct error *error)
{
	if (!item)
		return error_set(error, ERROR_POLICY, "null where object is expected");
	return strict_json_expect(item, json_type_object, error);
}

static int parse_action(struct json_object *object, const char *action, const char *errno_member,
			uint32_t *ret_action, struct error *error)
{
	struct json_object *number = strict_json_member(object, errno_member);
	const char *word = word_of(object, action, error);
	uint64_t data = EPERM;

	if (!word)
		return -1;
	if (!strcmp(word, "SCMP_ACT_NOTIFY"))
		return error_set(error, ERROR_POLICY,
				 "action 'SCMP_ACT_NOTIFY' needs a program that answers, and a "
				 "session has none");
	if (number && strict_json_unsigned(number, ERRNO_MOST, &data, error))
		return error_prefix(error, "'%s'", errno_member);
	for (size_t i = 0; i < COUNT(actions); i++)
		if (!strcmp(actions[i].name, word)) {
			*ret_action = actions[i].action | (actions[i].data ? (uint32_t)data : 0);
			return 0;
		}
	return unknown("action", word, error);
}

/* A number that is 0 where the member is missing, as in Go. */
static int parse_number(struct json_object *object, const char *member, uint64_t most,
			uint64_t *ret_number, struct error *error)
{
	struct json_object *value = strict_json_member(object, member);

	*ret_number = 0;
	if (value && strict_json_unsigned(value, most, ret_number, error))
		return error_prefix(error, "'%s'", member);
	return 0;
}

static int parse_argument(struct json_object *item, void *context, struct error *error)
{
	struct profile_rule *rule = context;
	struct profile_argument argument = { 0 };
	uint64_t index;
	const char *word;

	if (expect_object(item, error) || parse_number(item, "index", 5, &index, error) ||
	    parse_number(item, "value", UINT64_MAX, &argument.value, error) ||
	    parse_number(item, "valueTwo", UINT64_MAX, &argument.value_two, error))
		return -1;
	word = word_of(item, "op", error);
	if (!word)
		return -1;
	argument.index = (unsigned)index;
	for (size_t i = 0; i < COUNT(operators); i++)
		if (!strcmp(operators[i].name, word))
			argument.op = operators[i].op;
	if (!argument.op)
		return unknown("operator", word, error);
	if (!array_add(&rule->arguments, &rule->argument_count, sizeof(argument)))
		return error_memory(error);
	rule->arguments[rule->argument_count - 1] = argument;
	return 0;
}

static int add_capability(struct json_object *item, void *context, struct error *error)
{
	const char *word = item_word(item, error);
	uint64_t *set = context;
	bool all = false;
	int capability;

	if (!word || caps_parse(word, &capability, &all, error))
		return -1;
	if (all)
		return unknown("capability", word, error);
	*set |= CAPS_BIT(capability);
	return 0;
}

/* VERSION.PATCHLEVEL, as in "4.8". */
static int parse_kernel(const char *word, struct profile_condition *condition, struct error *error)
{
	static const char digits[] = "0123456789";
	size_t major = strspn(word, digits), minor = 0;

	if (word[major] == '.')
		minor = strspn(word + major + 1, digits);
	if (!major || major > 4 || !minor || minor > 4 || word[major + 1 + minor])
		return unknown("kernel version", word, error);
	condition->kernel_major = (unsigned)strtoul(word, NULL, 10);
	condition->kernel_minor = (unsigned)strtoul(word + major + 1, NULL, 10);
	if (!condition->kernel_major)
		return unknown("kernel version", word, error);
	return 0;
}

static int parse_condition(struct json_object *rule, const char *member,
			   struct profile_condition *condition, struct error *error)
{
	struct json_object *object = strict_json_member(rule, member), *kernel;
	const char *word;

	if (!object)
		return 0;
	if (strict_json_expect(object, json_type_object, error) ||
	    each_item(object, "caps", add_capability, &condition->caps, error) ||
	    each_item(object, "arches", add_word, &condition->arches, error))
		return error_prefix(error, "%s", member);
	kernel = strict_json_member(object, "minKernel");
	if (!kernel)
		return 0;
	word = strict_json_string(kernel, error);
	if (!word || parse_kernel(word, condition, error))
		return error_prefix(error, "%s: 'minKernel'", member);
	return 0;
}

static int add_name(struct json_object *item, void *context, struct error *error)
{
	const char *word = item_word(item, error);

	if (!word)
		return -1;
	if (!*word)
		return error_set(error, ERROR_POLICY, "an empty name");
	return strings_add(context, word, error);
}

/* The old form has one `name` a rule. Neither of the two is a rule that was meant otherwise. */
static int parse_names(struct json_object *item, struct profile_rule *rule, struct error *error)
{
	struct json_object *name = strict_json_member(item, "name");
	struct json_object *names = strict_json_member(item, "names");

	if (name && names)
		return error_set(error, ERROR_POLICY, "both 'name' and 'names'");
	if (!name && !names)
		return error_set(error, ERROR_POLICY, "neither 'names' nor 'name'");
	if (names)
		return each_item(item, "names", add_name, &rule->names, error);
	return add_name(name, &rule->names, error) ? error_prefix(error, "'name'") : 0;
}

static int parse_rule(struct json_object *item, void *context, struct error *error)
{
	struct profile *profile = context;
	struct profile_rule *rule;

	if (expect_object(item, error))
		return -1;
	rule = array_add(&profile->rules, &profile->rule_count, sizeof(*rule));
	if (!rule)
		return error_memory(error);
	if (parse_names(item, rule, error) ||
	    parse_action(item, "action", "errnoRet", &rule->action, error) ||
	    each_item(item, "args", parse_argument, rule, error) ||
	    parse_condition(item, "includes", &rule->includes, error) ||
	    parse_condition(item, "excludes", &rule->excludes, error))
		return -1;
	return 0;
}

static int find_arch(const char *word, uint32_t *ret_arch, struct error *error)
{
	for (size_t i = 0; i < COUNT(arches); i++)
		if (!strcmp(arches[i].name, word)) {
			*ret_arch = arches[i].arch;
			return 0;
		}
	return unknown("architecture", word, error);
}

static int add_sub_arch(struct json_object *item, void *context, struct error *error)
{
	const char *word = item_word(item, error);
	struct profile_arch *arch = context;
	uint32_t *sub;

	if (!word)
		return -1;
	sub = array_add(&arch->sub_arches, &arch->sub_arch_count, sizeof(*sub));
	if (!sub)
		return error_memory(error);
	return find_arch(word, sub, error);
}

static struct profile_arch *add_arch(struct profile *profile, const char *word, struct error *error)
{
	struct profile_arch *arch;

	if (!word)
		return NULL;
	arch = array_add(&profile->arches, &profile->arch_count, sizeof(*arch));
	if (!arch) {
		error_memory(error);
		return NULL;
	}
	return find_arch(word, &arch->arch, error) ? NULL : arch;
}

static int parse_architecture(struct json_object *item, void *context, struct error *error)
{
	return add_arch(context, item_word(item, error), error) ? 0 : -1;
}

static int parse_arch_map(struct json_object *item, void *context, struct error *error)
{
	struct profile_arch *arch;

	if (expect_object(item, error))
		return -1;
	arch = add_arch(context, word_of(item, "architecture", error), error);
	return arch ? each_item(item, "subArchitectures", add_sub_arch, arch, error) : -1;
}

static int add_flag(struct json_object *item, void *context, struct error *error)
{
	const char *word = item_word(item, error);
	uint32_t *set = context;

	if (!word)
		return -1;
	for (size_t i = 0; i < COUNT(flags); i++)
		if (!strcmp(flags[i].name, word)) {
			*set |= flags[i].flag;
			return 0;
		}
	return unknown("flag", word, error);
}

static bool array_filled(struct json_object *object, const char *member)
{
	struct json_object *value = strict_json_member(object, member);

	return value &&
	       (json_object_get_type(value) != json_type_array || json_object_array_length(value));
}

static int parse_profile(struct profile *profile, struct json_object *root, struct error *error)
{
	if (strict_json_expect(root, json_type_object, error))
		return -1;
	if (array_filled(root, "architectures") && array_filled(root, "archMap"))
		return error_set(error, ERROR_POLICY, "both 'architectures' and 'archMap'");
	if (parse_action(root, "defaultAction", "defaultErrnoRet", &profile->default_action,
			 error) ||
	    each_item(root, "architectures", parse_architecture, profile, error) ||
	    each_item(root, "archMap", parse_arch_map, profile, error) ||
	    each_item(root, "flags", add_flag, &profile->flags, error) ||
	    each_item(root, "syscalls", parse_rule, profile, error))
		return -1;
	return 0;
}

int profile_parse(struct profile *ret_profile, const char *name, const char *json, size_t size,
		  struct error *error)
{
	scope_of(profile) struct profile profile = { 0 };
	scope_json struct json_object *root = NULL;

	if (strict_json_parse(&root, name, json, size, error))
		return -1;
	if (parse_profile(&profile, root, error))
		return error->kind == ERROR_POLICY ? error_locate(error, name, 0) : -1;
	profile.by_map = array_filled(root, "archMap");
	*ret_profile = profile;
	profile = (struct profile){ 0 };
	return 0;
}

static void rule_clear(struct profile_rule *rule)
{
	strings_clear(&rule->names);
	free(rule->arguments);
	strings_clear(&rule->includes.arches);
	strings_clear(&rule->excludes.arches);
}

void profile_clear(struct profile *profile)
{
	for (size_t i = 0; i < profile->rule_count; i++)
		rule_clear(&profile->rules[i]);
	for (size_t i = 0; i < profile->arch_count; i++)
		free(profile->arches[i].sub_arches);
	free(profile->rules);
	free(profile->arches);
	*profile = (struct profile){ 0 };
}
