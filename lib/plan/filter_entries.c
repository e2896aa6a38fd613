/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter_entries.h"

#include <linux/seccomp.h>
#include <stdlib.h>

void entries_clear(struct entries *entries)
{
	free(entries->items);
	*entries = (struct entries){ 0 };
}

static bool kernel_at_least(const struct host *host, const struct profile_condition *condition)
{
	return host->kernel_major > condition->kernel_major ||
	       (host->kernel_major == condition->kernel_major &&
		host->kernel_minor >= condition->kernel_minor);
}

bool rule_counts(const struct filter_request *request, const struct profile_rule *rule)
{
	const struct profile_condition *in = &rule->includes, *out = &rule->excludes;
	const struct host *host = request->host;

	if (rule->action == request->profile->default_action)
		return false;
	if ((out->caps & request->bounding) || strings_contain(&out->arches, host->arch) ||
	    (out->kernel_major && kernel_at_least(host, out)))
		return false;
	return !(in->caps & ~request->bounding) &&
	       (!in->arches.count || strings_contain(&in->arches, host->arch)) &&
	       kernel_at_least(host, in);
}

static bool map_covers(const struct profile_arch *row, uint32_t token)
{
	for (size_t i = 0; i < row->sub_arch_count; i++)
		if (row->sub_arches[i] == token)
			return true;
	return false;
}

bool abi_covered(const struct filter_request *request, const struct abi *abi)
{
	const struct profile *profile = request->profile;
	uint32_t own = request->machine->abis[0].token;

	/* Only docker's engine takes no word on ABIs for "the machine's own": confine covers all.
	 */
	if (abi->token == own || !profile->arch_count)
		return true;
	for (size_t i = 0; i < profile->arch_count; i++) {
		if (!profile->by_map && profile->arches[i].arch == abi->token)
			return true;
		if (profile->by_map && profile->arches[i].arch == own)
			return map_covers(&profile->arches[i], abi->token);
	}
	return profile->by_map;
}

static int add_entry(struct entries *entries, const struct entry *entry, struct error *error)
{
	struct entry *added = array_add(&entries->items, &entries->count, sizeof(*added));

	if (!added)
		return error_memory(error);
	*added = *entry;
	added->order = entries->count;
	return 0;
}

/* The kernel's own order: the smaller, as a signed number, the stricter (seccomp(2)). */
static int32_t strictness(uint32_t action)
{
	return (int32_t)(action & SECCOMP_RET_ACTION_FULL);
}

/*
 * A call behind a hub keeps its arguments where no filter can see them: its
 * conditions never make it freer than the default, and count as met where they
 * would make it stricter.
 */
static bool hub_takes(const struct filter_request *request, const struct profile_rule *rule)
{
	return !rule->argument_count ||
	       strictness(rule->action) < strictness(request->profile->default_action);
}

static int add_name(struct entries *entries, const struct filter_request *request,
		    const struct profile_rule *rule, const struct abi *abi, const char *name,
		    struct error *error)
{
	struct abi_number number = abi_resolve(abi, name);
	struct entry entry = { .rule = rule, .abi = abi };

	if (number.through && hub_takes(request, rule)) {
		entry.number = number.through->hub;
		entry.through = number.through;
		if (add_entry(entries, &entry, error))
			return -1;
	}
	if (number.direct < 0)
		return 0;
	entry.number = (uint32_t)number.direct;
	entry.through = NULL;
	return add_entry(entries, &entry, error);
}

static int add_abi(struct entries *entries, const struct filter_request *request,
		   const struct abi *abi, struct error *error)
{
	const struct profile *profile = request->profile;

	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct profile_rule *rule = &profile->rules[i];

		if (!rule_counts(request, rule))
			continue;
		for (size_t j = 0; j < rule->names.count; j++)
			if (add_name(entries, request, rule, abi, rule->names.items[j], error))
				return -1;
	}
	return 0;
}

bool entry_unconditional(const struct entry *entry)
{
	return !entry->through && !entry->rule->argument_count;
}

static int entry_compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (entry_unconditional(a) != entry_unconditional(b))
		return entry_unconditional(a) ? -1 : 1;
	if (!entry_unconditional(a) && strictness(a->rule->action) != strictness(b->rule->action))
		return strictness(a->rule->action) < strictness(b->rule->action) ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

int entries_collect(struct entries *entries, const struct filter_request *request, uint32_t audit,
		    struct error *error)
{
	const struct machine *machine = request->machine;

	for (size_t i = 0; i < machine->abi_count; i++) {
		const struct abi *abi = &machine->abis[i];

		if (abi->audit == audit && abi_covered(request, abi) &&
		    add_abi(entries, request, abi, error))
			return -1;
	}
	if (entries->count)
		qsort(entries->items, entries->count, sizeof(*entries->items), entry_compare);
	return 0;
}
