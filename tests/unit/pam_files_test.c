/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PAM files of a made-up host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../cli/pam_files.h"
#include "../../lib/base/scope.h"

static char top[] = "/tmp/confine-pam-files-XXXXXX";
static char etc[64], vendor[64];
static const char *folders[3];

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int make_folders(void **state)
{
	(void)state;
	if (!mkdtemp(top))
		return -1;
	snprintf(etc, sizeof(etc), "%s/etc", top);
	snprintf(vendor, sizeof(vendor), "%s/usr", top);
	folders[0] = etc;
	folders[1] = vendor;
	return mkdir(etc, 0755) || mkdir(vendor, 0755);
}

static int remove_folders(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", top);
	return system(command);
}

/* Every line as "FILE:NUMBER type control module argument... level". */
static void read_as(const char *service, const char *expected)
{
	static const char *const names[] = { "auth", "account", "password", "session" };
	scope_of(pam_stack) struct pam_stack stack = { 0 };
	struct error error = ERROR_INIT;
	char text[1024] = "";

	assert_int_equal(pam_files_read(&stack, folders, service, &error), 0);
	for (size_t i = 0; i < stack.count; i++) {
		const struct pam_line *line = &stack.items[i];
		size_t used = strlen(text);

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s:%u %s%s %s %s",
					 strrchr(line->file, '/') + 1, line->number,
					 line->optional ? "-" : "", names[line->type],
					 line->control, line->module);
		for (size_t j = 0; j < line->arguments.count; j++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, " <%s>",
						 line->arguments.items[j]);
		snprintf(text + used, sizeof(text) - used, " %u\n", line->level);
	}
	assert_string_equal(text, expected);
}

static void lines_are_read_as_libpam_does(void **state)
{
	(void)state;
	write_file(etc, "plain",
		   "# a comment\n\n"
		   "auth\tREQUIRED pam_a.so one [two  words] # more\n"
		   "  -Session [success=ok default=die]\\\n pam_b.so\\\n\n"
		   "auth optional /lib/security/pam_c.so");
	read_as("plain", "plain:3 auth required pam_a.so <one> <[two  words]> 0\n"
			 "plain:4 -session [success=ok default=die] pam_b.so 0\n"
			 "plain:7 auth optional /lib/security/pam_c.so 0\n");
}

static void includes_stand_in_place_of_their_line(void **state)
{
	(void)state;
	write_file(etc, "common", "auth required pam_in.so\nsession required pam_out.so\n");
	write_file(etc, "asks", "@include common\nauth required pam_last.so\n");
	write_file(etc, "typed", "session include common\nauth substack asks\n");
	read_as("asks", "common:1 auth required pam_in.so 0\n"
			"common:2 session required pam_out.so 0\n"
			"asks:2 auth required pam_last.so 0\n");
	read_as("typed", "common:2 session required pam_out.so 0\n"
			 "common:1 auth required pam_in.so 1\n"
			 "asks:2 auth required pam_last.so 1\n");
}

static void the_first_folder_that_has_a_service_holds(void **state)
{
	(void)state;
	write_file(vendor, "both", "auth required pam_vendor.so\n");
	read_as("both", "both:1 auth required pam_vendor.so 0\n");
	write_file(etc, "both", "auth required pam_admin.so\n");
	read_as("both", "both:1 auth required pam_admin.so 0\n");
}

static void services_are_listed_once_and_sorted_and_copies_are_none(void **state)
{
	static const char *const copies[] = { "asks.bak", "asks~",	  "asks.dpkg-old",
					      "bak.orig", "asks.rpmsave", ".asks.swp" };
	scope_of(strings) struct strings names = { 0 };
	const char *const missing[] = { "/no/such/folder", etc, vendor, NULL };
	struct error error = ERROR_INIT;

	(void)state;
	write_file(vendor, "zebra", "");
	write_file(vendor, "asks", "");
	for (size_t i = 0; i < sizeof(copies) / sizeof(*copies); i++)
		write_file(etc, copies[i], "");
	assert_int_equal(pam_files_services(missing, &names, &error), 0);
	assert_int_equal(names.count, 6);
	assert_string_equal(names.items[0], "asks");
	assert_string_equal(names.items[5], "zebra");
}

static void what_is_no_pam_line_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "\nauthx required pam_a.so\n", "bad:2: unknown PAM type 'authx'" },
		{ "auth needed pam_a.so\n", "bad:1: unknown PAM control 'needed'" },
		{ "auth required\n", "bad:1: a PAM line without a module" },
		{ "@include\n", "bad:1: @include of nothing" },
		{ "auth include gone\n",
		  "bad:1: cannot open PAM service 'gone': No such file or directory" },
		{ "@include bad\n", "bad:1: includes go around in a circle" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_of(pam_stack) struct pam_stack stack = { 0 };
		struct error error = ERROR_INIT;
		char line[sizeof(struct error)];

		write_file(etc, "bad", rows[i].text);
		assert_int_equal(pam_files_read(&stack, folders, "bad", &error), -1);
		error_format(&error, line, sizeof(line));
		assert_string_equal(strrchr(line, '/') + 1, rows[i].message);
	}
}

static void a_fifo_is_no_pam_file(void **state)
{
	scope_of(pam_stack) struct pam_stack stack = { 0 };
	struct error error = ERROR_INIT;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/fifo", etc);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pam_files_read(&stack, folders, "fifo", &error), -1);
	assert_string_equal(error.text, "not a regular file");
	assert_string_equal(error.file, path);
	assert_int_equal(unlink(path), 0);
}

static void a_control_says_what_follows_an_answer(void **state)
{
	static const struct {
		char control[40];
		const char *answer, *action;
	} rows[] = {
		{ "required", "success", "ok" },
		{ "required", "perm_denied", "bad" },
		{ "requisite", "auth_err", "die" },
		{ "sufficient", "success", "done" },
		{ "optional", "session_err", "ignore" },
		{ "[success=2 default=ignore]", "success", "2" },
		{ "[success=2 default=ignore]", "auth_err", "ignore" },
		{ "[success=ok]", "auth_err", "bad" },
		{ "[ default=die ]", "success", "die" },
	};
	char buffer[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char control[40];
		const struct pam_line line = { .control = control };

		strcpy(control, rows[i].control);
		assert_string_equal(pam_line_action(&line, rows[i].answer, buffer, sizeof(buffer)),
				    rows[i].action);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_as_libpam_does),
		cmocka_unit_test(includes_stand_in_place_of_their_line),
		cmocka_unit_test(the_first_folder_that_has_a_service_holds),
		cmocka_unit_test(services_are_listed_once_and_sorted_and_copies_are_none),
		cmocka_unit_test(what_is_no_pam_line_is_refused_with_its_place),
		cmocka_unit_test(a_fifo_is_no_pam_file),
		cmocka_unit_test(a_control_says_what_follows_an_answer),
	};

	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
