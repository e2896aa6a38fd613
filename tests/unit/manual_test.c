/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one table of keys against what an administrator reads: the manual pages and default.ini. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/base/scope.h"
#include "../../lib/base/text.h"
#include "../../lib/policy/keys.h"

struct pages {
	char *keys, *command, *conf;
};

static char *read_page(const char *path)
{
	FILE *stream = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!stream)
		fail_msg("cannot open '%s': run this in the top folder", path);
	if (getdelim(&text, &size, '\0', stream) <= 0)
		fail_msg("cannot read '%s'", path);
	fclose(stream);
	return text;
}

static int setup(void **state)
{
	static struct pages pages;

	pages = (struct pages){ read_page("man/confine.ini.5"), read_page("man/confine.8"),
				read_page("conf/default.ini") };
	*state = &pages;
	return 0;
}

static int teardown(void **state)
{
	struct pages *pages = *state;

	free(pages->keys);
	free(pages->command);
	free(pages->conf);
	return 0;
}

/* The text from `start` to the line that begins with one of the `ends`; malloc'ed. */
static char *part(const char *start, const char *end)
{
	const char *stop = start ? strstr(start + 1, end) : NULL;

	return start ? strndup(start, stop ? (size_t)(stop - start) : strlen(start)) : NULL;
}

/* The page's section on a section of the file. */
static char *section_of(const struct pages *pages, const char *section)
{
	scope_memory char *head = text_format("\n.Sh THE SECTION [%s]\n", section);

	return part(strstr(pages->keys, head), "\n.Sh ");
}

/* What the page says of a key: from its item, past items that share the text, to the next. */
static char *entry_of(const struct pages *pages, const struct key *key)
{
	scope_memory char *section = section_of(pages, key->section);
	scope_memory char *head = text_format("\n.It Ic %s No =", key->name);
	char *item = section ? strstr(section, head) : NULL;
	const char *line, *next;

	if (!item)
		return NULL;
	for (line = item + 1; line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
		if (!text_starts(line, ".It Ic ") && next && text_starts(next, ".It Ic "))
			break;
	}
	return line ? strndup(item, (size_t)(strchrnul(line, '\n') - item)) : strdup(item);
}

static void test_each_key_has_an_entry(void **state)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		scope_memory char *entry = entry_of(*state, &keys[i]);

		if (!entry)
			fail_msg("confine.ini.5 has no '%s' in [%s]", keys[i].name,
				 keys[i].section);
	}
}

static void test_each_entry_is_a_key(void **state)
{
	static const char *const sections[] = { "policy", "container", "session" };

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		scope_memory char *text = section_of(*state, sections[i]);
		const char *item = text;

		while ((item = strstr(item, "\n.It Ic "))) {
			scope_memory char *name = NULL;

			item += strlen("\n.It Ic ");
			name = strndup(item, strcspn(item, " \n"));
			if (!key_find(sections[i], name))
				fail_msg("confine.ini.5 has '%s' in [%s], the table has not", name,
					 sections[i]);
		}
	}
}

static void test_refused_keys_are_said_to_be_refused(void **state)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		scope_memory char *entry = entry_of(*state, &keys[i]);
		bool said = strstr(entry, "\nRefused by this build");

		if (said == (keys[i].state == STATE_BUILT))
			fail_msg("confine.ini.5 of '%s': \"Refused by this build\" is %s",
				 keys[i].name, said ? "there, and it is built" : "missing");
	}
}

/* The word after "Default:", without the page's macros. */
static char *default_of(const char *entry)
{
	const char *word = strstr(entry, "Default:");

	if (!word)
		return NULL;
	word += strlen("Default:");
	word += strspn(word, " \n");
	if (*word == '.')
		word += strcspn(word, " ") + 1;
	return strndup(word, strcspn(word, " \n,;") - (word[strcspn(word, " \n,;") - 1] == '.'));
}

static void test_defaults_are_the_tables(void **state)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		scope_memory char *entry = entry_of(*state, &keys[i]);
		scope_memory char *word = default_of(entry);

		if (keys[i].state != STATE_BUILT || !*keys[i].fallback)
			continue;
		if (!word || strcmp(word, keys[i].fallback))
			fail_msg("confine.ini.5 of '%s': the default is '%s', the table's '%s'",
				 keys[i].name, word ? word : "", keys[i].fallback);
	}
}

static void test_built_in_entries_are_listed(void **state)
{
	for (size_t i = 0; i < key_built_in_count; i++) {
		const struct key_built_in *row = &key_built_ins[i];
		scope_memory char *entry = entry_of(*state, &keys[row->key]);
		scope_memory char *item = text_format("\n.It Cm %s\n", row->suffix);

		if (*row->suffix && !strstr(entry, item))
			fail_msg("confine.ini.5 of '%s' does not list the built-in '%s'",
				 keys[row->key].name, row->suffix);
	}
}

/* "KEY = ", "KEY.suffix = ", each perhaps behind a `;`. */
static bool has_line(const char *section, const char *name)
{
	const char *line = section;

	while ((line = strchr(line, '\n'))) {
		line += 1 + (line[1] == ';');
		if (text_starts(line, name) && strchr(" .", line[strlen(name)]))
			return true;
	}
	return false;
}

static void test_default_ini_names_each_key(void **state)
{
	const struct pages *pages = *state;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		scope_memory char *head = text_format("\n[%s]\n", keys[i].section);
		scope_memory char *section = part(strstr(pages->conf, head), "\n[");

		if (!section || !has_line(section, keys[i].name))
			fail_msg("conf/default.ini says nothing of '%s' in [%s]", keys[i].name,
				 keys[i].section);
	}
}

static void test_each_flag_has_an_entry(void **state)
{
	const struct pages *pages = *state;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		scope_memory char *alone = text_format("\n.It Fl -%s", keys[i].flag);
		scope_memory char *second = text_format(" , -%s ", keys[i].flag);

		if (keys[i].flag && keys[i].state != STATE_RESERVED &&
		    !strstr(pages->command, alone) && !strstr(pages->command, second))
			fail_msg("confine.8 has no '--%s'", keys[i].flag);
	}
}

#define NAMED(sentence, function)                    \
	{                                            \
		sentence, function, NULL, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NAMED("each key has an entry in confine.ini(5)", test_each_key_has_an_entry),
		NAMED("each entry of confine.ini(5) is a key", test_each_entry_is_a_key),
		NAMED("confine.ini(5) says which keys this build refuses",
		      test_refused_keys_are_said_to_be_refused),
		NAMED("the defaults in confine.ini(5) are the table's",
		      test_defaults_are_the_tables),
		NAMED("confine.ini(5) lists what is built in", test_built_in_entries_are_listed),
		NAMED("the shipped default.ini names each key", test_default_ini_names_each_key),
		NAMED("each flag that is a key has an entry in confine(8)",
		      test_each_flag_has_an_entry),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
