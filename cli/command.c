/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <stdio.h>
#include <unistd.h>

int command_fail(const struct error *error, int status)
{
	char line[sizeof(error->file) + sizeof(error->text) + 32];

	fprintf(stderr, "confine: %s\n", error_format(error, line, sizeof(line)));
	return status;
}

int command_misused(const struct command *command, const struct error *error, int status)
{
	command_fail(error, status);
	fprintf(stderr, "Run 'confine %s --help' for more information\n", command->name);
	return status;
}

int command_help(const struct command *command)
{
	printf("usage: confine %s%s%s\n\n%s\n", command->name, *command->usage ? " " : "",
	       command->usage, command->summary);
	if (command->help)
		printf("\n%s", command->help);
	return STATUS_FINE;
}

int command_needs_root(const struct command *command)
{
	if (!geteuid())
		return 0;
	fprintf(stderr, "confine: only root can use 'confine %s'\n", command->name);
	return -1;
}

static void write_warning(void *context, enum log_level level, const char *line)
{
	(void)context;
	if (level == LOG_LEVEL_WARNING)
		fprintf(stderr, "confine: %s\n", line);
}

const struct log command_log = { .write = write_warning };
