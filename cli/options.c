/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"

/* What is still to be read. */
struct cursor {
	char **argv;
	int argc;
	int at; /* the next argument */
	int words; /* how many words were moved to the front */
};

int option_locate(const struct option_row *row, struct error *error)
{
	char flag[64];

	snprintf(flag, sizeof(flag), "--%s", row->name);
	return error_locate(error, flag, 0);
}

int option_take_boolean(void *context, const struct option_row *row, const char *value,
			struct error *error)
{
	bool *member = (void *)((char *)context + row->id);

	return text_boolean(value, member, error) ? option_locate(row, error) : 0;
}

int option_take_text(void *context, const struct option_row *row, const char *value,
		     struct error *error)
{
	const char **member = (void *)((char *)context + row->id);

	(void)error;
	*member = value;
	return 0;
}

static const struct option_row *find_name(const struct options *options, const char *name,
					  size_t length)
{
	for (size_t i = 0; i < options->count; i++)
		if (strlen(options->rows[i].name) == length &&
		    !memcmp(options->rows[i].name, name, length))
			return &options->rows[i];
	return NULL;
}

static const struct option_row *find_letter(const struct options *options, char letter)
{
	for (size_t i = 0; i < options->count; i++)
		if (options->rows[i].letter == letter)
			return &options->rows[i];
	return NULL;
}

static int unknown_name(const struct options *options, const char *name, size_t length,
			struct error *error)
{
	scope_memory char *copy = strndup(name, length);
	char quoted[128];

	if (!copy)
		return error_memory(error);
	if (options->unknown && options->unknown(copy, error))
		return -1;
	return error_set(error, ERROR_USAGE, "unknown flag: --%s",
			 text_quote(copy, quoted, sizeof(quoted)));
}

static int parse_long(const struct options *options, struct cursor *cursor, const char *argument,
		      struct error *error)
{
	const char *name = argument + 2, *equals = strchrnul(name, '=');
	const struct option_row *row = find_name(options, name, (size_t)(equals - name));

	if (!row)
		return unknown_name(options, name, (size_t)(equals - name), error);
	if (*equals)
		return row->take(options->context, row, equals + 1, error);
	if (row->boolean)
		return row->take(options->context, row, "true", error);
	if (cursor->at == cursor->argc)
		return error_set(error, ERROR_USAGE, "flag needs an argument: --%s", row->name);
	return row->take(options->context, row, cursor->argv[cursor->at++], error);
}

/* The letters of one argument: -it, -m2g, -m=2g, -m 2g. */
static int parse_letters(const struct options *options, struct cursor *cursor, const char *argument,
			 struct error *error)
{
	char quoted[128], one[16];

	text_quote(argument, quoted, sizeof(quoted));
	for (const char *letter = argument + 1; *letter; letter++) {
		const struct option_row *row = find_letter(options, *letter);

		if (!row)
			return error_set(error, ERROR_USAGE, "unknown shorthand flag: '%s' in %s",
					 text_quote((char[]){ *letter, '\0' }, one, sizeof(one)),
					 quoted);
		if (letter[1] == '=')
			return row->take(options->context, row, letter + 2, error);
		if (!row->boolean && letter[1])
			return row->take(options->context, row, letter + 1, error);
		if (!row->boolean && cursor->at == cursor->argc)
			return error_set(error, ERROR_USAGE, "flag needs an argument: '%c' in %s",
					 *letter, quoted);
		if (!row->boolean)
			return row->take(options->context, row, cursor->argv[cursor->at++], error);
		if (row->take(options->context, row, "true", error))
			return -1;
	}
	return 0;
}

int options_parse(const struct options *options, int argc, char **argv, struct error *error)
{
	struct cursor cursor = { .argv = argv + 1, .argc = argc - 1 };
	bool ended = false;

	while (cursor.at < cursor.argc) {
		char *argument = cursor.argv[cursor.at++];

		if (ended || argument[0] != '-' || !argument[1]) {
			/* Never ahead of what is still to be read. */
			cursor.argv[cursor.words++] = argument;
			ended = ended || !options->mixed;
		} else if (!strcmp(argument, "--")) {
			ended = true;
		} else if (argument[1] == '-') {
			if (parse_long(options, &cursor, argument, error))
				return -1;
		} else if (parse_letters(options, &cursor, argument, error)) {
			return -1;
		}
	}
	cursor.argv[cursor.words] = NULL;
	return cursor.words;
}
