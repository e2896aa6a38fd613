/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter_explain.h"

#include <inttypes.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "filter_condition.h"
#include "filter_entries.h"

/* No ABI has numbers beyond this, for a long time to come. */
#define NUMBERS 1024

struct call {
	char *name, *answer;
	const struct abi *abi;
};

struct calls {
	struct call *items;
	size_t count;
};

static void calls_clear(struct calls *calls)
{
	for (size_t i = 0; i < calls->count; i++) {
		free(calls->items[i].name);
		free(calls->items[i].answer);
	}
	free(calls->items);
	*calls = (struct calls){ 0 };
}

static void print_action(FILE *to, uint32_t action)
{
	unsigned data = action & SECCOMP_RET_DATA;
	const char *error = strerrorname_np((int)data);

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		fputs("allowed", to);
		break;
	case SECCOMP_RET_LOG:
		fputs("allowed and logged", to);
		break;
	case SECCOMP_RET_TRACE:
		fprintf(to, "up to a tracer (%u), denied with ENOSYS where there is none", data);
		break;
	case SECCOMP_RET_ERRNO:
		if (error && data)
			fprintf(to, "denied with %s", error);
		else
			fprintf(to,
				data ? "denied with errno %u" : "left out, with %u as its result",
				data);
		break;
	case SECCOMP_RET_TRAP:
		fputs("denied with SIGSYS", to);
		break;
	case SECCOMP_RET_KILL_THREAD:
		fputs("kills the thread", to);
		break;
	default:
		fputs("kills the process", to);
	}
}

static void print_condition(FILE *to, const struct profile_argument *condition)
{
	static const char *const signs[] = {
		[SCMP_CMP_NE] = "!=", [SCMP_CMP_LT] = "<",  [SCMP_CMP_LE] = "<=",
		[SCMP_CMP_EQ] = "==", [SCMP_CMP_GE] = ">=", [SCMP_CMP_GT] = ">",
	};

	if (condition->op == SCMP_CMP_MASKED_EQ)
		fprintf(to, "arg%u & %#" PRIx64 " == %#" PRIx64, condition->index, condition->value,
			condition->value_two & condition->value);
	else
		fprintf(to, "arg%u %s %#" PRIx64, condition->index, signs[condition->op],
			condition->value);
}

static void print_entry(FILE *to, const struct entry *entry)
{
	const struct profile_rule *rule = entry->rule;
	bool alternatives = conditions_are_alternatives(rule->arguments, rule->argument_count);

	print_action(to, rule->action);
	if (entry->through) {
		fprintf(to, " where it is %s", entry->through->name);
		return;
	}
	for (size_t i = 0; i < rule->argument_count; i++) {
		fputs(i ? (alternatives ? " or " : " and ") : " where ", to);
		print_condition(to, &rule->arguments[i]);
	}
}

/* In the order in which the filter tries them; NULL when out of memory. */
static char *answer_of(const struct entry *entries, size_t count, uint32_t rest)
{
	scope_memory char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		print_entry(to, &entries[i]);
		if (entry_unconditional(&entries[i]))
			break;
		fputs("; else ", to);
	}
	if (!count || !entry_unconditional(entries))
		print_action(to, rest);
	if (ferror(to) | fclose(to))
		return NULL;
	return take_pointer(&text);
}

static int add_call(struct calls *calls, const struct abi *abi, char *name, char *answer,
		    struct error *error)
{
	struct call *call = answer ? array_add(&calls->items, &calls->count, sizeof(*call)) : NULL;

	if (!call) {
		free(name);
		free(answer);
		return error_memory(error);
	}
	*call = (struct call){ name, answer, abi };
	return 0;
}

/* Every call of one ABI; `entries` are those of its seccomp_data.arch. */
static int list_abi(struct calls *calls, const struct filter_request *request,
		    const struct abi *abi, const struct entries *entries, struct error *error)
{
	bool covered = abi_covered(request, abi);
	uint32_t rest = covered ? request->profile->default_action : SECCOMP_RET_KILL_THREAD;
	size_t at = 0;

	while (at < entries->count && entries->items[at].abi != abi)
		at++;
	for (uint32_t number = abi->first; number < abi->first + NUMBERS; number++) {
		char *name = seccomp_syscall_resolve_num_arch(abi->token, (int)number);
		size_t first = at;

		while (at < entries->count && entries->items[at].number == number)
			at++;
		if (name && add_call(calls, abi, name,
				     answer_of(entries->items + first, at - first, rest), error))
			return -1;
	}
	return 0;
}

static int list_all(struct calls *calls, const struct filter_request *request, struct error *error)
{
	const struct machine *machine = request->machine;

	for (size_t i = 0; i < machine->abi_count; i++) {
		scope_of(entries) struct entries entries = { 0 };

		if (entries_collect(&entries, request, machine->abis[i].audit, error) ||
		    list_abi(calls, request, &machine->abis[i], &entries, error))
			return -1;
	}
	return 0;
}

/* By name; of one name the machine's own ABI first. */
static int call_compare(const void *left, const void *right)
{
	const struct call *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (order)
		return order;
	return a->abi < b->abi ? -1 : a->abi > b->abi;
}

int filter_explain(const struct profile *profile, uint64_t bounding, const struct host *host,
		   struct strings *lines, struct error *error)
{
	struct filter_request request = { profile, bounding, host, machine_find(host->arch) };
	scope_of(calls) struct calls calls = { 0 };
	const struct call *own = NULL;

	if (!request.machine)
		return error_set(error, ERROR_HOST, "no system call filters for the machine '%s'",
				 host->arch);
	if (list_all(&calls, &request, error))
		return -1;
	if (calls.count)
		qsort(calls.items, calls.count, sizeof(*calls.items), call_compare);
	for (size_t i = 0; i < calls.count; i++) {
		const struct call *call = &calls.items[i];
		bool first = call->abi == request.machine->abis;

		if (first)
			own = call;
		else if (own && !strcmp(own->name, call->name) &&
			 !strcmp(own->answer, call->answer))
			continue;
		if (strings_addf(lines, error, "%s%s%s%s  %s", call->name, first ? "" : " (",
				 first ? "" : call->abi->name, first ? "" : ")", call->answer))
			return -1;
	}
	return 0;
}
