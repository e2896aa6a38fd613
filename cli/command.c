/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <stddef.h>
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

int command_parse(const struct command *command, const struct options *options, const bool *help,
		  int argc, char **argv, int *ret_status)
{
	struct error error = ERROR_INIT;
	int count = options_parse(options, argc, argv, &error);

	if (count >= 0 && *help) {
		*ret_status = command_help(command);
		return -1;
	}
	if (count >= 0 && (count < command->least || count > command->most))
		count = error_set(&error, ERROR_USAGE, "%s", command->needs);
	if (count < 0)
		*ret_status = command_misused(
			command, &error, command->runs ? STATUS_CONFINE_FAILED : STATUS_USAGE);
	else if (command_needs_root(command))
		*ret_status = command->runs ? STATUS_CONFINE_FAILED : STATUS_FAILED;
	else
		return count;
	return -1;
}

int command_needs_root(const struct command *command)
{
	if (!command->root || !geteuid())
		return 0;
	fprintf(stderr, "confine: only root can use 'confine %s'\n", command->name);
	return -1;
}

int command_parse_json(const struct command *command, int argc, char **argv, bool *ret_json,
		       int *ret_status)
{
	struct words {
		bool json, help;
	} words = { 0 };
	static const struct option_row rows[] = {
		{ "json", .boolean = true, .take = option_take_boolean,
		  OPTION_MEMBER(struct words, json) },
		{ "help", 'h', .boolean = true, .take = option_take_boolean,
		  OPTION_MEMBER(struct words, help) },
	};
	const struct options options = { rows, 2, .mixed = true, .context = &words };
	int count = command_parse(command, &options, &words.help, argc, argv, ret_status);

	*ret_json = words.json;
	return count;
}

json_object *command_json_strings(const struct strings *list)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(array, json_object_new_string(list->items[i]));
	return array;
}

void command_print_json(json_object *value)
{
	puts(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PRETTY |
							   JSON_C_TO_STRING_SPACED |
							   JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(value);
}

static void write_warning(void *context, enum log_level level, const char *line)
{
	(void)context;
	if (level == LOG_LEVEL_WARNING)
		fprintf(stderr, "confine: %s\n", line);
}

const struct log command_log = { .write = write_warning };
