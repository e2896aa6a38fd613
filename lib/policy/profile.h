/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp profile in Docker's JSON format: text to struct. Which rules count
 * is decided later, against a session's capabilities and a kernel.
 */
#ifndef CONFINE_POLICY_PROFILE_H
#define CONFINE_POLICY_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"
#include "../base/text.h"

struct profile_argument {
	unsigned index; /* 0 to 5 */
	uint64_t value, value_two; /* SCMP_CMP_MASKED_EQ: value is the mask, value_two the datum */
	int op; /* enum scmp_compare */
};

struct profile_condition {
	uint64_t caps; /* includes: all must be in the bounding set; excludes: none may be */
	struct strings arches; /* Docker's names: amd64, arm64, ... */
	unsigned kernel_major, kernel_minor; /* 0.0: not given */
};

struct profile_rule {
	struct strings names;
	uint32_t action; /* SCMP_ACT_..., errno included */
	struct profile_argument *arguments;
	size_t argument_count;
	struct profile_condition includes, excludes;
};

struct profile_arch {
	uint32_t arch; /* SCMP_ARCH_..., SCMP_ARCH_NATIVE for one that confine does not run on */
	uint32_t *sub_arches;
	size_t sub_arch_count;
};

struct profile {
	uint32_t default_action;
	struct profile_arch
		*arches; /* architectures or archMap; none: the machine's own, all ABIs */
	size_t arch_count;
	bool by_map; /* archMap: the machine's own row counts, with its sub_arches, and no other */
	uint32_t flags; /* SECCOMP_FILTER_FLAG_... */
	struct profile_rule *rules;
	size_t rule_count;
};

/*
 * `name` is what messages call it, with the line where the text is no JSON and
 * the member (syscalls[12]: args[0]: ...) where it is no profile. Members that
 * the schema does not know are ignored, as Docker does. ERROR_POLICY.
 */
int profile_parse(struct profile *ret_profile, const char *name, const char *json, size_t size,
		  struct error *error);
void profile_clear(struct profile *profile);

#endif
