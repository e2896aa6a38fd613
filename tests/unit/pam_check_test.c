/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is found in the PAM files of a made-up host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../cli/pam_check.h"
#include "../../lib/base/scope.h"

static char top[] = "/tmp/confine-pam-check-XXXXXX";
static char modules[sizeof(top) + sizeof("/.modules")];
static const char *folders[] = { top, NULL };

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int make_folder(void **state)
{
	(void)state;
	strcpy(top + strlen(top) - 6, "XXXXXX");
	if (!mkdtemp(top))
		return -1;
	/* A name that is no service's. */
	snprintf(modules, sizeof(modules), "%s/.modules", top);
	if (mkdir(modules, 0755))
		return -1;
	write_file(".modules/pam_confine.so", "");
	return 0;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", top);
	return system(command);
}

/* All findings about CONF, "FILE:LINE: text" a line. */
static void assert_found(const char *conf, const char *expected)
{
	scope_of(notes) struct notes notes = { 0 };
	scope_of(strings) struct strings exempt = { 0 };
	struct error error = ERROR_INIT;
	char text[4096] = "";

	assert_int_equal(pam_check_in(folders, modules, conf, &exempt, &notes, &error), 0);
	for (size_t i = 0; i < notes.count; i++) {
		const struct error *said = &notes.items[i].said;
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s:%u: %s\n",
			 strrchr(said->file, '/') + 1, said->line, said->text);
	}
	assert_string_equal(text, expected);
}

/* As shipped, in stacks like Debian's. */
static void the_shipped_lines_are_fine(void **state)
{
	(void)state;
	write_file("common-auth", "auth [success=1 default=ignore] pam_unix.so nullok\n"
				  "auth requisite pam_deny.so\nauth required pam_permit.so\n"
				  "auth optional pam_cap.so\n");
	write_file("common-session", "session [default=1] pam_permit.so\n"
				     "session requisite pam_deny.so\n"
				     "session required pam_permit.so\n"
				     "session optional pam_systemd.so\n");
	write_file("sshd", "@include common-auth\nauth required pam_confine.so\n"
			   "@include common-session\nsession required pam_confine.so\n"
			   "@include common-password\n");
	write_file("common-password", "password required pam_unix.so\n");
	write_file("cron", "@include common-auth\nauth required pam_confine.so join=fork\n"
			   "session required pam_confine.so join=fork\n");
	write_file("su", "auth sufficient pam_rootok.so\n@include common-auth\n"
			 "auth required pam_confine.so\nsession required pam_confine.so\n");
	write_file("other", "auth required pam_deny.so\n");
	write_file("README", "no PAM line at all\n");
	assert_found("/etc/confine.d", "");
}

static void a_line_in_both_su_and_su_l_is_harmless(void **state)
{
	(void)state;
	write_file("su", "auth required pam_confine.so\nsession required pam_confine.so\n");
	write_file("su-l", "auth include su\nsession include su\n"
			   "auth required pam_confine.so\nsession required pam_confine.so\n");
	assert_found("/etc/confine.d", "");
}

static void closing_first_and_opening_last_is_fine(void **state)
{
	(void)state;
	write_file("sshd", "auth required pam_confine.so\nsession required pam_confine.so close\n"
			   "session required pam_unix.so\nsession required pam_confine.so open\n");
	assert_found("/etc/confine.d", "");
}

static void each_mistake_is_found_on_its_line(void **state)
{
	static const struct {
		const char *service, *text, *found;
	} rows[] = {
		{ "sshd", "auth required pam_confine.so\n",
		  "sshd:1: service 'sshd' has no session line of pam_confine.so: its logins are "
		  "stopped\n" },
		{ "su", "auth required pam_confine.so\n",
		  "su:1: service 'su' has no session line of pam_confine.so: its logins are not "
		  "confined\n" },
		{ "su", "session required pam_confine.so close\n",
		  "su:1: service 'su' has no session line of pam_confine.so that opens sessions: "
		  "its logins are not confined\n" },
		{ "sshd",
		  "auth required pam_confine.so\nsession required pam_confine.so close\n"
		  "session required pam_confine.so close\n",
		  "sshd:2: service 'sshd' has no session line of pam_confine.so that opens "
		  "sessions: its logins are stopped\n" },
		{ "su", "session required pam_confine.so open\n",
		  "su:1: service 'su' has no session line of pam_confine.so that closes "
		  "sessions\n" },
		{ "sshd-try", "session required pam_confine.so\n",
		  "sshd-try:1: service 'sshd-try' has no auth line of pam_confine.so: its logins "
		  "are refused\n" },
		{ "cron", "session required pam_confine.so join=fork\n",
		  "cron:1: service 'cron' has no auth line of pam_confine.so: its logins are "
		  "refused\n" },
		{ "su", "session required pam_confine.so\n", "" },
		{ "sshd", "auth required pam_confine.so\nsession optional pam_confine.so\n",
		  "sshd:2: control 'optional' lets a login that is refused go on: the session line "
		  "must be 'required'\n" },
		{ "sshd",
		  "auth required pam_confine.so\n"
		  "session [success=ok default=ignore] pam_confine.so\n",
		  "sshd:2: control '[success=ok default=ignore]' lets a login that is refused go "
		  "on: "
		  "the session line must be 'required'\n" },
		{ "sshd",
		  "auth required pam_confine.so\nsession [success=ok default=die] pam_confine.so\n",
		  "" },
		{ "sshd", "auth required pam_confine.so\n-session required pam_confine.so\n",
		  "sshd:2: '-session' lets logins go on unconfined where the module is missing\n" },
		{ "sshd",
		  "auth required pam_confine.so\nauth optional pam_cap.so\n"
		  "auth optional pam_group.so\nauth optional pam_cap.so\n"
		  "session required pam_confine.so\n",
		  "sshd:1: not the last auth line of service 'sshd': pam_cap.so, pam_group.so "
		  "after "
		  "it\n" },
		{ "su",
		  "auth required pam_confine.so\nsession required pam_confine.so\n"
		  "session optional pam_mail.so\n",
		  "su:2: not the last session line of service 'su': pam_mail.so after it\n" },
		{ "sshd",
		  "auth sufficient pam_unix.so\nauth required pam_confine.so\n"
		  "session required pam_confine.so\n",
		  "sshd:2: service 'sshd' can pass this auth line over: 'sufficient' of "
		  "pam_unix.so "
		  "stands before it at TOP/sshd:1\n" },
		{ "sshd",
		  "auth required pam_confine.so\n"
		  "session [success=1 default=ignore] pam_succeed_if.so user ingroup x\n"
		  "session required pam_confine.so\n",
		  "sshd:3: service 'sshd' can pass this session line over: '[success=1 "
		  "default=ignore]' of pam_succeed_if.so stands before it at TOP/sshd:2\n" },
		{ "sshd",
		  "auth required pam_confine.so\n"
		  "session [success=1 default=ignore] pam_succeed_if.so user ingroup x\n"
		  "session optional pam_systemd.so\nsession required pam_confine.so\n",
		  "" },
		{ "sshd", "auth required pam_confine.so exempt\nsession required pam_confine.so\n",
		  "sshd:1: unknown module argument 'exempt': every login is refused\n" },
		{ "su",
		  "auth required pam_confine.so join=fork\n"
		  "session required pam_confine.so join=fork\n",
		  "su:1: join=fork cannot hold a login by su, which executes the shell at once\n"
		  "su:2: join=fork cannot hold a login by su, which executes the shell at once\n" },
		{ "cron",
		  "auth required pam_confine.so\nsession required pam_confine.so join=fork\n",
		  "cron:2: join= differs from that of the auth line at TOP/cron:1\n" },
		{ "sshd",
		  "auth required pam_confine.so exempt_group=root\n"
		  "session required pam_confine.so\n",
		  "sshd:2: exempt_group= differs from that of the auth line at TOP/sshd:1\n" },
		{ "sshd",
		  "auth required pam_confine.so exempt_group=root,no-such-group\n"
		  "session required pam_confine.so exempt_group=root,no-such-group\n",
		  "sshd:1: no group named 'no-such-group': it exempts no one\n"
		  "sshd:2: no group named 'no-such-group': it exempts no one\n" },
		{ "sshd", "auth required pam_confine.so\nsession requried pam_confine.so\n",
		  "sshd:2: unknown PAM control 'requried': logins by 'sshd' are refused or "
		  "stopped\n" },
		{ "sshd", "auth required pam_confine.so\nsession pam_confine.so\n",
		  "sshd:2: a PAM line without a module: logins by 'sshd' are refused or "
		  "stopped\n" },
		{ "sshd", "auht required pam_unix.so\n",
		  "sshd:1: unknown PAM type 'auht': logins by 'sshd' are refused or stopped\n" },
		{ "ours", "# of ours\nsesion required pam_confine.so\n",
		  "ours:2: unknown PAM type 'sesion': logins by 'ours' are refused or stopped\n" },
		{ "theirs", "# pam_confine\nsesion required pam_unix.so\n", "" },
		{ "sshd", "auth required pam_confin.so\n",
		  "sshd:1: 'pam_confin.so' is not there: every login is refused\n" },
		{ "sshd", "session required pam_confine\n",
		  "sshd:1: 'pam_confine' is not there: every login is refused\n" },
		{ "sshd", "session required pam_confine.so, debug\n",
		  "sshd:1: 'pam_confine.so,' is not there: every login is refused\n" },
		{ "su", "session required /no/such/pam_confine.so\n",
		  "su:1: '/no/such/pam_confine.so' is not there: every login is refused\n" },
		{ "su", "session required pam_console.so\n", "" },
		{ "su", "session required pam_confine.so conf=/etc/confined\n",
		  "su:1: conf=/etc/confined is not there: every login is refused\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_memory char *expected = strdup(rows[i].found);
		char *place = strstr(expected, "TOP"), path[256];

		if (place) {
			scope_memory char *before = strndup(expected, (size_t)(place - expected));
			char *whole = NULL;

			assert_true(asprintf(&whole, "%s%s%s", before, top, place + 3) > 0);
			free(expected);
			expected = whole;
		}
		write_file(rows[i].service, rows[i].text);
		assert_found("/etc/confine.d", expected);
		snprintf(path, sizeof(path), "%s/%s", top, rows[i].service);
		assert_int_equal(unlink(path), 0);
	}
}

static void lines_that_name_another_policy_are_not_this_ones(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), "auth optional pam_confine.so conf=%s\n", top);
	write_file("sshd", line);
	assert_found("/etc/confine.d", "");
	assert_found(top,
		     "sshd:1: control 'optional' lets a login that is refused go on: the auth line "
		     "must be 'required'\n"
		     "sshd:1: service 'sshd' has no session line of pam_confine.so: its logins are "
		     "stopped\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_shipped_lines_are_fine),
		TEST(a_line_in_both_su_and_su_l_is_harmless),
		TEST(closing_first_and_opening_last_is_fine),
		TEST(each_mistake_is_found_on_its_line),
		TEST(lines_that_name_another_policy_are_not_this_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
