/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The call numbers of an ABI are a line, cut where the answer changes; the
 * program searches it by halves. Calls that are answered alike whatever their
 * arguments need nothing but their number, which lets the kernel answer them
 * without running the program (kernel/seccomp.c, seccomp_is_const_allow).
 * libseccomp gives names their numbers, no more: what versions 2.5 and 2.6 make
 * of several conditions on one call is wrong, where one test that fails half
 * way leaves its word to the next.
 */
#include "filter.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>

#include "../base/scope.h"
#include "filter_cache.h"
#include "filter_condition.h"
#include "filter_entries.h"
#include "filter_program.h"

/* libseccomp's answer to an ABI that a profile leaves out (SCMP_FLTATR_ACT_BADARCH). */
#define ABI_LEFT_OUT SECCOMP_RET_KILL_THREAD

/* From `first` up to the next segment's: one action, but for what `entries` say. */
struct segment {
	uint32_t first;
	uint32_t action;
	const struct entry *entries;
	size_t entry_count;
};

struct segments {
	struct segment *items;
	size_t count;
};

static void segments_clear(struct segments *segments)
{
	free(segments->items);
	*segments = (struct segments){ 0 };
}

/* One that begins where the last does takes its place; one that says the same goes into it. */
static int add_segment(struct segments *segments, const struct segment *segment,
		       struct error *error)
{
	struct segment *last = segments->count ? &segments->items[segments->count - 1] : NULL;

	if (last && last->first == segment->first) {
		segments->count--;
		last = segments->count ? last - 1 : NULL;
	}
	if (last && !last->entry_count && !segment->entry_count && last->action == segment->action)
		return 0;
	last = array_add(&segments->items, &segments->count, sizeof(*last));
	if (!last)
		return error_memory(error);
	*last = *segment;
	return 0;
}

/* The entries of one number, and after it the default again. */
static int add_number(struct segments *segments, const struct entry *entries, size_t count,
		      uint32_t rest, struct error *error)
{
	struct segment number = { .first = entries->number, .action = rest };
	struct segment after = { .first = entries->number + 1, .action = rest };

	if (entry_unconditional(entries)) {
		number.action = entries->rule->action;
	} else {
		number.entries = entries;
		number.entry_count = count;
	}
	return add_segment(segments, &number, error) || add_segment(segments, &after, error) ? -1
											     : 0;
}

static size_t same_number(const struct entry *entries, size_t count)
{
	size_t same = 1;

	while (same < count && entries[same].number == entries->number)
		same++;
	return same;
}

/* Cuts the line of one ABI; takes its entries from the front of `rest`. */
static int add_abi(struct segments *segments, const struct filter_request *request,
		   const struct abi *abi, struct entries *rest, struct error *error)
{
	struct segment all = { .first = abi->first, .action = ABI_LEFT_OUT };

	if (abi_covered(request, abi))
		all.action = request->profile->default_action;
	if (add_segment(segments, &all, error))
		return -1;
	while (rest->count && rest->items->abi == abi) {
		size_t same = same_number(rest->items, rest->count);

		if (add_number(segments, rest->items, same, all.action, error))
			return -1;
		rest->items += same;
		rest->count -= same;
	}
	return 0;
}

static program_label write_entry(struct program *program, const struct entry *entry,
				 program_label otherwise)
{
	program_label action = program_return(program, entry->rule->action);
	bool wide = entry->abi->wide;

	if (entry->through) {
		struct profile_argument selector = {
			.op = SCMP_CMP_MASKED_EQ,
			.value = entry->through->mask,
			.value_two = entry->through->selector,
		};
		return condition_write(program, &selector, wide, action, otherwise);
	}
	return conditions_write(program, entry->rule->arguments, entry->rule->argument_count, wide,
				action, otherwise);
}

static program_label write_segment(struct program *program, const struct segment *segment)
{
	program_label next = program_return(program, segment->action);

	for (size_t i = segment->entry_count; i-- > 0;)
		next = write_entry(program, &segment->entries[i], next);
	return next;
}

static program_label write_line(struct program *program, const struct segment *segments,
				size_t count)
{
	size_t half = count / 2;
	program_label upper, lower;

	if (count == 1)
		return write_segment(program, segments);
	upper = write_line(program, segments + half, count - half);
	lower = write_line(program, segments, half);
	return program_test(program, BPF_JGE, segments[half].first, upper, lower);
}

/* All ABIs that share `first`'s seccomp_data.arch; their numbers lie apart. */
static int write_audit(struct program *program, const struct filter_request *request,
		       const struct abi *first, program_label *ret_label, struct error *error)
{
	const struct abi *end = request->machine->abis + request->machine->abi_count;
	scope_of(segments) struct segments segments = { 0 };
	scope_of(entries) struct entries entries = { 0 };
	struct entries rest;

	if (entries_collect(&entries, request, first->audit, error))
		return -1;
	rest = entries;
	if (add_abi(&segments, request, first, &rest, error))
		return -1;
	for (const struct abi *abi = first + 1; abi < end; abi++)
		if (abi->audit == first->audit && add_abi(&segments, request, abi, &rest, error))
			return -1;
	*ret_label = program_load(program, offsetof(struct seccomp_data, nr),
				  write_line(program, segments.items, segments.count));
	return 0;
}

static bool audit_seen(const struct machine *machine, const struct abi *abi)
{
	for (const struct abi *before = machine->abis; before < abi; before++)
		if (before->audit == abi->audit)
			return true;
	return false;
}

/* The machine's own ABI comes last here, and so first in the program. */
static int write_all(struct program *program, const struct filter_request *request,
		     struct error *error)
{
	const struct machine *machine = request->machine;
	program_label next = program_return(program, ABI_LEFT_OUT), line;

	for (size_t i = machine->abi_count; i-- > 0;) {
		const struct abi *abi = &machine->abis[i];

		if (audit_seen(machine, abi))
			continue;
		if (write_audit(program, request, abi, &line, error))
			return -1;
		next = program_test(program, BPF_JEQ, abi->audit, line, next);
	}
	program_load(program, offsetof(struct seccomp_data, arch), next);
	return 0;
}

static int list_skipped(const struct filter_request *request, struct strings *skipped,
			struct error *error)
{
	const struct profile *profile = request->profile;

	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct strings *names = &profile->rules[i].names;

		if (!rule_counts(request, &profile->rules[i]))
			continue;
		for (size_t j = 0; j < names->count; j++)
			if (!abi_knows(names->items[j]) &&
			    !strings_contain(skipped, names->items[j]) &&
			    strings_add(skipped, names->items[j], error))
				return -1;
	}
	return 0;
}

int filter_compile(struct filter *ret_filter, const struct profile *profile, uint64_t bounding,
		   const struct host *host, struct strings *skipped, struct error *error)
{
	struct filter_request request = { profile, bounding, host, machine_find(host->arch) };
	scope_of(program) struct program program = { 0 };
	struct filter filter = { .flags = profile->flags };

	if (!request.machine)
		return error_set(error, ERROR_HOST, "no system call filters for the machine '%s'",
				 host->arch);
	if (skipped && list_skipped(&request, skipped, error))
		return -1;
	if (write_all(&program, &request, error) ||
	    program_finish(&program, &filter.instructions, &filter.count, error))
		return -1;
	*ret_filter = filter;
	return 0;
}

int filter_load(struct filter *ret_filter, const char *name, const char *json, size_t size,
		uint64_t bounding, const struct host *host, const char *cache,
		struct strings *skipped, struct error *error)
{
	struct filter_key key = { json, size, bounding, host };
	scope_of(profile) struct profile profile = { 0 };

	/* An entry holds the program only: who asks for more has it made anew. */
	if (cache && !skipped && filter_cache_find(cache, &key, ret_filter))
		return 0;
	if (profile_parse(&profile, name, json, size, error))
		return -1;
	if (filter_compile(ret_filter, &profile, bounding, host, skipped, error))
		return error->kind == ERROR_POLICY ? error_locate(error, name, 0) : -1;
	if (cache)
		filter_cache_keep(cache, &key, ret_filter);
	return 0;
}

void filter_clear(struct filter *filter)
{
	free(filter->instructions);
	*filter = (struct filter){ 0 };
}
