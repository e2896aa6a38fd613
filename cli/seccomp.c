/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine seccomp: what a user's filter answers to each call, in words or as the program itself. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "../lib/plan/plan.h"
#include "command.h"
#include "effective.h"
#include "options.h"

struct words {
	bool bpf, help;
};

/* Why the user's logins have no filter, or NULL where they have one; -1 where that is not known. */
static int filter_of(struct effective *effective, const char *name, struct strings *calls,
		     const char **ret_without, struct error *error)
{
	const struct plan_context context = { .conf = CONFINE_CONF, .calls = calls };

	if (effective_find(effective, name, CONFINE_CONF, error))
		return -1;
	*ret_without = effective->exempt;
	if (effective->exempt)
		return 0;
	if (effective_load(effective, CONFINE_CONF, NULL, error))
		return -1;
	if (policy_exempts(&effective->policy)) {
		*ret_without = "confine = no";
		return 0;
	}
	if (effective_plan(effective, &context, error))
		return -1;
	*ret_without = effective->plan.filter ? NULL : "seccomp is unconfined";
	return 0;
}

/* As seccomp(2) takes it: an array of struct sock_filter. */
static int write_program(const struct plan *plan, struct error *error)
{
	if (isatty(STDOUT_FILENO))
		return error_set(error, ERROR_USAGE,
				 "a program is not for a terminal: redirect it");
	return path_write_all(STDOUT_FILENO, plan->filter,
			      plan->filter_count * sizeof(*plan->filter), error);
}

static int print_calls(const struct plan *plan, const struct strings *calls, struct error *error)
{
	printf("profile %s, %zu instructions\n", plan->seccomp, plan->filter_count);
	for (size_t i = 0; i < calls->count; i++)
		puts(calls->items[i]);
	if (fflush(stdout))
		return error_errno(error, "cannot write");
	return 0;
}

static int show_filter(const char *name, bool bpf)
{
	scope_of(effective) struct effective effective = { 0 };
	scope_of(strings) struct strings calls = { 0 };
	struct error error = ERROR_INIT;
	const char *without;

	if (filter_of(&effective, name, &calls, &without, &error))
		return command_fail(&error, STATUS_FAILED);
	if (without) {
		error_set(&error, ERROR_POLICY, "no filter for %s: %s", effective.user.name,
			  without);
		return command_fail(&error, STATUS_FAILED);
	}
	if (bpf ? write_program(&effective.plan, &error)
		: print_calls(&effective.plan, &calls, &error))
		return command_fail(&error, STATUS_FAILED);
	return STATUS_FINE;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ "bpf", .boolean = true, .take = option_take_boolean,
		  OPTION_MEMBER(struct words, bpf) },
		{ "help", 'h', .boolean = true, .take = option_take_boolean,
		  OPTION_MEMBER(struct words, help) },
	};
	struct words words = { 0 };
	const struct options options = { rows, 2, .mixed = true, .context = &words };
	int status;

	if (command_parse(command, &options, &words.help, argc, argv, &status) < 0)
		return status;
	return show_filter(argv[1], words.bpf);
}

const struct command command_seccomp = {
	.name = "seccomp",
	.usage = "USER [--bpf]",
	.summary = "Show what a user's system call filter allows and denies, by argument",
	.help = "A line each call, and one more where a 32-bit program is answered otherwise.\n\n"
		"      --bpf    write the filter's program (an array of struct sock_filter) "
		"instead\n\n"
		"Exit status: 0, or 1 where the user has no filter or no plan.\n",
	.least = 1,
	.most = 1,
	.needs = "one user's name is needed",
	.run = run,
};
