/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which AppArmor profile a plan has, on hosts that have none, some, or cannot tell. */
#include "made_up_plan.h"

/* What the host says of confine-default; of others, and of its hat, the table below. */
static enum host_profile state_of_default;

static int find_profile(const struct host *host, const char *name, enum host_profile *ret_profile,
			struct error *error)
{
	static const struct {
		const char *name;
		enum host_profile state;
	} others[] = { { "students", HOST_PROFILE_ENFORCED },
		       { "students//LAB", HOST_PROFILE_ENFORCED },
		       { "learning", HOST_PROFILE_LENIENT } };

	(void)host;
	(void)error;
	*ret_profile = state_of_default;
	if (state_of_default <= HOST_PROFILE_UNSEEN || !strcmp(name, "confine-default"))
		return 0;
	*ret_profile = HOST_PROFILE_ABSENT;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(others[i].name, name))
			*ret_profile = others[i].state;
	return 0;
}

static void begin(struct made_plan *made, enum host_profile state)
{
	made_plan_init(made);
	made->host.profile = find_profile;
	state_of_default = state;
}

static void expect_profile(struct made_plan *made, const char *const *lines, const char *profile)
{
	made_good(made, lines);
	if (!profile)
		assert_null(made->plan.apparmor);
	else
		assert_string_equal(made->plan.apparmor, profile);
}

static void the_default_is_left_out_where_docker_leaves_its_own_out(void **state)
{
	static const struct {
		enum host_profile state;
		const char *profile, *warning;
	} rows[] = {
		{ HOST_PROFILE_ENFORCED, "confine-default", NULL },
		{ HOST_PROFILE_LENIENT, "confine-default",
		  "AppArmor profile 'confine-default' denies nothing: it is in complain or "
		  "unconfined mode" },
		{ HOST_PROFILE_NO_APPARMOR, NULL, NULL },
		{ HOST_PROFILE_UNSEEN, NULL,
		  "AppArmor is on, but logins get no profile: securityfs is not mounted on "
		  "'/sys/kernel/security'" },
		{ HOST_PROFILE_UNLOADABLE, NULL,
		  "AppArmor is on, but logins get no profile: 'confine-default' is not loaded, "
		  "and apparmor_parser is not installed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_made struct made_plan made;

		begin(&made, rows[i].state);
		expect_profile(&made, LINES(NULL), rows[i].profile);
		assert_int_equal(made.plan.warnings.count, rows[i].warning ? 1 : 0);
		assert_true(!rows[i].warning || made_warned(&made, rows[i].warning));
	}
}

static void a_profile_a_hat_and_unconfined_are_taken_as_written(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	begin(&made, HOST_PROFILE_ENFORCED);
	expect_profile(&made, LINES("apparmor = students"), "students");
	expect_profile(&made, LINES("apparmor = students//LAB"), "students//LAB");
	expect_profile(&made, LINES("apparmor = unconfined"), "unconfined");
	assert_int_equal(made.plan.warnings.count, 0);
	expect_profile(&made, LINES("privileged = yes"), "unconfined");
	expect_profile(&made, LINES("privileged = yes", "apparmor = students"), "students");
	expect_profile(&made, LINES("apparmor = learning"), "learning");
	assert_true(made_warned(&made, "alice.ini: AppArmor profile 'learning' denies nothing: it "
				       "is in complain or unconfined mode"));
}

static void unconfined_is_taken_on_every_host(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	begin(&made, HOST_PROFILE_NO_APPARMOR);
	expect_profile(&made, LINES("apparmor = unconfined"), NULL);
	state_of_default = HOST_PROFILE_UNSEEN;
	expect_profile(&made, LINES("apparmor = unconfined"), "unconfined");
}

static void a_profile_that_cannot_be_had_is_refused_by_name(void **state)
{
	static const struct {
		enum host_profile state;
		struct refusal row;
	} rows[] = {
		{ HOST_PROFILE_ABSENT,
		  { { NULL },
		    "AppArmor profile 'confine-default': it is not loaded (apparmor_parser -r "
		    "/etc/apparmor.d/confine-default)" } },
		{ HOST_PROFILE_UNLOADABLE,
		  { { "apparmor = confine-default" },
		    "alice.ini: AppArmor profile 'confine-default': it is not loaded" } },
		{ HOST_PROFILE_ENFORCED,
		  { { "apparmor = teachers" },
		    "alice.ini: AppArmor profile 'teachers': it is not loaded" } },
		{ HOST_PROFILE_ENFORCED,
		  { { "apparmor = students//HALL" },
		    "alice.ini: AppArmor profile 'students//HALL': it is not loaded" } },
		{ HOST_PROFILE_NO_APPARMOR,
		  { { "apparmor = students" },
		    "alice.ini: AppArmor profile 'students': AppArmor is not on in this kernel" } },
		{ HOST_PROFILE_UNSEEN,
		  { { "apparmor = students" },
		    "alice.ini: AppArmor profile 'students': securityfs is not mounted on "
		    "'/sys/kernel/security'" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_made struct made_plan made;

		begin(&made, rows[i].state);
		made_refuse(&made, &rows[i].row, 1);
	}
}

static void who_enters_by_a_printed_plan_gets_its_profile(void **state)
{
	(void)state;
	for (int on = 0; on < 2; on++) {
		scope_of(plan) struct plan back = { 0 };
		scope_memory char *json = NULL;
		struct error error = ERROR_INIT;
		scope_made struct made_plan made;

		begin(&made, on ? HOST_PROFILE_ENFORCED : HOST_PROFILE_NO_APPARMOR);
		made_good(&made, LINES(NULL));
		json = plan_print_json(&made.plan);
		assert_int_equal(plan_read_json(&back, json, &error), 0);
		if (on)
			assert_string_equal(back.apparmor, "confine-default");
		else
			assert_null(back.apparmor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_left_out_where_docker_leaves_its_own_out),
		cmocka_unit_test(a_profile_a_hat_and_unconfined_are_taken_as_written),
		cmocka_unit_test(unconfined_is_taken_on_every_host),
		cmocka_unit_test(a_profile_that_cannot_be_had_is_refused_by_name),
		cmocka_unit_test(who_enters_by_a_printed_plan_gets_its_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
