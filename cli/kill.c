/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine kill: ends a container, or all of one user's. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"
#include "../lib/session/containers.h"
#include "command.h"
#include "options.h"

static int kill_one(const char *id, struct record_faults *faults, struct error *error)
{
	struct container container = CONTAINER_INIT;
	int result;

	if (containers_find(&container, id, faults, error))
		return -1;
	result = containers_kill(&container, error);
	container_close(&container);
	return result;
}

/* All of them, also where one fails; the last failure is told. */
static int kill_user(const char *user, struct record_faults *faults, struct error *error)
{
	scope_of(containers) struct containers list = { 0 };
	char quoted[128];
	size_t found = 0;
	int result = 0;

	if (containers_list(&list, faults, error))
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.items[i].user, user))
			continue;
		found++;
		/* It may have ended by itself meanwhile. */
		if (kill_one(list.items[i].id, NULL, error) && error->number != ESRCH)
			result = -1;
	}
	if (!found)
		return error_set(error, ERROR_USAGE, "no container of user '%s'",
				 text_quote(user, quoted, sizeof(quoted)));
	return result;
}

struct words {
	const char *user;
	bool help;
};

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ "user", .take = option_take_text, OPTION_MEMBER(struct words, user) },
		{ "help", 'h', .boolean = true, .take = option_take_boolean,
		  OPTION_MEMBER(struct words, help) },
	};
	struct words words = { 0 };
	const struct options options = { rows, 2, .mixed = true, .context = &words };
	struct record_faults faults = { &command_log, 0 };
	struct error error = ERROR_INIT;
	int status, count = command_parse(command, &options, &words.help, argc, argv, &status);

	if (count < 0)
		return status;
	if (count == (words.user != NULL)) {
		error_set(&error, ERROR_USAGE, "%s", command->needs);
		return command_misused(command, &error, STATUS_USAGE);
	}
	if (words.user ? kill_user(words.user, &faults, &error)
		       : kill_one(argv[1], &faults, &error))
		return command_fail(&error, STATUS_FAILED);
	return STATUS_FINE;
}

const struct command command_kill = {
	.name = "kill",
	.usage = "ID | --user NAME",
	.summary = "End a container with all its processes, or all containers of a user",
	.most = 1,
	.needs = "either one ID or --user NAME is needed",
	.root = true,
	.run = run,
};
