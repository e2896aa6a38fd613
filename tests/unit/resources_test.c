/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits of a container made into files of cgroup v2, on hosts that have and
 * have not what they need. The expected values are runc's.
 */
#include "made_up_plan.h"

struct row {
	const char *lines[MOST_LINES + 1];
	const char *limits; /* "FILE TEXT" each, a newline after each */
};

static void assert_limits(const struct made_plan *made, const char *expected)
{
	char text[1024] = "";

	for (size_t i = 0; i < made->plan.limits.count; i++) {
		strcat(text, made->plan.limits.items[i].file);
		strcat(text, " ");
		strcat(text, made->plan.limits.items[i].text);
		strcat(text, "\n");
	}
	assert_string_equal(text, expected);
}

static const struct row written[] = {
	{ { "memory = 512m" }, "memory.max 536870912\nmemory.swap.max 536870912\n" },
	{ { "memory = 512m", "memory_swap = 512m" }, "memory.max 536870912\nmemory.swap.max 0\n" },
	{ { "memory = 512m", "memory_swap = 1g" },
	  "memory.max 536870912\nmemory.swap.max 536870912\n" },
	{ { "memory = 512m", "memory_swap = -1" }, "memory.max 536870912\nmemory.swap.max max\n" },
	{ { "memory = 512m", "memory_swap = 0" },
	  "memory.max 536870912\nmemory.swap.max 536870912\n" },
	{ { "cpus = 1.5" }, "cpu.max 150000 100000\n" },
	{ { "cpus = 0.01" }, "cpu.max 1000 100000\n" },
	{ { "cpus = 4" }, "cpu.max 400000 100000\n" },
	{ { "cpu_shares = 1024" }, "cpu.weight 100\n" },
	{ { "cpu_shares = 1" }, "cpu.weight 1\n" },
	{ { "cpu_shares = 2" }, "cpu.weight 1\n" },
	{ { "cpu_shares = 512" }, "cpu.weight 59\n" },
	{ { "cpu_shares = 262144" }, "cpu.weight 10000\n" },
	{ { "cpuset_cpus = 0-2,5", "cpuset_mems = 0" }, "cpuset.cpus 0-2,5\ncpuset.mems 0\n" },
	{ { "pids_limit = 100" }, "pids.max 100\n" },
	{ { "device_read_bps = /dev/disk:1mb", "device_write_bps = /dev/loop0:10kb" },
	  "io.max 7:0 rbps=1048576\nio.max 7:0 wbps=10240\n" },
	{ { "memory = 0", "memory_swap = -1", "cpus = 0", "pids_limit = -1", "blkio_weight = 0",
	    "device_read_bps = /dev/loop0:0" },
	  "" },
};

static void limits_become_the_files_that_runc_writes(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++) {
		made_good(&made, written[i].lines);
		assert_limits(&made, written[i].limits);
		assert_false(made.plan.scope);
	}
}

static void where_the_kernel_cannot_swap_memory_alone_is_limited(void **state)
{
	struct host_resources poor = { .has_swap = false };
	scope_made struct made_plan made;
	static const struct refusal refusals[] = {
		{ { "memory = 1g", "memory_swap = 2g" },
		  "alice.ini: memory_swap: this kernel has no swap" },
	};

	(void)state;
	made_plan_init(&made);
	strings_add(&poor.controllers, "memory", &made.error);
	made.host.context = &poor;
	made_good(&made, LINES("memory = 1g"));
	assert_limits(&made, "memory.max 1073741824\n");
	REFUSE(&made, refusals);
	strings_clear(&poor.controllers);
}

static void a_disks_weight_goes_to_the_file_that_the_kernel_has(void **state)
{
	struct host_resources rich = { .has_bfq = true };
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	strings_add(&rich.controllers, "io", &made.error);
	made.host.context = &rich;
	made_good(&made, LINES("blkio_weight = 300"));
	assert_limits(&made, "io.bfq.weight 300\n");
	rich.has_io_cost = true;
	made_good(&made, LINES("blkio_weight = 300"));
	assert_limits(&made, "io.bfq.weight 300\nio.weight 2930\n");
	rich.has_bfq = false;
	made_good(&made, LINES("blkio_weight = 1000"));
	assert_limits(&made, "io.weight 10000\n");
	made_good(&made, LINES("blkio_weight = 10"));
	assert_limits(&made, "io.weight 1\n");
	strings_clear(&rich.controllers);
}

static const struct refusal refusals[] = {
	{ { "cpus = 4.01" }, "alice.ini: cpus: more than this host has, 4" },
	{ { "cpuset_cpus = 0-3" },
	  "alice.ini: cpuset_cpus: '0-3': number 3 is not there, this host has 0-2,5" },
	{ { "cpuset_cpus = 6" },
	  "alice.ini: cpuset_cpus: '6': number 6 is not there, this host has 0-2,5" },
	{ { "cpuset_mems = 0,1" },
	  "alice.ini: cpuset_mems: '0,1': number 1 is not there, this host has 0" },
	{ { "pids_limit = 3" },
	  "alice.ini: pids_limit: 3 is less than the 4 tasks of a login: init, the server's "
	  "process, a shell, a command" },
	{ { "blkio_weight = 300" },
	  "alice.ini: blkio_weight: no disk's requests are weighed here: none has the scheduler "
	  "BFQ, nor io.cost" },
	{ { "memory_reservation = 256m" },
	  "alice.ini: memory_reservation: cgroup v2 leaves memory to no container whose parents "
	  "have none to leave" },
	{ { "device_read_bps = /dev/null:1m" },
	  "alice.ini: device_read_bps: '/dev/null' is not a block device" },
	{ { "device_read_bps = /dev/snd:1m" },
	  "alice.ini: device_read_bps: '/dev/snd' is not a block device" },
	{ { "device_write_bps = /dev/nosuch:1m" },
	  "alice.ini: device_write_bps: device '/dev/nosuch' does not exist" },
	{ { "device_write_bps = /dev/loop0p1:1m" },
	  "alice.ini: device_write_bps: '/dev/loop0p1' is a partition: the kernel limits whole "
	  "disks" },
};

static void limits_that_cannot_be_are_refused(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, refusals);
}

#define MISSING(key, controller) \
	"alice.ini: " key ": cgroup v2 has no controller '" controller "' on this host"

static const struct refusal missing[] = {
	{ { "memory = 1g" }, MISSING("memory", "memory") },
	{ { "cpus = 1" }, MISSING("cpus", "cpu") },
	{ { "cpu_shares = 10" }, MISSING("cpu_shares", "cpu") },
	{ { "cpuset_cpus = 0" }, MISSING("cpuset_cpus", "cpuset") },
	{ { "cpuset_mems = 0" }, MISSING("cpuset_mems", "cpuset") },
	{ { "pids_limit = 100" }, MISSING("pids_limit", "pids") },
	{ { "blkio_weight = 100" }, MISSING("blkio_weight", "io") },
	{ { "device_read_bps = /dev/loop0:1m" }, MISSING("device_read_bps", "io") },
};

/* As on a hybrid host, where version 1 has taken the controllers. */
static void a_missing_controller_is_refused_by_name(void **state)
{
	struct host_resources hybrid = { .has_swap = true };
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	strings_add(&hybrid.controllers, "hugetlb", &made.error);
	made.host.context = &hybrid;
	REFUSE(&made, missing);
	made_good(&made, LINES("memory = 0", "pids_limit = 0"));
	strings_clear(&hybrid.controllers);
}

/* user-UID.slice stands between a container and those that it would be weighed against. */
static void under_systemd_a_weight_is_refused(void **state)
{
	struct host_resources systemd = { .systemd = true, .has_bfq = true };
	scope_made struct made_plan made;
	static const struct refusal weights[] = {
		{ { "cpu_shares = 512" },
		  "alice.ini: cpu_shares: under systemd slices are weighed, not containers: set "
		  "CPUWeight of user-1000.slice" },
		{ { "blkio_weight = 300" },
		  "alice.ini: blkio_weight: under systemd slices are weighed, not containers: set "
		  "IOWeight of user-1000.slice" },
	};

	(void)state;
	made_plan_init(&made);
	strings_add(&systemd.controllers, "cpu", &made.error);
	strings_add(&systemd.controllers, "io", &made.error);
	made.host.context = &systemd;
	REFUSE(&made, weights);
	strings_clear(&systemd.controllers);
}

static void a_rate_of_writing_needs_the_memory_controller(void **state)
{
	struct host_resources poor = { 0 };
	scope_made struct made_plan made;
	static const struct refusal refused[] = {
		{ { "device_write_bps = /dev/loop0:1m" },
		  "alice.ini: device_write_bps: cgroup v2 has no controller 'memory' on this "
		  "host" },
	};

	(void)state;
	made_plan_init(&made);
	strings_add(&poor.controllers, "io", &made.error);
	made.host.context = &poor;
	REFUSE(&made, refused);
	made_good(&made, LINES("device_read_bps = /dev/loop0:1m"));
	strings_clear(&poor.controllers);
}

static void more_memory_than_there_is_limits_nothing_and_is_warned_of(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("memory = 9g"));
	assert_true(made_warned(&made,
				"alice.ini: memory of 9663676416 is more than this host has, "
				"8589934592: it limits nothing"));
	made_good(&made, LINES("memory = 7g"));
	assert_int_equal(made.plan.warnings.count, 0);
}

static void under_systemd_a_scope_bears_the_limits(void **state)
{
	struct host_resources systemd = { .systemd = true };
	scope_made struct made_plan made;
	char *text;

	(void)state;
	made_plan_init(&made);
	strings_add(&systemd.controllers, "pids", &made.error);
	made.host.context = &systemd;
	made_good(&made, LINES("pids_limit = 100"));
	assert_true(made.plan.scope);
	text = plan_print_text(&made.plan);
	assert_non_null(strstr(text, "\nlimit          pids.max 100\n"
				     "cgroup         a scope of systemd's\n"));
	free(text);
	text = plan_print_json(&made.plan);
	assert_non_null(strstr(text, "\"limits\":[\n    \"pids.max 100\"\n  ],\n"
				     "  \"scope\":true,"));
	free(text);
	made_good(&made, LINES("pids_limit = 0"));
	assert_false(made.plan.scope);
	strings_clear(&systemd.controllers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_become_the_files_that_runc_writes),
		cmocka_unit_test(where_the_kernel_cannot_swap_memory_alone_is_limited),
		cmocka_unit_test(a_disks_weight_goes_to_the_file_that_the_kernel_has),
		cmocka_unit_test(limits_that_cannot_be_are_refused),
		cmocka_unit_test(a_missing_controller_is_refused_by_name),
		cmocka_unit_test(under_systemd_a_weight_is_refused),
		cmocka_unit_test(a_rate_of_writing_needs_the_memory_controller),
		cmocka_unit_test(more_memory_than_there_is_limits_nothing_and_is_warned_of),
		cmocka_unit_test(under_systemd_a_scope_bears_the_limits),
	};

	return cmocka_run_group_tests_name("resources", tests, NULL, NULL);
}
