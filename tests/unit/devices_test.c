/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The nodes and rules of a plan's devices: each grammar of Docker's, what a
 * person gets of it, and what is refused.
 */
#include "made_up_plan.h"

/* The access that the rule of exactly these numbers gives; 0 where there is none. */
static unsigned access_of(const struct made_plan *made, char type, int64_t major, int64_t minor)
{
	for (size_t i = 0; i < made->plan.device_rules.count; i++) {
		const struct device_rule *rule = &made->plan.device_rules.items[i];

		if (rule->type == type && rule->major == major && rule->minor == minor)
			return rule->access;
	}
	return 0;
}

static void expect_node(const struct made_plan *made, const char *path, char type, uint32_t major,
			uint32_t minor, unsigned mode)
{
	const struct plan_node *node = made_node(made, path);

	if (!node || node->link)
		fail_msg("no node '%s'", path);
	assert_int_equal(node->type, type);
	assert_int_equal(node->major, major);
	assert_int_equal(node->minor, minor);
	assert_int_equal(node->mode, mode);
}

static void a_device_keeps_its_path_and_all_its_rights(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("device = /dev/loop0"));
	expect_node(&made, "/dev/loop0", 'b', 7, 0, 0660);
	assert_int_equal(made_node(&made, "/dev/loop0")->gid, 29);
	assert_int_equal(access_of(&made, 'b', 7, 0), ACCESS_ALL);
}

static void a_device_gets_the_path_and_the_rights_that_are_written(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("device = /dev/loop0:/dev/xvdc:r"));
	expect_node(&made, "/dev/xvdc", 'b', 7, 0, 0660);
	assert_null(made_node(&made, "/dev/loop0"));
	assert_int_equal(access_of(&made, 'b', 7, 0), ACCESS_READ);
	made_good(&made, LINES("device = /dev/loop0:m"));
	expect_node(&made, "/dev/loop0", 'b', 7, 0, 0660);
	assert_int_equal(access_of(&made, 'b', 7, 0), ACCESS_MKNOD);
}

static void a_device_twice_has_the_rights_of_both(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("device = /dev/loop0:r, /dev/loop0:/dev/other:w"));
	expect_node(&made, "/dev/other", 'b', 7, 0, 0660);
	assert_int_equal(access_of(&made, 'b', 7, 0), ACCESS_READ | ACCESS_WRITE);
}

static void a_link_is_its_targets_device_under_the_links_name(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("device = /dev/disk"));
	expect_node(&made, "/dev/disk", 'b', 7, 0, 0660);
}

static void a_folder_is_every_device_below_it_in_the_folder_inside(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("device = /dev/snd:/dev/sound:rw"));
	expect_node(&made, "/dev/sound/timer", 'c', 116, 33, 0660);
	expect_node(&made, "/dev/sound/by-path/card", 'c', 116, 9, 0660);
	assert_int_equal(access_of(&made, 'c', 116, 33), ACCESS_READ | ACCESS_WRITE);
	assert_int_equal(access_of(&made, 'c', 116, 9), ACCESS_READ | ACCESS_WRITE);
}

static void a_cgroup_rule_makes_no_node(void **state)
{
	scope_made struct made_plan made, plain;

	(void)state;
	made_plan_init(&made);
	made_plan_init(&plain);
	made_good(&plain, LINES(NULL));
	made_good(&made, LINES("device_cgroup_rule = b 7:* rw"));
	assert_int_equal(access_of(&made, 'b', 7, -1), ACCESS_READ | ACCESS_WRITE);
	assert_int_equal(made.plan.nodes.count, plain.plan.nodes.count);
}

static void the_console_is_there_where_the_host_has_one(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	assert_null(made_node(&made, "/dev/console"));
	made.host.has_console = true;
	made_good(&made, LINES(NULL));
	expect_node(&made, "/dev/console", 'c', 5, 1, 0600);
}

static void ptmx_is_a_node_with_the_hosts_devpts_and_a_link_with_an_own_one(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	expect_node(&made, "/dev/ptmx", 'c', 5, 2, 0666);
	made_good(&made, LINES("pts = private"));
	assert_string_equal(made_node(&made, "/dev/ptmx")->link, "pts/ptmx");
}

static void privileged_has_every_device_of_the_host(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("privileged = yes", "device = /dev/loop0:/dev/xvdc:r"));
	expect_node(&made, "/dev/loop0", 'b', 7, 0, 0660);
	expect_node(&made, "/dev/xvdc", 'b', 7, 0, 0660);
	expect_node(&made, "/dev/snd/by-path/card", 'c', 116, 9, 0660);
	expect_node(&made, "/dev/null", 'c', 1, 3, 0666);
	assert_int_equal(made.plan.device_rules.count, 1);
	assert_int_equal(access_of(&made, 'a', -1, -1), ACCESS_ALL);
	assert_true(made_warned(
		&made, "alice.ini: device '/dev/loop0': privileged ignores its permissions"));
}

static void a_device_in_a_tmpfs_that_holds_devices_is_fine(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("device = /dev/null"));
	made_good(&made, LINES("volume = /srv/notes:/dev/null"));
	made_good(&made, LINES("tmpfs = /opt:dev", "device = /dev/loop0:/opt/disk"));
	expect_node(&made, "/opt/disk", 'b', 7, 0, 0660);
}

static void a_device_that_cannot_be_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{ { "device = /dev/gone" }, "alice.ini: device '/dev/gone' does not exist" },
		{ { "device = /etc/shadow" }, "alice.ini: '/etc/shadow' is not a device node" },
		{ { "device = /dev/empty" }, "alice.ini: '/dev/empty' is not a device node" },
		{ { "device = /tmp/evil" },
		  "alice.ini: cannot open '/tmp/evil': Too many levels of symbolic links" },
		{ { "device = /dev/loop0:/srv/disk" },
		  "alice.ini: device path '/srv/disk' inside lies neither in the container's own "
		  "/dev nor in a tmpfs with the option dev" },
		{ { "device = /dev/loop0:/tmp/disk" },
		  "alice.ini: device path '/tmp/disk' inside lies neither in the container's own "
		  "/dev nor in a tmpfs with the option dev" },
		{ { "device = /dev/loop0:/dev/null" },
		  "alice.ini: device path '/dev/null' inside is taken by '/dev/null'" },
		{ { "device = /dev/loop0:/dev/fd" },
		  "alice.ini: device path '/dev/fd' inside is taken by '/dev/fd'" },
		{ { "device = /dev/loop0:/dev/ptmx" },
		  "alice.ini: device path '/dev/ptmx' inside is taken by '/dev/ptmx'" },
		{ { "device = /dev/loop0:/dev/zero/x" },
		  "alice.ini: device path '/dev/zero/x' inside is taken by '/dev/zero'" },
		{ { "device = /dev/loop0:/dev" },
		  "alice.ini: device path '/dev' inside lies neither in the container's own /dev "
		  "nor in a tmpfs with the option dev" },
		{ { "device = /dev/loop0:/dev/shm/disk" },
		  "alice.ini: device path '/dev/shm/disk' inside lies neither in the container's "
		  "own /dev nor in a tmpfs with the option dev" },
		{ { "volume = /dev/snd:/dev/snd", "device = /dev/loop0:/dev/snd/disk" },
		  "alice.ini: device path '/dev/snd/disk' inside lies neither in the container's "
		  "own /dev nor in a tmpfs with the option dev" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_keeps_its_path_and_all_its_rights),
		cmocka_unit_test(a_device_gets_the_path_and_the_rights_that_are_written),
		cmocka_unit_test(a_device_twice_has_the_rights_of_both),
		cmocka_unit_test(a_link_is_its_targets_device_under_the_links_name),
		cmocka_unit_test(a_folder_is_every_device_below_it_in_the_folder_inside),
		cmocka_unit_test(a_cgroup_rule_makes_no_node),
		cmocka_unit_test(the_console_is_there_where_the_host_has_one),
		cmocka_unit_test(ptmx_is_a_node_with_the_hosts_devpts_and_a_link_with_an_own_one),
		cmocka_unit_test(privileged_has_every_device_of_the_host),
		cmocka_unit_test(a_device_in_a_tmpfs_that_holds_devices_is_fine),
		cmocka_unit_test(a_device_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
