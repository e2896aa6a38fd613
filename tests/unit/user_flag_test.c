/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* -u USER:GROUP: a wrong number is never 0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/user_flag.h"
#include "../../lib/base/scope.h"

static void describe_part(const struct user_flag_part *part, char *text, size_t size)
{
	if (!part->written)
		snprintf(text, size, "-");
	else if (part->name)
		snprintf(text, size, "'%s'", part->name);
	else
		snprintf(text, size, "%u", part->id);
}

static void test_good(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "0", "0 -" },
		{ "1", "1 -" },
		{ "1:", "1 -" },
		{ ":1", "- 1" },
		{ "1:2", "1 2" },
		{ "007", "7 -" },
		{ "4294967294", "4294967294 -" },
		{ "alice", "'alice' -" },
		{ "alice:audio", "'alice' 'audio'" },
		{ "alice:29", "'alice' 29" },
		{ "0:audio", "0 'audio'" },
		{ "0x0", "'0x0' -" },
		{ "1 ", "'1 ' -" },
		{ "1.0", "'1.0' -" },
		{ "bob@example.org", "'bob@example.org' -" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error error = ERROR_INIT;
		scope_of(user_flag) struct user_flag flag = { 0 };
		char user[64], group[64], text[160];

		if (user_flag_parse(&flag, cases[i].text, &error))
			fail_msg("%s: %s", cases[i].text, error.text);
		describe_part(&flag.user, user, sizeof(user));
		describe_part(&flag.group, group, sizeof(group));
		snprintf(text, sizeof(text), "%s %s", user, group);
		assert_string_equal(text, cases[i].wanted);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "neither a user nor a group is given" },
		{ ":", "neither a user nor a group is given" },
		{ "-1", "'-1' is not a user" },
		{ "+0", "'+0' is not a user" },
		{ "-1:0", "'-1' is not a user" },
		{ "0:-1", "'-1' is not a group" },
		{ "1:2:3", "'2:3' is not a group" },
		{ "4294967295", "'4294967295' is more than 4294967294" },
		{ "4294967296", "'4294967296' is more than 4294967294" },
		{ "18446744073709551616", "'18446744073709551616' is more than 4294967294" },
		{ "0:4294967295", "'4294967295' is more than 4294967294" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error error = ERROR_INIT;
		struct user_flag flag = { 0 };

		assert_int_equal(user_flag_parse(&flag, cases[i].text, &error), -1);
		assert_string_equal(error.text, cases[i].message);
		assert_false(flag.user.written || flag.group.written);
	}
}

static int find_group(const struct host *host, const char *name, gid_t *ret_gid,
		      struct error *error)
{
	(void)host;
	if (strcmp(name, "audio"))
		return error_set(error, ERROR_HOST, "no group named '%s'", name);
	*ret_gid = 29;
	return 0;
}

static const struct host host = { .group = find_group };

/* -1 with the error, or the user's ids as a line. */
static int apply(const char *text, char *ids, size_t size, struct error *error)
{
	scope_of(user_flag) struct user_flag flag = { 0 };
	scope_of(host_user) struct host_user user = { 0 };
	size_t used;

	if (host_user_root(&user, error) || user_flag_parse(&flag, text, error) ||
	    user_flag_apply(&flag, &host, &user, error))
		return -1;
	used = (size_t)snprintf(ids, size, "%u:%u", user.uid, user.gid);
	for (size_t i = 0; i < user.groups.count; i++)
		used += (size_t)snprintf(ids + used, size - used, " %u", user.gids[i]);
	return 0;
}

static void test_apply(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "0:5", "0:5 5" },
		{ ":audio", "0:29 29" },
		{ "987654321", "987654321:0 0" },
		{ "987654321:1234", "987654321:1234 1234" },
	};
	char ids[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error error = ERROR_INIT;

		if (apply(cases[i].text, ids, sizeof(ids), &error))
			fail_msg("%s: %s", cases[i].text, error.text);
		assert_string_equal(ids, cases[i].wanted);
	}
}

static void test_unknown_names(void **state)
{
	struct error error = ERROR_INIT;
	char ids[512];

	(void)state;
	assert_int_equal(apply("no-such-user", ids, sizeof(ids), &error), -1);
	assert_string_equal(error.text, "no user named 'no-such-user'");
	assert_int_equal(apply("0:no-such-group", ids, sizeof(ids), &error), -1);
	assert_string_equal(error.text, "no group named 'no-such-group'");
}

int main(void)
{
#define TEST(sentence, function)                     \
	{                                            \
		sentence, function, NULL, NULL, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("USER:GROUP is taken with either side missing, as numbers or names",
		     test_good),
		TEST("what is no id is refused, never taken for 0", test_bad),
		TEST("a number nobody has gets gid 0; a group that is written is the only one",
		     test_apply),
		TEST("an unknown name is refused by name", test_unknown_names),
	};

	return cmocka_run_group_tests_name("user_flag", tests, NULL, NULL);
}
