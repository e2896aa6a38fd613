/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text and numbers of lib/base. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/base/scope.h"
#include "../../lib/base/text.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *text;
	uint64_t bytes;
} sizes[] = {
	{ "0", 0 },
	{ "512", 512 },
	{ "12b", 12 },
	{ "1k", 1024 },
	{ "1.5m", 3 << 19 },
	{ "0.25 GiB", 1 << 28 },
	{ "2gb", UINT64_C(2) << 30 },
	{ "1.1k", 1126 },
	{ "0.0009765625k", 1 },
	{ "8191p", UINT64_C(8191) << 50 },
};

static void sizes_are_those_of_docker(void **state)
{
	struct error error = ERROR_INIT;
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_int_equal(text_size(sizes[i].text, &bytes, &error), 0);
		assert_int_equal(bytes, sizes[i].bytes);
	}
}

/* su and login set the locale of whoever calls them. */
static void sizes_are_read_alike_where_a_number_has_a_comma(void **state)
{
	(void)state;
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
		skip();
	sizes_are_those_of_docker(state);
	setlocale(LC_NUMERIC, "C");
}

static void a_number_of_thousands_of_digits_is_too_large(void **state)
{
	char text[2 * 6000 + 2];
	struct error error = ERROR_INIT;
	uint64_t bytes;

	(void)state;
	memset(text, '9', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(text_size(text, &bytes, &error), -1);
	assert_non_null(strstr(error.text, "is too large a size"));
	text[6000] = '.';
	assert_int_equal(text_size(text, &bytes, &error), -1);
	assert_non_null(strstr(error.text, "is too large a size"));
}

static void a_word_mistyped_is_similar(void **state)
{
	static const struct {
		const char *left, *right;
		bool similar;
	} rows[] = {
		{ "volum", "volume", true },	  { "voulme", "volume", true },
		{ "volume", "volume", true },	  { "vol", "volume", false },
		{ "memroyyy", "memory", false },  { "pdi", "pid", false },
		{ "pidd", "pid", true },	  { "", "pid", false },
		{ "cap_dorp", "cap_drop", true }, { "cap_dropped", "cap_drop", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (text_similar(rows[i].left, rows[i].right) != rows[i].similar)
			fail_msg("'%s' and '%s'", rows[i].left, rows[i].right);
}

/* What a server's module hands us as the remote host is printed on root's terminal. */
static void what_a_terminal_obeys_is_quoted(void **state)
{
	static const struct {
		const char *text, *quoted;
	} rows[] = {
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "a\x1b[2Jb\x7f\n'\\", "a\\x1b[2Jb\\x7f\\x0a\\x27\\x5c" },
		{ "\x9b" "2J", "\\x9b" "2J" },
		{ "\xc2\x9b" "2J", "\\xc2\\x9b" "2J" },
		{ "\xc0\x9b \xe0\x82\x9b", "\\xc0\\x9b \\xe0\\x82\\x9b" },
		{ "\xe2\x80\xae" "txt", "\\xe2\\x80\\xae" "txt" },
		{ "\xe2\x81\xa6\xe2\x80\x8f", "\\xe2\\x81\\xa6\\xe2\\x80\\x8f" },
		{ "\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80" },
		{ "cut \xe2\x82", "cut \\xe2\\x82" },
	};
	char buffer[128], small[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(text_quote(rows[i].text, buffer, sizeof(buffer)),
				    rows[i].quoted);
	assert_string_equal(text_quote("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", small,
				       sizeof(small)),
			    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_those_of_docker),
		cmocka_unit_test(sizes_are_read_alike_where_a_number_has_a_comma),
		cmocka_unit_test(what_a_terminal_obeys_is_quoted),
		cmocka_unit_test(a_number_of_thousands_of_digits_is_too_large),
		cmocka_unit_test(a_word_mistyped_is_similar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
