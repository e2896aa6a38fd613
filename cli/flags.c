/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flags.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/policy/keys.h"
#include "mount_flag.h"
#include "options.h"
#include "security_option.h"

static int add(struct flags *flags, const struct option_row *row, int key, const char *text,
	       struct error *error)
{
	char origin[64];

	snprintf(origin, sizeof(origin), "--%s", row->name);
	if (overrides_add(&flags->overrides, key, text, origin, error))
		return option_locate(row, error);
	return 0;
}

static int take_key(void *context, const struct option_row *row, const char *value,
		    struct error *error)
{
	return add(context, row, row->id, value, error);
}

static int take_mount(void *context, const struct option_row *row, const char *value,
		      struct error *error)
{
	scope_memory char *text = NULL;
	int key;

	if (mount_flag_translate(value, &key, &text, error))
		return option_locate(row, error);
	return add(context, row, key, text, error);
}

static int take_security_option(void *context, const struct option_row *row, const char *value,
				struct error *error)
{
	const char *text;
	int key;

	if (security_option_translate(value, &key, &text, error))
		return option_locate(row, error);
	return add(context, row, key, text, error);
}

static int take_workdir(void *context, const struct option_row *row, const char *value,
			struct error *error)
{
	char quoted[128];

	if (*value == '/')
		return option_take_text(context, row, value, error);
	error_set(error, ERROR_USAGE, "'%s' is not an absolute path",
		  text_quote(value, quoted, sizeof(quoted)));
	return option_locate(row, error);
}

/* Docker's rule for names: [a-zA-Z0-9][a-zA-Z0-9_.-]+ */
static int take_name(void *context, const struct option_row *row, const char *value,
		     struct error *error)
{
	size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-");
	char quoted[128];

	if (length > 1 && !value[length] && isalnum((unsigned char)*value))
		return option_take_text(context, row, value, error);
	error_set(error, ERROR_USAGE,
		  "'%s' is not a name (letters, digits, '_', '.' and '-', a letter or digit first)",
		  text_quote(value, quoted, sizeof(quoted)));
	return option_locate(row, error);
}

static int refuse_foreign(const char *name, struct error *error)
{
	return error_set(error, ERROR_UNSUPPORTED,
			 "--%s is a flag of 'docker run' that confine does not have", name);
}

static int take_foreign(void *context, const struct option_row *row, const char *value,
			struct error *error)
{
	(void)context;
	(void)value;
	return refuse_foreign(row->name, error);
}

#define MEMBER(name) OPTION_MEMBER(struct flags, name)

/* What is no key, or is written otherwise than the key. */
static const struct option_row own_rows[] = {
	{ "privileged", .boolean = true, .take = take_key, .id = KEY_PRIVILEGED },
	{ "read-only", .boolean = true, .take = take_key, .id = KEY_READ_ONLY },
	{ "net", .take = take_key, .id = KEY_NETWORK },
	{ "mount", .take = take_mount },
	{ "security-opt", .take = take_security_option },
	{ "as", .take = option_take_text, MEMBER(as) },
	{ "user", 'u', .take = option_take_text, MEMBER(user) },
	{ "workdir", 'w', .take = take_workdir, MEMBER(workdir) },
	{ "name", .take = take_name, MEMBER(name) },
	{ "entrypoint", .take = option_take_text, MEMBER(entrypoint) },
	{ "tty", 't', .boolean = true, .take = option_take_boolean, MEMBER(tty) },
	{ "interactive", 'i', .boolean = true, .take = option_take_boolean, MEMBER(interactive) },
	{ "init", .boolean = true, .take = option_take_boolean, MEMBER(init) },
	{ "rm", .boolean = true, .take = option_take_boolean, MEMBER(remove) },
	{ "help", .boolean = true, .take = option_take_boolean, MEMBER(help) },
	/* Those with a letter of key_is_docker_only. As booleans, so that none is said to lack a
	 * value before it is said to be foreign. */
	{ "attach", 'a', .boolean = true, .take = take_foreign },
	{ "detach", 'd', .boolean = true, .take = take_foreign },
	{ "label", 'l', .boolean = true, .take = take_foreign },
	{ "publish", 'p', .boolean = true, .take = take_foreign },
	{ "publish-all", 'P', .boolean = true, .take = take_foreign },
	{ "quiet", 'q', .boolean = true, .take = take_foreign },
};

/* Letters of flags that are keys. */
static const struct {
	enum key_id key;
	char letter;
} letters[] = {
	{ KEY_VOLUME, 'v' }, { KEY_HOSTNAME, 'h' },   { KEY_ENV, 'e' },
	{ KEY_MEMORY, 'm' }, { KEY_CPU_SHARES, 'c' },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct rows {
	struct option_row items[COUNT(own_rows) + KEY_COUNT];
	size_t count;
};

static bool is_own(const char *name)
{
	for (size_t i = 0; i < COUNT(own_rows); i++)
		if (!strcmp(own_rows[i].name, name))
			return true;
	return false;
}

static char letter_of(enum key_id key)
{
	for (size_t i = 0; i < COUNT(letters); i++)
		if (letters[i].key == key)
			return letters[i].letter;
	return 0;
}

static void rows_make(struct rows *rows)
{
	memcpy(rows->items, own_rows, sizeof(own_rows));
	rows->count = COUNT(own_rows);
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].flag && !is_own(keys[i].flag))
			rows->items[rows->count++] =
				(struct option_row){ .name = keys[i].flag,
						     .letter = letter_of(keys[i].id),
						     .take = take_key,
						     .id = (int)keys[i].id };
}

static int command_set(struct flags *flags, char *const *words, struct error *error)
{
	if (flags->entrypoint && *flags->entrypoint &&
	    strings_add(&flags->command, flags->entrypoint, error))
		return -1;
	for (; *words; words++)
		if (strings_add(&flags->command, *words, error))
			return -1;
	if (flags->command.count || flags->help)
		return 0;
	return error_set(error, ERROR_USAGE, "no command given");
}

static int explain_unknown(const char *name, struct error *error)
{
	return key_is_docker_only(name) ? refuse_foreign(name, error) : 0;
}

int flags_parse(struct flags *ret_flags, int argc, char **argv, struct error *error)
{
	scope_of(flags) struct flags flags = { 0 };
	struct rows rows;
	struct options options = { .rows = rows.items,
				   .unknown = explain_unknown,
				   .context = &flags };

	rows_make(&rows);
	options.count = rows.count;
	if (options_parse(&options, argc, argv, error) < 0 || command_set(&flags, argv + 1, error))
		return -1;
	*ret_flags = flags;
	flags = (struct flags){ 0 };
	return 0;
}

void flags_clear(struct flags *flags)
{
	overrides_clear(&flags->overrides);
	strings_clear(&flags->command);
}
