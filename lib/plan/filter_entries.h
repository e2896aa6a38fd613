/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which rules of a profile count for one bounding set on one host, and on which
 * call numbers they bear. Makes no instructions.
 */
#ifndef CONFINE_PLAN_FILTER_ENTRIES_H
#define CONFINE_PLAN_FILTER_ENTRIES_H

#include "../policy/profile.h"
#include "filter_abi.h"
#include "host.h"

/* What a filter is asked for. */
struct filter_request {
	const struct profile *profile;
	uint64_t bounding;
	const struct host *host;
	const struct machine *machine;
};

/* One rule as it bears on one number. */
struct entry {
	uint32_t number;
	size_t order; /* in the profile */
	const struct profile_rule *rule;
	const struct abi *abi;
	const struct multiplexed *through; /* the number is a hub's, and the call is behind it */
};

struct entries {
	struct entry *items;
	size_t count;
};

void entries_clear(struct entries *entries);

/*
 * Whether a rule is to be obeyed: its includes hold, its excludes do not, and it
 * says something else than the default. One that says the same takes nothing
 * back either: libseccomp refuses such a rule, so runc leaves it out.
 */
bool rule_counts(const struct filter_request *request, const struct profile_rule *rule);

/* Whether an ABI of the machine is the profile's business; the machine's own always is. */
bool abi_covered(const struct filter_request *request, const struct abi *abi);

/*
 * Adds the entries of every covered ABI whose seccomp_data.arch is `audit`,
 * sorted by number; of one number in the order in which they are to be tried.
 * Where several rules bear on a number: one without conditions beats those with
 * (of two such the first), as in libseccomp, which drops the others; else the
 * strictest action that applies wins, as the kernel has it between filters.
 */
int entries_collect(struct entries *entries, const struct filter_request *request, uint32_t audit,
		    struct error *error);

/* Whether the entry holds whatever the arguments are. */
bool entry_unconditional(const struct entry *entry);

#endif
