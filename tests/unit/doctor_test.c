/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How confine doctor judges a PAM stack, and keeps its list of doors. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../cli/capture.h"
#include "../../cli/doors.h"
#include "../../cli/pam_hold.h"
#include "../../lib/base/path.h"
#include "../../lib/base/scope.h"

static char folder[] = "/tmp/doctor_test.XXXXXX";

static void write_file(const char *name, const char *text)
{
	scope_memory char *path = text_format("%s/%s", folder, name);
	scope_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct error error = ERROR_INIT;

	assert_true(fd >= 0);
	assert_int_equal(path_write_all(fd, text, strlen(text), &error), 0);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	static const char *const names[] = { "service", "part", "other" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		scope_memory char *path = text_format("%s/%s", folder, names[i]);

		unlink(path);
	}
	return rmdir(folder);
}

#define OURS "session required pam_confine.so\n"

static const struct {
	const char *text;
	bool setcred;
	enum pam_hold_kind kind;
	unsigned line; /* 0: none */
} stacks[] = {
	{ "session required pam_unix.so\n", false, PAM_HOLD_NONE, 0 },
	{ OURS, false, PAM_HOLD_FULL, 1 },
	{ "session requisite /lib/security/pam_confine.so debug\n", false, PAM_HOLD_FULL, 1 },
	{ "session optional pam_confine.so\n", false, PAM_HOLD_WEAK, 1 },
	{ "-session required pam_confine.so\n", false, PAM_HOLD_WEAK, 1 },
	{ "session [default=ignore] pam_confine.so\n", false, PAM_HOLD_WEAK, 1 },
	{ "session [success=ok default=die] pam_confine.so\n", false, PAM_HOLD_FULL, 1 },
	{ "session required pam_confine.so close\n", false, PAM_HOLD_NONE, 0 },
	{ "session required pam_confin.so\n", false, PAM_HOLD_SHUT, 1 },
	{ "session required pam_confine\n", true, PAM_HOLD_SHUT, 1 },
	{ "session optional pam_confin.so\n", false, PAM_HOLD_NONE, 0 },
	{ "-session required pam_confin.so\n", false, PAM_HOLD_NONE, 0 },
	{ "session required pam_confine.so close\nsession required pam_confine.so open\n", false,
	  PAM_HOLD_FULL, 2 },
	{ "session sufficient pam_x.so\n" OURS, false, PAM_HOLD_PASSED, 1 },
	{ "session [success=done default=ignore] pam_x.so\n" OURS, false, PAM_HOLD_PASSED, 1 },
	{ "session requisite pam_x.so\n" OURS, false, PAM_HOLD_FULL, 2 },
	{ "auth sufficient pam_x.so\n" OURS, false, PAM_HOLD_FULL, 2 },
	{ "session substack part\n" OURS, false, PAM_HOLD_FULL, 2 },
	{ "session include part\n" OURS, false, PAM_HOLD_PASSED, 1 },
	{ "session [success=1 default=ignore] pam_x.so\n" OURS, false, PAM_HOLD_JUMPED, 1 },
	{ "session [success=1 default=ignore] pam_x.so\nauth required pam_y.so\n" OURS, false,
	  PAM_HOLD_JUMPED, 1 },
	{ "session [success=1 default=ignore] pam_x.so\nsession required pam_y.so\n" OURS, false,
	  PAM_HOLD_FULL, 3 },
	{ "session [default=2] pam_x.so\nsession required pam_y.so\n" OURS, false, PAM_HOLD_JUMPED,
	  1 },
	{ "session [default=1] pam_x.so\nsession substack part\n" OURS, false, PAM_HOLD_FULL, 3 },
	{ "session [default=2] pam_x.so\nsession substack part\n" OURS, false, PAM_HOLD_JUMPED, 1 },
	/* by setcred a strong auth line holds alone */
	{ "auth required pam_confine.so\n", true, PAM_HOLD_FULL, 1 },
	{ "auth required pam_confine.so\nsession optional pam_confine.so\n", true, PAM_HOLD_FULL,
	  1 },
	{ "auth required pam_confine.so\n", false, PAM_HOLD_NONE, 0 },
	{ "auth optional pam_confine.so\nsession optional pam_confine.so\n", true, PAM_HOLD_WEAK,
	  2 },
};

static void test_stacks(void **state)
{
	const char *const folders[] = { folder, NULL };

	(void)state;
	write_file("part", "session sufficient pam_z.so\n");
	for (size_t i = 0; i < sizeof(stacks) / sizeof(*stacks); i++) {
		scope_of(pam_stack) struct pam_stack stack = { 0 };
		struct error error = ERROR_INIT;
		struct pam_hold hold;

		write_file("service", stacks[i].text);
		if (pam_hold_read(&stack, folders, "service", &error))
			fail_msg("%s: %s", stacks[i].text, error.text);
		hold = pam_hold_find(&stack, stacks[i].setcred);
		if (hold.kind != stacks[i].kind ||
		    (hold.line ? hold.line->number : 0) != stacks[i].line)
			fail_msg("kind %u, line %u of:\n%s", hold.kind,
				 hold.line ? hold.line->number : 0, stacks[i].text);
	}
}

static void test_other(void **state)
{
	const char *const folders[] = { folder, NULL };
	scope_of(pam_stack) struct pam_stack own = { 0 }, fallen = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	write_file("other", "auth required pam_deny.so\n" OURS);
	write_file("service", "session required pam_unix.so\n");
	assert_int_equal(pam_hold_read(&own, folders, "service", &error), 0);
	assert_int_equal(pam_hold_find(&own, false).kind, PAM_HOLD_NONE);
	write_file("service", "auth required pam_unix.so\n");
	assert_int_equal(pam_hold_read(&fallen, folders, "service", &error), 0);
	assert_int_equal(fallen.count, 2);
	assert_int_equal(pam_hold_find(&fallen, false).kind, PAM_HOLD_FULL);
}

static void test_doors(void **state)
{
	scope_of(doors) struct doors doors = { 0 };
	const struct strings alice = { &(char *){ (char[]){ "alice" } }, 1 };
	const struct strings bob = { &(char *){ (char[]){ "bob" } }, 1 };
	const struct door_place here = { .file = "/a", .line = 1, .shut = "x" };
	const struct door_place there = { .file = "/a", .line = 2, .shut = "x" };
	const struct door_place note = { .note = true };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(doors_add(&doors, &here, &alice, &error, "door %d", 1), 0);
	assert_int_equal(doors_add(&doors, &here, &bob, &error, "door %d", 1), 0);
	assert_int_equal(doors_add(&doors, &here, &bob, &error, "door %d", 1), 0);
	assert_int_equal(doors_add(&doors, &there, &bob, &error, "door %d", 1), 0);
	assert_int_equal(doors_add(&doors, &note, NULL, &error, "door %d", 1), 0);
	assert_int_equal(doors.count, 3);
	assert_int_equal(doors.items[0].users.count, 2);
	assert_int_equal(doors_open(&doors), 2);
}

static void expect_answer(const char *script, const char *output, const char *message)
{
	char *const argv[] = { (char[]){ "/bin/sh" }, (char[]){ "-c" }, (char *)(uintptr_t)script,
			       NULL };
	scope_memory char *answer = NULL;
	struct error error = ERROR_INIT;

	if (capture(argv, 2, &answer, &error))
		assert_string_equal(error.text, message);
	else
		assert_string_equal(answer, output);
}

static void test_capture(void **state)
{
	(void)state;
	expect_answer("echo a; echo b >&2", "a\nb\n", NULL);
	expect_answer("echo $HOME-$LC_ALL; cat", "-C\n", NULL);
	expect_answer("echo first; echo \"bad 'line' \" >&2; exit 3", NULL,
		      "'/bin/sh' failed: bad \\x27line\\x27");
	expect_answer("exit 3", NULL, "'/bin/sh' failed: it said nothing");
	expect_answer("kill -9 $$", NULL, "'/bin/sh' was ended by signal 9");
	expect_answer("exec sleep 20", NULL,
		      "no whole answer from '/bin/sh': Connection timed out");
	expect_answer("exec >&- 2>&-; exec sleep 20", NULL, "'/bin/sh' was ended by signal 9");
	expect_answer("exec cat /dev/zero", NULL, "no whole answer from '/bin/sh': File too large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a stack holds only by a strong line that nothing before it passes by",
		  test_stacks, NULL, NULL, NULL },
		{ "a service without session lines has those of other", test_other, NULL, NULL,
		  NULL },
		{ "the same door for another person is one door", test_doors, NULL, NULL, NULL },
		{ "a program's answer is whole and in time, or an error that says why",
		  test_capture, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
