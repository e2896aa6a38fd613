/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a plan mounts, in which order, and which volumes, trees and covers it
 * refuses.
 */
#include "made_up_plan.h"

#include <linux/mount.h>

/* Where the last row with that target stands; fails where there is none. */
static size_t place(const struct made_plan *made, const char *target)
{
	const struct plan_mount *row = made_mount(made, target);

	if (!row)
		fail_msg("nothing is mounted on '%s'", target);
	return (size_t)(row - made->plan.mounts.items);
}

static void expect_bind(const struct made_plan *made, const char *target, const char *source,
			uint64_t attributes, bool make)
{
	const struct plan_mount *row = &made->plan.mounts.items[place(made, target)];

	assert_int_equal(row->kind, MOUNT_BIND);
	assert_string_equal(row->source, source);
	assert_int_equal(row->attributes, attributes);
	assert_int_equal(row->make_target, make);
}

static void expect_tmpfs(const struct made_plan *made, const char *target, const char *options,
			 uint64_t attributes, bool make)
{
	const struct plan_mount *row = &made->plan.mounts.items[place(made, target)];

	assert_int_equal(row->kind, MOUNT_TMPFS);
	assert_string_equal(row->options, options);
	assert_int_equal(row->attributes, attributes);
	assert_int_equal(row->make_target, make);
}

#define NO_SUID_DEV (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define NO_SUID_DEV_EXEC (NO_SUID_DEV | MOUNT_ATTR_NOEXEC)

static void a_private_devpts_takes_the_place_of_the_hosts(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	expect_bind(&made, "/dev/pts", "/dev/pts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, true);
	made_good(&made, LINES("pts = private"));
	assert_int_equal(made_mount(&made, "/dev/pts")->kind, MOUNT_DEVPTS);
	made.context.service = true;
	made_good(&made, LINES("pts = host"));
	assert_int_equal(made_mount(&made, "/dev/pts")->kind, MOUNT_DEVPTS);
}

static void with_the_hosts_ipc_its_shm_and_mqueue_are_bound(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("shm_size = 1m"));
	expect_tmpfs(&made, "/dev/shm", "mode=1777,size=1048576", NO_SUID_DEV_EXEC, true);
	assert_int_equal(made_mount(&made, "/dev/mqueue")->kind, MOUNT_MQUEUE);
	made_good(&made, LINES("ipc = host"));
	expect_bind(&made, "/dev/shm", "/dev/shm", NO_SUID_DEV_EXEC, true);
	expect_bind(&made, "/dev/mqueue", "/dev/mqueue", NO_SUID_DEV_EXEC, true);
}

static void system_paths_are_locked_unless_unconfined_or_privileged(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("systempaths = unconfined"));
	assert_null(made_mount(&made, "/proc/kcore"));
	assert_null(made_mount(&made, "/proc/sys"));
	assert_true(made_mount(&made, "/sys")->attributes & MOUNT_ATTR_RDONLY);
	made_good(&made, LINES("privileged = yes"));
	assert_null(made_mount(&made, "/proc/kcore"));
	assert_false(made_mount(&made, "/sys")->attributes & MOUNT_ATTR_RDONLY);
	assert_false(made_mount(&made, "/sys/fs/cgroup")->attributes & MOUNT_ATTR_RDONLY);
}

static void run_entries_come_in_read_only_by_pattern(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("run = print*, nothing-there"));
	expect_bind(&made, "/run/printer", "/run/printer", NO_SUID_DEV_EXEC | MOUNT_ATTR_RDONLY,
		    true);
	made_good(&made, LINES(NULL));
	assert_null(made_mount(&made, "/run/printer"));
}

static void a_run_entry_that_leads_out_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{ { "run = dbus/system_bus_socket" },
		  "alice.ini: run entry '/run/dbus/system_bus_socket' is a way out of the "
		  "container" },
		{ { "run = dbus" },
		  "alice.ini: run entry '/run/dbus' is a way out of the container" },
		{ { "run = *" }, "alice.ini: run entry '/run/*' is a way out of the container" },
		/* not there, and may be at the next login */
		{ { "run = docker.sock" },
		  "alice.ini: run entry '/run/docker.sock' is a way out of the container" },
		{ { "run = *.sock" },
		  "alice.ini: run entry '/run/*.sock' is a way out of the container" },
		{ { "run = systemd/private" },
		  "alice.ini: run entry '/run/systemd/private' is a way out of the container" },
		{ { "run = systemd" },
		  "alice.ini: run entry '/run/systemd' is a way out of the container" },
		{ { "run = podman/podman.sock" },
		  "alice.ini: run entry '/run/podman/podman.sock' is a way out of the container" },
		{ { "run = user/%u/bus" },
		  "alice.ini: run entry '/run/user/alice/bus' is a way out of the container" },
		{ { "run = away" }, "alice.ini: run entry '/run/away' is not below /run" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
}

static void only_the_own_home_shows_where_homes_are_covered(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	assert_true(made_mount(&made, "/home")->seal);
	expect_bind(&made, "/home/alice", "/home/alice", MOUNT_ATTR_NODEV, true);
	assert_true(made_mount(&made, "/home/alice")->as_user);
	assert_true(place(&made, "/home") < place(&made, "/home/alice"));
}

static void an_empty_home_is_the_users_own(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("home = tmpfs"));
	expect_tmpfs(&made, "/home/alice", "mode=0700,uid=1000,gid=1000", NO_SUID_DEV, true);
	free(made.user.home);
	made.user.home = strdup("/home/nowhere");
	made_good(&made, LINES("home = tmpfs"));
	expect_tmpfs(&made, "/home/nowhere", "mode=0700,uid=1000,gid=1000", NO_SUID_DEV, true);
}

static void with_all_homes_shown_only_the_own_is_writable(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("home = all"));
	assert_null(made_mount(&made, "/home"));
	expect_bind(&made, "/home/alice", "/home/alice", MOUNT_ATTR_NODEV, false);
}

static void a_home_elsewhere_is_writable_only_for_its_owner(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	free(made.user.home);
	made.user.home = strdup("/opt/alice/");
	made_good(&made, LINES(NULL));
	expect_bind(&made, "/opt/alice", "/opt/alice", MOUNT_ATTR_NODEV, false);
	assert_int_equal(made.plan.warnings.count, 0);
	free(made.user.home);
	made.user.home = strdup("/srv");
	made_good(&made, LINES(NULL));
	assert_null(made_mount(&made, "/srv"));
	assert_true(made_warned(&made, "home '/srv' does not belong to 'alice' and is read-only"));
}

static void a_home_behind_a_link_that_is_covered_appears_under_both_names(void **state)
{
	static const struct {
		const char *link, *real;
		bool make;
	} rows[] = { { "/home/linked", "/opt/alice", false },
		     { "/home/nick", "/home/alice", true } };
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		free(made.user.home);
		made.user.home = strdup(rows[i].link);
		made_good(&made, LINES(NULL));
		expect_bind(&made, rows[i].real, rows[i].real, MOUNT_ATTR_NODEV, rows[i].make);
		expect_bind(&made, rows[i].link, rows[i].real, MOUNT_ATTR_NODEV, true);
		made_good(&made, LINES("home = all"));
		assert_null(made_mount(&made, rows[i].link));
	}
	made_good(&made, LINES("hide = /home/alice/.ssh"));
	assert_true(place(&made, "/home/nick/.ssh") > place(&made, "/home/nick"));
	assert_true(place(&made, "/home/alice/.ssh") > place(&made, "/home/alice"));
}

static void a_home_that_is_missing_or_the_root_is_no_mount(void **state)
{
	static const char *const homes[] = { "/home/gone", "/", "", "//" };
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	for (size_t i = 0; i < sizeof(homes) / sizeof(*homes); i++) {
		free(made.user.home);
		made.user.home = strdup(homes[i]);
		made_good(&made, LINES(NULL));
		assert_string_equal(made.plan.mounts.items[made.plan.mounts.count - 1].target,
				    "/root");
	}
	free(made.user.home);
	made.user.home = strdup("/home/gone");
	made_good(&made, LINES(NULL));
	assert_true(made_warned(&made, "home '/home/gone' does not exist on this host"));
}

static void a_service_has_nobodys_home_and_root_an_empty_one(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made.context.service = made.context.no_home = true;
	made_good(&made, LINES(NULL));
	assert_true(made_mount(&made, "/home")->seal);
	assert_null(made_mount(&made, "/home/alice"));
	made.user.uid = 0;
	free(made.user.home);
	made.user.home = strdup("/root");
	made_good(&made, LINES(NULL));
	expect_tmpfs(&made, "/root", "mode=0700,uid=0,gid=1000", NO_SUID_DEV, false);
}

static void what_is_hidden_stays_so_in_the_home_too(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("hide = /home/*/.ssh, /srv/data, /gone", "hide = /home/bob"));
	assert_true(place(&made, "/home/alice/.ssh") > place(&made, "/home/alice"));
	assert_true(made_mount(&made, "/srv/data")->seal);
	assert_null(made_mount(&made, "/gone"));
	assert_null(made_mount(&made, "/home/bob"));
	assert_int_equal(made_mount(&made, "/etc/shadow")->kind, MOUNT_MASK);
}

static void an_own_home_that_is_hidden_from_others_is_there(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	free(made.user.home);
	made.user.home = strdup("/opt/alice");
	made_good(&made, LINES("hide = /opt, /opt/alice, /home/bob"));
	assert_true(made_mount(&made, "/opt")->seal);
	expect_bind(&made, "/opt/alice", "/opt/alice", MOUNT_ATTR_NODEV, true);
	assert_true(place(&made, "/opt") < place(&made, "/opt/alice"));
	made.user.uid = 1001;
	made_good(&made, LINES("hide = /opt/alice"));
	assert_true(made.plan.mounts.items[made.plan.mounts.count - 1].seal);
	assert_string_equal(made.plan.mounts.items[made.plan.mounts.count - 1].target,
			    "/opt/alice");
}

static void the_policy_folder_is_covered_wherever_it_is(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made.context.conf = "/srv/data";
	made_good(&made, LINES(NULL));
	assert_non_null(made_mount(&made, CONFINE_CONF));
	assert_non_null(made_mount(&made, "/srv/data"));
}

static void a_volume_goes_to_the_real_path_of_its_target(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made,
		  LINES("volume = /srv/link:/srv/link:ro", "volume = /srv/data:/var/run/data",
			"volume = /home/%u:/tmp/deep/er"));
	expect_bind(&made, "/srv/data", "/srv/data", MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, false);
	assert_true(made_mount(&made, "/srv/data")->recursive);
	expect_bind(&made, "/run/data", "/srv/data", MOUNT_ATTR_NODEV, true);
	expect_bind(&made, "/tmp/deep/er", "/home/alice", MOUNT_ATTR_NODEV, true);
}

static void a_users_link_in_a_private_folder_leads_nowhere(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("volume = /srv/data:/tmp/evil/data"));
	expect_bind(&made, "/tmp/evil/data", "/srv/data", MOUNT_ATTR_NODEV, true);
}

static void volumes_are_mounted_by_depth_and_then_as_written(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made,
		  LINES("volume = /opt:/srv/data/deep", "tmpfs = /srv/data", "tmpfs = /opt"));
	assert_true(place(&made, "/opt") < place(&made, "/srv/data"));
	assert_true(place(&made, "/srv/data") < place(&made, "/srv/data/deep"));
	expect_bind(&made, "/srv/data/deep", "/opt", MOUNT_ATTR_NODEV, true);
}

static void a_volume_in_a_hidden_folder_or_among_homes_is_let_through(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("hide = /srv", "volume = /srv/data:/srv/data",
			       "volume = /home/bob:/home/bob:ro"));
	assert_true(place(&made, "/srv") < place(&made, "/srv/data"));
	expect_bind(&made, "/srv/data", "/srv/data", MOUNT_ATTR_NODEV, true);
	expect_bind(&made, "/home/bob", "/home/bob", MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, true);
}

static void devices_of_a_volume_count_only_from_the_hosts_dev(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("volume = /dev/snd:/dev/snd"));
	expect_bind(&made, "/dev/snd", "/dev/snd", 0, true);
}

static void a_volume_above_the_policy_covers_it_again(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("volume = /etc:/srv/data", "volume = /:/opt:ro"));
	assert_int_equal(made_mount(&made, "/srv/data/confine.d")->kind, MOUNT_TMPFS);
	assert_int_equal(made_mount(&made, "/opt/etc/confine.d")->kind, MOUNT_TMPFS);
	assert_int_equal(made_mount(&made, "/opt/run/confine")->kind, MOUNT_TMPFS);
}

static void a_tmpfs_has_its_options_and_dockers_attributes(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made,
		  LINES("tmpfs = /srv/data:size=1m,mode=0750,uid=1,gid=2,exec", "tmpfs = /opt:ro"));
	expect_tmpfs(&made, "/srv/data", "mode=0750,size=1048576,uid=1,gid=2", NO_SUID_DEV, false);
	expect_tmpfs(&made, "/opt", "mode=1777", NO_SUID_DEV_EXEC | MOUNT_ATTR_RDONLY, false);
	made_good(&made, LINES("tmpfs = /srv/data:nr_blocks=1k,size=50%,nr_inodes=10k",
			       "tmpfs = /opt:size=1m,nr_blocks=4"));
	expect_tmpfs(&made, "/srv/data", "mode=1777,size=50%,nr_inodes=10240", NO_SUID_DEV_EXEC,
		     false);
	expect_tmpfs(&made, "/opt", "mode=1777,nr_blocks=4", NO_SUID_DEV_EXEC, false);
}

static void a_volume_that_cannot_be_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{ { "volume = /srv/gone:/srv/data" },
		  "alice.ini: volume source '/srv/gone' does not exist on this host" },
		{ { "volume = /srv/data:/data" },
		  "alice.ini: volume target '/data' does not exist on this host" },
		{ { "tmpfs = /srv/data/new/er" },
		  "alice.ini: tmpfs target '/srv/data/new/er' does not exist on this host" },
		{ { "volume = /tmp/evil:/srv/data" },
		  "alice.ini: volume source '/tmp/evil': cannot open '/tmp/evil': Too many levels "
		  "of "
		  "symbolic links" },
		{ { "volume = /srv/data:/home/alice/link" },
		  "alice.ini: volume target '/home/alice/link': cannot open '/home/alice/link': "
		  "Too many "
		  "levels of symbolic links" },
		{ { "volume = /srv/data:/home/alice/new" },
		  "alice.ini: volume target '/home/alice/new' does not exist on this host" },
		{ { "volume = /srv/data:/dev" },
		  "alice.ini: volume target '/dev' is the container's own" },
		{ { "volume = /srv/data:/proc/x" },
		  "alice.ini: volume target '/proc/x' is the container's own" },
		{ { "tmpfs = /var/run" }, "alice.ini: tmpfs target '/run' is the container's own" },
		{ { "volume = /srv/data:/run/confine/self" },
		  "alice.ini: volume target '/run/confine/self' is the container's own" },
		{ { "volume = /srv/data:/etc/confine.d" },
		  "alice.ini: volume target '/etc/confine.d' takes the place of the cover of "
		  "'/etc/confine.d'" },
		{ { "tmpfs = /etc/confine.d/user" },
		  "alice.ini: tmpfs target '/etc/confine.d/user' takes the place of the cover of "
		  "'/etc/confine.d'" },
		{ { "volume = /srv/data:/etc" },
		  "alice.ini: volume target '/etc' takes the place of the cover of "
		  "'/etc/confine.d'" },
		{ { "volume = /srv/data:/srv/way/confine.d" },
		  "alice.ini: volume target '/etc/confine.d' takes the place of the cover of "
		  "'/etc/confine.d'" },
		{ { "rootfs = /srv/tree", "tmpfs = /etc/confine.d" },
		  "alice.ini: tmpfs target '/etc/confine.d' takes the place of the cover of "
		  "'/etc/confine.d'" },
		{ { "volume = /srv/data:/srv/notes" },
		  "alice.ini: volume target '/srv/notes' is no folder" },
		{ { "volume = /srv/notes:/srv/data" },
		  "alice.ini: volume target '/srv/data' is a folder, and its source is none" },
		{ { "tmpfs = /srv/notes" }, "alice.ini: tmpfs target '/srv/notes' is no folder" },
		{ { "volume = /etc/confine.d/seccomp:/srv/data" },
		  "alice.ini: volume source '/etc/confine.d/seccomp' lies in '/etc/confine.d'" },
		{ { "volume = /run/confine:/srv/data" },
		  "alice.ini: volume source '/run/confine' lies in '/run/confine'" },
		{ { "volume = /srv/data:/opt", "tmpfs = /opt" },
		  "alice.ini: target '/opt' is given twice, also in alice.ini: an entry of the "
		  "same suffix takes the other's place" },
		{ { "hide = /" }, "alice.ini: '/' cannot be hidden" },
		{ { "homes = /" }, "alice.ini: homes cannot be '/'" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
}

static void another_tree_holds_the_home_where_its_homes_are(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("rootfs = /srv/tree"));
	assert_string_equal(made.plan.rootfs, "/srv/tree");
	assert_false(made.plan.root_read_only);
	assert_true(made_mount(&made, "/home")->seal);
	expect_bind(&made, "/home/alice", "/home/alice", MOUNT_ATTR_NODEV, true);
	expect_bind(&made, "/etc/resolv.conf", "/run/systemd/resolve/stub-resolv.conf",
		    NO_SUID_DEV_EXEC | MOUNT_ATTR_RDONLY, false);
	assert_null(made_mount(&made, "/etc/hosts"));
	assert_true(made_warned(
		&made, "'/etc/hosts' is a symlink in rootfs '/srv/tree' and stays as it is"));
	assert_null(made_mount(&made, "/var/tmp"));
	assert_null(made_mount(&made, "/etc/shadow"));
	made_good(&made, LINES("rootfs = /srv/tree", "hide = /etc/shadow"));
	assert_non_null(made_mount(&made, "/etc/shadow"));
	made_good(&made, LINES("rootfs = /srv/tree", "read_only = yes"));
	assert_true(made.plan.root_read_only);
}

static void a_tree_that_others_can_change_or_with_links_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{ { "rootfs = /srv/gone" }, "alice.ini: rootfs '/srv/gone' does not exist" },
		{ { "rootfs = /etc/shadow" }, "alice.ini: rootfs '/etc/shadow' is not a folder" },
		{ { "rootfs = /home/alice" },
		  "alice.ini: rootfs '/home/alice': '/home/alice' does not belong to root" },
		{ { "rootfs = /home/bob/root" },
		  "alice.ini: rootfs '/home/bob/root': '/home/bob' does not belong to root" },
		{ { "rootfs = /etc" },
		  "alice.ini: rootfs '/etc' holds the policy folder '/etc/confine.d'" },
		{ { "rootfs = /srv/shared" },
		  "alice.ini: rootfs '/srv/shared': '/srv/shared' may be "
		  "written by others than root" },
		{ { "rootfs = /srv/linked" },
		  "alice.ini: rootfs '/srv/linked': 'dev' is a symlink" },
		{ { "rootfs = /srv/bare" }, "alice.ini: rootfs '/srv/bare' has no folder 'dev'" },
		{ { "rootfs = /srv/alien" },
		  "alice.ini: rootfs '/srv/alien': 'dev' does not belong to root" },
		{ { "rootfs = /srv/tree", "volume = /srv/data:/data" },
		  "alice.ini: volume target '/data' does not exist in rootfs '/srv/tree'" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
}

static void joining_here_takes_no_other_tree(void **state)
{
	static const struct refusal rows[] = {
		{ { "rootfs = /srv/tree" },
		  "alice.ini: rootfs '/srv/tree' cannot be had with join=here, "
		  "only the host's own tree" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made.context.here = true;
	REFUSE(&made, rows);
	made_good(&made, LINES("rootfs = /"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_private_devpts_takes_the_place_of_the_hosts),
		cmocka_unit_test(with_the_hosts_ipc_its_shm_and_mqueue_are_bound),
		cmocka_unit_test(system_paths_are_locked_unless_unconfined_or_privileged),
		cmocka_unit_test(run_entries_come_in_read_only_by_pattern),
		cmocka_unit_test(a_run_entry_that_leads_out_is_refused),
		cmocka_unit_test(only_the_own_home_shows_where_homes_are_covered),
		cmocka_unit_test(an_empty_home_is_the_users_own),
		cmocka_unit_test(with_all_homes_shown_only_the_own_is_writable),
		cmocka_unit_test(a_home_elsewhere_is_writable_only_for_its_owner),
		cmocka_unit_test(a_home_behind_a_link_that_is_covered_appears_under_both_names),
		cmocka_unit_test(a_home_that_is_missing_or_the_root_is_no_mount),
		cmocka_unit_test(a_service_has_nobodys_home_and_root_an_empty_one),
		cmocka_unit_test(what_is_hidden_stays_so_in_the_home_too),
		cmocka_unit_test(an_own_home_that_is_hidden_from_others_is_there),
		cmocka_unit_test(the_policy_folder_is_covered_wherever_it_is),
		cmocka_unit_test(a_volume_goes_to_the_real_path_of_its_target),
		cmocka_unit_test(a_users_link_in_a_private_folder_leads_nowhere),
		cmocka_unit_test(volumes_are_mounted_by_depth_and_then_as_written),
		cmocka_unit_test(a_volume_in_a_hidden_folder_or_among_homes_is_let_through),
		cmocka_unit_test(devices_of_a_volume_count_only_from_the_hosts_dev),
		cmocka_unit_test(a_volume_above_the_policy_covers_it_again),
		cmocka_unit_test(a_tmpfs_has_its_options_and_dockers_attributes),
		cmocka_unit_test(a_volume_that_cannot_be_is_refused),
		cmocka_unit_test(another_tree_holds_the_home_where_its_homes_are),
		cmocka_unit_test(a_tree_that_others_can_change_or_with_links_is_refused),
		cmocka_unit_test(joining_here_takes_no_other_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
