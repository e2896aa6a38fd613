/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The real host: what it says of this machine, held against what the machine
 * says by other ways. Made files stand in a folder below /tmp; what needs root
 * is skipped without it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include "../../lib/base/scope.h"
#include "../../lib/plan/host.h"

struct bench {
	struct host host;
	char folder[64];
};

static int set_up(void **state)
{
	static struct bench bench;
	struct error error = ERROR_INIT;

	strcpy(bench.folder, "/tmp/confine-host-test.XXXXXX");
	if (!mkdtemp(bench.folder) || host_init(&bench.host, &error))
		return -1;
	*state = &bench;
	return 0;
}

static int tear_down(void **state)
{
	const struct bench *bench = *state;
	scope_memory char *command = text_format("rm -rf %s", bench->folder);

	return system(command);
}

static void needs_root(void)
{
	if (geteuid())
		skip();
}

/* A path below the test's folder. */
static char *below(const struct bench *bench, const char *name)
{
	return text_format("%s/%s", bench->folder, name);
}

static void the_facts_are_those_of_this_machine(void **state)
{
	const struct host *host = &((struct bench *)*state)->host;
	struct utsname names;
	unsigned major, minor;

	assert_int_equal(uname(&names), 0);
	assert_int_equal(sscanf(names.release, "%u.%u", &major, &minor), 2);
	assert_int_equal(host->kernel_major, major);
	assert_int_equal(host->kernel_minor, minor);
	assert_string_equal(host->name, names.nodename);
	for (int capability = 0; capability <= host->last_cap; capability++)
		assert_int_equal(host->bounding >> capability & 1,
				 (uint64_t)prctl(PR_CAPBSET_READ, capability, 0, 0, 0));
	assert_int_equal(host->bounding >> (host->last_cap + 1), 0);
	assert_int_equal(prctl(PR_CAPBSET_READ, host->last_cap + 1, 0, 0, 0), -1);
	assert_true(host->has_seccomp);
	assert_true(host->most_files > 1024);
}

static void a_file_is_found_by_its_real_path(void **state)
{
	struct bench *bench = *state;
	scope_of(host_file) struct host_file file = { 0 };
	struct error error = ERROR_INIT;

	assert_int_equal(bench->host.file(&bench->host, "/", "/proc/../dev//./null", &file, &error),
			 0);
	assert_string_equal(file.real, "/dev/null");
	assert_true(S_ISCHR(file.mode));
	assert_int_equal(bench->host.file(&bench->host, "/", "/nonexistent/x", &file, &error), -1);
	assert_int_equal(error.number, ENOENT);
}

static void a_last_link_is_followed_where_only_root_could_have_made_it(void **state)
{
	struct bench *bench = *state;
	scope_memory char *link = below(bench, "to-null");
	scope_of(host_file) struct host_file file = { 0 };
	struct error error = ERROR_INIT;

	needs_root();
	assert_int_equal(symlink("/dev/null", link), 0);
	assert_int_equal(bench->host.file(&bench->host, "/", link, &file, &error), 0);
	assert_string_equal(file.real, "/dev/null");
	host_file_clear(&file);
	assert_int_equal(chown(bench->folder, 1, 1), 0);
	assert_int_equal(bench->host.file(&bench->host, "/", link, &file, &error), -1);
	assert_int_equal(error.number, ELOOP);
	assert_int_equal(chown(bench->folder, 0, 0), 0);
}

static void in_another_root_no_link_is_followed(void **state)
{
	struct bench *bench = *state;
	scope_memory char *link = below(bench, "link"), *real = below(bench, "real");
	scope_of(host_file) struct host_file file = { 0 };
	struct error error = ERROR_INIT;

	assert_int_equal(symlink("real", link), 0);
	assert_int_equal(mkdir(real, 0755), 0);
	assert_int_equal(bench->host.file(&bench->host, bench->folder, "/real", &file, &error), 0);
	assert_string_equal(file.real, "/real");
	assert_int_equal(bench->host.file(&bench->host, bench->folder, "/link", &file, &error), -1);
	assert_int_equal(error.number, ELOOP);
}

static void a_device_is_found_by_its_numbers(void **state)
{
	struct bench *bench = *state;
	scope_of(host_nodes) struct host_nodes nodes = { 0 };
	struct error error = ERROR_INIT;

	assert_int_equal(bench->host.devices(&bench->host, "/dev/null", &nodes, &error), 0);
	assert_int_equal(nodes.count, 1);
	assert_false(nodes.folder);
	assert_string_equal(nodes.items[0].path, "/dev/null");
	assert_int_equal(nodes.items[0].type, 'c');
	assert_int_equal(nodes.items[0].major, 1);
	assert_int_equal(nodes.items[0].minor, 3);
	assert_int_equal(nodes.items[0].mode, 0666);
}

static void what_is_no_device_is_refused(void **state)
{
	static const struct {
		const char *path, *message;
	} table[] = {
		{ "/dev/gone", "device '/dev/gone' does not exist" },
		{ "/dev/null/x", "device '/dev/null/x' does not exist" },
		{ "/etc/passwd", "'/etc/passwd' is not a device node" },
		{ "/var/empty-of-devices", "device '/var/empty-of-devices' does not exist" },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct host_nodes nodes = { 0 };
		struct error error = ERROR_INIT;

		assert_int_equal(bench->host.devices(&bench->host, table[i].path, &nodes, &error),
				 -1);
		assert_string_equal(error.text, table[i].message);
	}
	struct host_nodes nodes = { 0 };
	struct error error = ERROR_INIT;

	assert_int_equal(bench->host.devices(&bench->host, bench->folder, &nodes, &error), -1);
	assert_non_null(strstr(error.text, "is not a device node"));
}

static void a_folder_of_devices_is_walked_and_its_links_are_passed_over(void **state)
{
	struct bench *bench = *state;
	scope_memory char *folder = below(bench, "devices"), *deep = below(bench, "devices/deep");
	scope_memory char *node = below(bench, "devices/deep/node"),
			  *block = below(bench, "devices/a");
	scope_memory char *link = below(bench, "devices/link"),
			  *fifo = below(bench, "devices/fifo");
	scope_of(host_nodes) struct host_nodes nodes = { 0 };
	struct error error = ERROR_INIT;

	needs_root();
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(mkdir(deep, 0755), 0);
	assert_int_equal(mknod(node, S_IFCHR | 0600, makedev(200, 300)), 0);
	assert_int_equal(mknod(block, S_IFBLK | 0640, makedev(7, 3)), 0);
	assert_int_equal(symlink("/dev/null", link), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	if (bench->host.devices(&bench->host, folder, &nodes, &error))
		fail_msg("%s", error.text);
	assert_true(nodes.folder);
	assert_int_equal(nodes.count, 2);
	assert_string_equal(nodes.items[0].path, block);
	assert_int_equal(nodes.items[0].type, 'b');
	assert_string_equal(nodes.items[1].path, node);
	assert_int_equal(nodes.items[1].major, 200);
	assert_int_equal(nodes.items[1].minor, 300);
}

static void a_loop_of_links_is_an_error_and_no_hang(void **state)
{
	struct bench *bench = *state;
	scope_memory char *loop = below(bench, "loop");
	struct host_nodes nodes = { 0 };
	struct error error = ERROR_INIT;

	assert_int_equal(symlink("loop", loop), 0);
	assert_int_equal(bench->host.devices(&bench->host, loop, &nodes, &error), -1);
	assert_int_equal(error.number, ELOOP);
}

static void a_trusted_file_is_read_only_from_roots_folders(void **state)
{
	struct bench *bench = *state;
	scope_memory char *path = below(bench, "text"), *bytes = NULL;
	scope_stream FILE *out = fopen(path, "w");
	struct error error = ERROR_INIT;
	size_t size;

	fputs("hello", out);
	fflush(out);
	assert_int_equal(bench->host.read(&bench->host, path, false, 5, &bytes, &size, &error), 0);
	assert_string_equal(bytes, "hello");
	free(take_pointer(&bytes));
	assert_int_equal(bench->host.read(&bench->host, path, false, 4, &bytes, &size, &error), -1);
	/* /tmp can be written by all: nothing in it is policy. */
	assert_int_equal(bench->host.read(&bench->host, path, true, 5, &bytes, &size, &error), -1);
	assert_non_null(strstr(error.text, "may be written by others than root"));
	assert_int_equal(
		bench->host.read(&bench->host, "/etc/passwd", true, 1 << 20, &bytes, &size, &error),
		0);
}

static void a_fifo_in_place_of_a_file_does_not_hang(void **state)
{
	struct bench *bench = *state;
	scope_memory char *path = below(bench, "pipe"), *bytes = NULL;
	struct error error = ERROR_INIT;
	size_t size;

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(bench->host.read(&bench->host, path, false, 5, &bytes, &size, &error), -1);
	assert_non_null(strstr(error.text, "is not a regular file"));
}

static void a_pattern_gives_sorted_paths_and_none_is_no_error(void **state)
{
	struct bench *bench = *state;
	scope_of(strings) struct strings paths = { 0 }, none = { 0 };
	struct error error = ERROR_INIT;

	assert_int_equal(bench->host.glob(&bench->host, "/dev/[nz]*[lo]", &paths, &error), 0);
	assert_true(strings_contain(&paths, "/dev/null"));
	assert_string_equal(paths.items[paths.count - 1], "/dev/zero");
	assert_int_equal(bench->host.glob(&bench->host, "/nonexistent*", &none, &error), 0);
	assert_int_equal(none.count, 0);
}

static void a_pattern_matches_as_the_shells_does(void **state)
{
	static const struct {
		const char *pattern, *matches;
	} rows[] = {
		{ "/*", "/a[b /ab /ac" },
		{ "/.*", "/. /.. /.hidden" },
		{ "/a?", "/ab /ac" },
		{ "/a[!b]", "/ac" },
		{ "/a\\[b", "/a[b" },
		{ "//*//x", "/ab/x /ac/x" },
		{ "/*/x/", "/ab/x /ac/x" },
		{ "/ac/*", "/ac/x" },
		{ "/ab/x/*", "" },
		{ "/none/*", "" },
		{ "/ac/none", "" },
	};
	struct bench *bench = *state;
	scope_memory char *top = below(bench, "patterns");
	scope_memory char *make = text_format(
		"mkdir -p %s/ab %s/ac && cd %s && touch ab/x ac/x .hidden 'a[b'", top, top, top);
	struct error error = ERROR_INIT;

	assert_int_equal(system(make), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_memory char *pattern = text_format("%s%s", top, rows[i].pattern);
		scope_of(strings) struct strings paths = { 0 };
		char found[256] = "";

		assert_int_equal(host_glob(&bench->host, pattern, &paths, &error), 0);
		for (size_t j = 0; j < paths.count; j++) {
			strcat(found, j ? " " : "");
			strcat(found, paths.items[j] + strlen(top));
		}
		assert_string_equal(found, rows[i].matches);
	}
}

static void no_descriptor_left_is_no_empty_folder(void **state)
{
	struct bench *bench = *state;
	scope_of(strings) struct strings paths = { 0 };
	struct error error = ERROR_INIT;
	struct rlimit limit, none;

	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	assert_int_equal(host_glob(&bench->host, "/dev/n*", &paths, &error), -1);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_string_equal(error.text, "cannot look for '/dev': Too many open files");
}

static void a_group_is_found_by_name_or_number(void **state)
{
	struct bench *bench = *state;
	const struct group *root = getgrgid(0);
	struct error error = ERROR_INIT;
	gid_t gid = 1;

	assert_int_equal(bench->host.group(&bench->host, root->gr_name, &gid, &error), 0);
	assert_int_equal(gid, 0);
	assert_int_equal(bench->host.group(&bench->host, "54321", &gid, &error), 0);
	assert_int_equal(gid, 54321);
	assert_int_equal(bench->host.group(&bench->host, "4294967295", &gid, &error), -1);
	assert_string_equal(error.text, "no group named '4294967295'");
	assert_int_equal(bench->host.group(&bench->host, "-1", &gid, &error), -1);
	assert_int_equal(bench->host.group(&bench->host, "", &gid, &error), -1);
}

static void a_user_is_found_with_all_their_groups(void **state)
{
	scope_of(host_user) struct host_user user = { 0 };
	struct error error = ERROR_INIT;
	const struct passwd *record = getpwuid(geteuid());
	gid_t gids[256];
	int count = 256;

	(void)state;
	assert_int_equal(host_user_find(record->pw_name, &user, &error), 0);
	assert_string_equal(user.name, record->pw_name);
	assert_int_equal(user.uid, geteuid());
	assert_int_equal(user.gids[0], record->pw_gid);
	assert_string_equal(user.group, user.groups.items[0]);
	getgrouplist(record->pw_name, record->pw_gid, gids, &count);
	assert_int_equal(user.groups.count, count);
}

static void nobody_is_found_by_a_name_that_is_not_there(void **state)
{
	static const struct {
		const char *name, *message;
	} table[] = { { "no-such-user", "no user named 'no-such-user'" },
		      { "", "no user named ''" },
		      { "0", "no user named '0'" },
		      { "a\nb", "no user named 'a\\x0ab'" } };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct host_user user = { 0 };
		struct error error = ERROR_INIT;

		assert_int_equal(host_user_find(table[i].name, &user, &error), -1);
		assert_string_equal(error.text, table[i].message);
		assert_null(user.name);
	}
}

static void root_of_a_service_belongs_to_its_own_group_only(void **state)
{
	scope_of(host_user) struct host_user user = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(host_user_root(&user, &error), 0);
	assert_string_equal(user.name, "root");
	assert_int_equal(user.uid, 0);
	assert_int_equal(user.groups.count, 1);
	assert_int_equal(user.gids[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_facts_are_those_of_this_machine),
		cmocka_unit_test(a_file_is_found_by_its_real_path),
		cmocka_unit_test(a_last_link_is_followed_where_only_root_could_have_made_it),
		cmocka_unit_test(in_another_root_no_link_is_followed),
		cmocka_unit_test(a_device_is_found_by_its_numbers),
		cmocka_unit_test(what_is_no_device_is_refused),
		cmocka_unit_test(a_folder_of_devices_is_walked_and_its_links_are_passed_over),
		cmocka_unit_test(a_loop_of_links_is_an_error_and_no_hang),
		cmocka_unit_test(a_trusted_file_is_read_only_from_roots_folders),
		cmocka_unit_test(a_fifo_in_place_of_a_file_does_not_hang),
		cmocka_unit_test(a_pattern_gives_sorted_paths_and_none_is_no_error),
		cmocka_unit_test(a_pattern_matches_as_the_shells_does),
		cmocka_unit_test(no_descriptor_left_is_no_empty_folder),
		cmocka_unit_test(a_group_is_found_by_name_or_number),
		cmocka_unit_test(a_user_is_found_with_all_their_groups),
		cmocka_unit_test(nobody_is_found_by_a_name_that_is_not_there),
		cmocka_unit_test(root_of_a_service_belongs_to_its_own_group_only),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
