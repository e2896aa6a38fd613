/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose files are read and how they merge, and the check of a whole folder.
 * Policies must be root's, so this needs root: the folder is a tmpfs in a mount
 * namespace of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/scope.h"
#include "../../lib/policy/exempt.h"
#include "../../lib/policy/keys.h"

#define CONF "/mnt/confine.d"

static bool make_host(void)
{
	return !geteuid() && !unshare(CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("policy_test", "/mnt", "tmpfs", 0, "mode=0755");
}

static void must(int result, const char *what)
{
	if (result)
		fail_msg("%s: %s", what, strerror(errno));
}

static int fresh_folder(void **state)
{
	(void)state;
	must(umount("/mnt"), "umount");
	must(mount("policy_test", "/mnt", "tmpfs", 0, "mode=0755"), "mount");
	must(mkdir(CONF, 0755), "mkdir");
	must(mkdir(CONF "/user", 0755), "mkdir");
	must(mkdir(CONF "/group", 0755), "mkdir");
	return 0;
}

static void put(const char *name, const char *text)
{
	scope_memory char *path = text_format(CONF "/%s", name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		fail_msg("%s: %s", path, strerror(errno));
}

static char names_of_groups[][16] = { "students", "staff", "audio" };
static char *groups[] = { names_of_groups[0], names_of_groups[1], names_of_groups[2] };
static const struct subject alice = { "alice", 1000, groups, 3 };

static void load(struct policy *policy)
{
	struct error error = ERROR_INIT;
	char text[1024];

	*policy = (struct policy){ 0 };
	if (policy_load(policy, CONF, &alice, NULL, NULL, &error))
		fail_msg("%s", error_format(&error, text, sizeof(text)));
}

/* The values of a key as "text text". */
static const char *values(const struct policy *policy, int key)
{
	static char text[4096];
	const struct setting *setting = &policy->settings[key];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < setting->count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
					 setting->values[i].text);
	return text;
}

static void assert_refused(const struct subject *subject, const char *message)
{
	scope_of(policy) struct policy policy = { 0 };
	struct error error = ERROR_INIT;
	char text[1024];

	if (!policy_load(&policy, CONF, subject, NULL, NULL, &error))
		fail_msg("taken, but should be: %s", message);
	assert_string_equal(error_format(&error, text, sizeof(text)), message);
	assert_int_equal(error.kind, ERROR_POLICY);
}

static void no_file_is_no_layer(void **state)
{
	scope_of(policy) struct policy policy = { 0 };

	(void)state;
	load(&policy);
	assert_int_equal(policy.files.count, 0);
	assert_null(policy_value(&policy, KEY_PRIVILEGED));
	assert_string_equal(values(&policy, KEY_HOMES), "/home");
	assert_string_equal(policy.settings[KEY_HOMES].values[0].origin.file, "built-in");
	must(rmdir(CONF "/user"), "rmdir");
	must(rmdir(CONF "/group"), "rmdir");
	policy_clear(&policy);
	load(&policy);
}

static void a_missing_folder_refuses(void **state)
{
	(void)state;
	must(rmdir(CONF "/user"), "rmdir");
	must(rmdir(CONF "/group"), "rmdir");
	must(rmdir(CONF), "rmdir");
	assert_refused(&alice, "the policy folder '" CONF "' does not exist");
}

static void the_most_specific_layer_wins_a_single_value(void **state)
{
	scope_of(policy) struct policy policy = { 0 };
	const struct value *value;

	(void)state;
	put("default.ini",
	    "[container]\nhostname = default\nshm_size = 1m\npid = host\n[session]\nhome = all\n");
	put("group/staff.ini",
	    "[policy]\npriority = 10\n[container]\nhostname = staff\nshm_size = 2m\n");
	put("group/students.ini", "[policy]\npriority = 20\n[container]\nhostname = students\n");
	put("user/alice.ini", "[session]\nhome = own\n");
	put("user/bob.ini", "[session]\nhome = nonsense\n");
	load(&policy);
	assert_string_equal(values(&policy, KEY_HOSTNAME), "students");
	assert_string_equal(values(&policy, KEY_SHM_SIZE), "2m");
	assert_string_equal(values(&policy, KEY_PID), "host");
	assert_string_equal(values(&policy, KEY_HOME), "own");
	value = policy_value(&policy, KEY_HOSTNAME);
	assert_string_equal(value->origin.file, CONF "/group/students.ini");
	assert_int_equal(value->origin.line, 4);
	assert_int_equal(policy.files.count, 4);
	assert_string_equal(policy.files.items[1], CONF "/group/staff.ini");
	assert_string_equal(policy.files.items[3], CONF "/user/alice.ini");
}

static void a_group_without_a_priority_has_fifty(void **state)
{
	scope_of(policy) struct policy policy = { 0 };

	(void)state;
	put("group/staff.ini", "[container]\nhostname = staff\n");
	put("group/students.ini", "[policy]\npriority = 51\n[container]\nhostname = students\n");
	load(&policy);
	assert_string_equal(values(&policy, KEY_HOSTNAME), "students");
	put("group/students.ini", "[policy]\npriority = 50\n[container]\nhostname = students\n");
	assert_refused(&alice, CONF "/group/students.ini:4: hostname: set otherwise than in " CONF
				    "/group/staff.ini:2, a group of the same [policy] priority");
}

static void a_list_adds_up_over_the_layers(void **state)
{
	scope_of(policy) struct policy policy = { 0 };

	(void)state;
	put("default.ini",
	    "[container]\ndevice = /dev/a, /dev/b\nenv.x = X=a,b\n[session]\nhomes = /data/home\n");
	put("group/staff.ini", "[container]\ndevice = /dev/c\n");
	put("user/alice.ini", "[container]\ndevice.mine = /dev/d\nenv = Y=1\n");
	load(&policy);
	assert_string_equal(values(&policy, KEY_DEVICE), "/dev/a /dev/b /dev/c /dev/d");
	assert_string_equal(values(&policy, KEY_ENV), "X=a,b Y=1");
	assert_string_equal(values(&policy, KEY_HOMES), "/home /data/home");
}

static void a_suffix_is_replaced_or_removed(void **state)
{
	scope_of(policy) struct policy policy = { 0 };

	(void)state;
	put("default.ini", "[container]\nvolume.a = /a:/a\nvolume.b = /b:/b\nvolume.c = /c:/c\n"
			   "device.snd = /dev/a, /dev/b\n");
	put("group/staff.ini", "[container]\nvolume.a = /x:/a\ndevice.snd = /dev/c\n");
	put("user/alice.ini", "[container]\nvolume.b =\nvolume.gone =\n[session]\nhide.root =\n");
	load(&policy);
	assert_string_equal(values(&policy, KEY_VOLUME), "/c:/c /x:/a");
	assert_string_equal(values(&policy, KEY_DEVICE), "/dev/c");
	assert_null(strstr(values(&policy, KEY_HIDE), "/root"));
	assert_non_null(strstr(values(&policy, KEY_HIDE), "/etc/shadow"));
}

static void an_empty_bare_key_drops_what_was_inherited(void **state)
{
	scope_of(policy) struct policy policy = { 0 };

	(void)state;
	put("default.ini", "[container]\nvolume.a = /a:/a\nenv = A=1\n");
	put("user/alice.ini",
	    "[container]\nvolume.mine = /b:/b\nvolume =\n[session]\nhide =\nhomes = \"\"\n");
	load(&policy);
	assert_string_equal(values(&policy, KEY_VOLUME), "/b:/b");
	assert_string_equal(values(&policy, KEY_HIDE), "");
	assert_string_equal(values(&policy, KEY_HOMES), "");
	assert_string_equal(values(&policy, KEY_ENV), "A=1");
}

static void capabilities_merge_over_the_layers(void **state)
{
	static const struct {
		const char *base, *staff, *own;
		uint64_t more, less; /* than Docker's default set */
	} table[] = {
		{ "cap_add = NET_ADMIN", "", "", 1 << 12, 0 },
		{ "cap_add = NET_ADMIN", "cap_drop = NET_ADMIN", "", 0, 0 },
		{ "cap_drop = MKNOD", "", "cap_add = MKNOD", 0, 0 },
		{ "cap_drop.x = MKNOD", "", "cap_drop.x =", 0, 0 },
		{ "cap_drop = MKNOD, CHOWN", "", "cap_drop =", 0, 0 },
		{ "cap_drop = ALL", "", "cap_drop =", 0, 0 },
		{ "cap_add = NET_ADMIN", "cap_add =", "", 0, 0 },
		{ "cap_drop = MKNOD", "cap_add = NET_ADMIN", "cap_add =", 0, 1 << 27 },
		{ "cap_add.x = NET_ADMIN", "cap_drop = NET_ADMIN", "cap_add.x = NET_ADMIN", 1 << 12,
		  0 },
		{ "cap_drop = ALL\ncap_add = NET_ADMIN", "", "cap_add = SYS_ADMIN",
		  1 << 12 | 1 << 21, 0xa80425fb },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_memory char *base = text_format("[container]\n%s\n", table[i].base);
		scope_memory char *staff = text_format("[container]\n%s\n", table[i].staff);
		scope_memory char *own = text_format("[container]\n%s\n", table[i].own);
		scope_of(policy) struct policy policy = { 0 };
		uint64_t expected = (UINT64_C(0xa80425fb) & ~table[i].less) | table[i].more;

		put("default.ini", base);
		put("group/staff.ini", staff);
		put("user/alice.ini", own);
		load(&policy);
		if (policy.caps.set != expected)
			fail_msg("row %zu: %llx", i, (unsigned long long)policy.caps.set);
	}
}

static void an_unknown_capability_is_told_with_its_place(void **state)
{
	(void)state;
	put("default.ini", "[container]\n\ncap_add = CHOWN, NET_ADMN\n");
	assert_refused(&alice, CONF "/default.ini:3: cap_add: unknown capability 'NET_ADMN'");
	put("default.ini", "[container]\ncap_drop = CHOWN,\n");
	assert_refused(&alice, CONF "/default.ini:2: cap_drop: empty entry in the list 'CHOWN,'");
}

/* staff.ini and students.ini of one priority; the message is at students', which is read later. */
static void groups_of_one_priority_must_not_contradict_each_other(void **state)
{
	static const struct {
		const char *staff, *students, *message;
	} table[] = {
		{ "privileged = yes", "privileged = no", "privileged: set otherwise than in" },
		{ "volume.x = /a:/b", "volume.x = /c:/b", "volume.x: set otherwise than in" },
		{ "volume.x = /a:/b", "volume.x =", "volume.x: set otherwise than in" },
		{ "cap_add = NET_ADMIN", "cap_drop = CHOWN, cap_net_admin",
		  "cap_drop: takes what is added in" },
		{ "cap_drop = MKNOD", "cap_add.x = CAP_MKNOD", "cap_add.x: adds what is taken in" },
		{ "cap_add = ALL", "cap_drop = all", "cap_drop: takes what is added in" },
		{ "device =", "device = /dev/a", "device: set, but reset in" },
		{ "cap_add =", "cap_add.x = CHOWN", "cap_add.x: set, but reset in" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_memory char *staff = text_format("[container]\n%s\n", table[i].staff);
		scope_memory char *students = text_format("[container]\n\n%s\n", table[i].students);
		scope_memory char *higher = text_format("[policy]\npriority=51\n%s", students);
		scope_memory char *message =
			text_format(CONF "/group/students.ini:3: %s " CONF
					 "/group/staff.ini:2, a group of the same [policy] priority",
				    table[i].message);
		scope_of(policy) struct policy policy = { 0 };

		put("group/staff.ini", staff);
		put("group/students.ini", students);
		assert_refused(&alice, message);
		/* With another priority it is no contradiction. */
		put("group/students.ini", higher);
		load(&policy);
	}
}

static void a_reset_in_the_later_of_two_groups_is_a_contradiction_too(void **state)
{
	(void)state;
	put("group/staff.ini", "[container]\ndevice = /dev/a\n");
	put("group/students.ini", "[container]\ndevice =\n");
	assert_refused(&alice, CONF "/group/staff.ini:2: device: set, but reset in " CONF
				    "/group/students.ini:2, a group of the same [policy] priority");
}

static void groups_of_one_priority_form_one_layer(void **state)
{
	scope_of(policy) struct policy policy = { 0 };

	(void)state;
	put("default.ini", "[container]\ndevice = /dev/z\n");
	put("group/staff.ini", "[container]\ndevice =\ndevice.x = /dev/a, /dev/b\nhostname = same\n"
			       "cap_add = ALL\n");
	put("group/students.ini",
	    "[container]\ndevice =\ndevice.x = /dev/a, /dev/b\ndevice.y = /dev/a\n"
	    "hostname = same\ncap_drop = MKNOD\n");
	load(&policy);
	assert_string_equal(values(&policy, KEY_DEVICE), "/dev/a /dev/b /dev/a");
	assert_string_equal(values(&policy, KEY_HOSTNAME), "same");
	/* Docker's algebra of the two lists together. */
	assert_true(policy.caps.set == (UINT64_MAX & ~(UINT64_C(1) << 27)));
}

static void confine_no_wins_among_groups_of_one_priority(void **state)
{
	static const struct {
		const char *staff, *students, *own;
		bool exempt;
	} table[] = {
		{ "confine = no", "confine = yes", "", true },
		{ "confine = yes", "confine = no", "", true },
		{ "confine = yes", "confine = yes", "", false },
		{ "confine = no", "confine = no", "confine = yes", false },
		{ "confine = no", "priority = 51\nconfine = yes", "", false },
		{ "confine = yes", "", "confine = no", true },
		{ "", "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_memory char *staff = text_format("[policy]\n%s\n", table[i].staff);
		scope_memory char *students = text_format("[policy]\n%s\n", table[i].students);
		scope_memory char *own = text_format("[policy]\n%s\n", table[i].own);
		scope_of(policy) struct policy policy = { 0 };

		put("group/staff.ini", staff);
		put("group/students.ini", students);
		put("user/alice.ini", own);
		load(&policy);
		assert_int_equal(policy_exempts(&policy), table[i].exempt);
	}
	put("user/alice.ini", "[policy]\nconfine = perhaps\n");
	assert_refused(&alice, CONF "/user/alice.ini:2: confine: 'perhaps' is neither yes nor no");
}

static void flags_stand_above_all_files(void **state)
{
	struct overrides overrides = { 0 };
	scope_of(policy) struct policy policy = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	put("user/alice.ini", "[container]\nhostname = file\ncap_drop = NET_ADMIN\nenv = A=1\n");
	assert_int_equal(overrides_add(&overrides, KEY_HOSTNAME, "one", "--hostname", &error), 0);
	assert_int_equal(overrides_add(&overrides, KEY_HOSTNAME, "two", "--hostname", &error), 0);
	assert_int_equal(overrides_add(&overrides, KEY_CAP_ADD, "NET_ADMIN", "--cap-add", &error),
			 0);
	assert_int_equal(overrides_add(&overrides, KEY_ENV, "B=2", "-e", &error), 0);
	assert_int_equal(overrides_add(&overrides, KEY_ENV, "C=3", "-e", &error), 0);
	assert_int_equal(policy_load(&policy, CONF, &alice, &overrides, NULL, &error), 0);
	assert_string_equal(values(&policy, KEY_HOSTNAME), "two");
	assert_string_equal(values(&policy, KEY_ENV), "A=1 B=2 C=3");
	assert_true(policy.caps.set & 1 << 12);
	assert_int_equal(overrides_add(&overrides, KEY_ENV, "", "-e", &error), -1);
	assert_string_equal(error.text, "-e needs a value");
	overrides_clear(&overrides);
}

static void names_of_directories_work(void **state)
{
	static char names[][32] = {
		"Alice",	"alice@example.org", "CORP\\alice",	  "a.b-c_d",
		"domain users", "alice..x",	     "gr\xc3\xbc\xc3\x9f"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *group[] = { names[i] };
		struct subject subject = { names[i], 1000, group, 1 };
		scope_memory char *user = text_format("user/%s.ini", names[i]);
		scope_memory char *of_group = text_format("group/%s.ini", names[i]);
		scope_of(policy) struct policy policy = { 0 };
		struct error error = ERROR_INIT;

		put(user, "[container]\nhostname = u\n");
		put(of_group, "[container]\nhostname = g\nuts = host\n");
		assert_int_equal(policy_load(&policy, CONF, &subject, NULL, NULL, &error), 0);
		assert_string_equal(values(&policy, KEY_HOSTNAME), "u");
		assert_string_equal(values(&policy, KEY_UTS), "host");
	}
}

static void a_user_whose_name_is_no_file_name_is_refused(void **state)
{
	static const char *const table[][2] = {
		{ "", "the user name '' is empty and cannot be a file's" },
		{ "..", "the user name '..' begins with a dot and cannot be a file's" },
		{ ".alice", "the user name '.alice' begins with a dot and cannot be a file's" },
		{ "-alice", "the user name '-alice' begins with a dash and cannot be a file's" },
		{ "a/b", "the user name 'a/b' has a '/' in it and cannot be a file's" },
		{ "x/../alice",
		  "the user name 'x/../alice' has a '/' in it and cannot be a file's" },
		{ "a\nb",
		  "the user name 'a\\x0ab' has a control character in it and cannot be a file's" },
	};
	char longest[300];
	struct subject subject = { longest, 1000, NULL, 0 };

	(void)state;
	put("user/alice.ini", "[session]\nhome = all\n");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct subject other = { table[i][0], 1000, NULL, 0 };

		assert_refused(&other, table[i][1]);
	}
	memset(longest, 'a', sizeof(longest));
	longest[251] = '\0';
	put("user/x.ini", "");
	{
		scope_of(policy) struct policy policy = { 0 };
		struct error error = ERROR_INIT;

		assert_int_equal(policy_load(&policy, CONF, &subject, NULL, NULL, &error), 0);
		memset(longest, 'a', sizeof(longest));
		longest[252] = '\0';
		assert_int_equal(policy_load(&policy, CONF, &subject, NULL, NULL, &error), -1);
		assert_non_null(strstr(error.text, "is too long and cannot be a file's"));
	}
}

static void keep_line(void *context, enum log_level level, const char *line)
{
	assert_int_equal(level, LOG_LEVEL_WARNING);
	strcat(context, line);
	strcat(context, "\n");
}

static void such_a_group_is_skipped_with_a_warning(void **state)
{
	char outside[] = "../user/eve", dash[] = "-x";
	char *names[] = { outside, dash, groups[1], groups[1] };
	struct subject subject = { "alice", 1000, names, 4 };
	char lines[1024] = "";
	struct log log = { keep_line, lines };
	scope_of(policy) struct policy policy = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	put("user/eve.ini", "[container]\nprivileged = yes\n");
	put("group/staff.ini", "[container]\nenv = A=1\n");
	assert_int_equal(policy_load(&policy, CONF, &subject, NULL, &log, &error), 0);
	assert_null(policy_value(&policy, KEY_PRIVILEGED));
	assert_string_equal(values(&policy, KEY_ENV), "A=1");
	assert_string_equal(
		lines,
		"group '../user/eve' is skipped: its name begins with a dot and cannot be "
		"a file's\n"
		"group '-x' is skipped: its name begins with a dash and cannot be a file's\n");
}

static void unsafe_owner(void)
{
	must(chown(CONF "/user/alice.ini", 1000, 0), "chown");
}

static void unsafe_mode(void)
{
	must(chmod(CONF "/user/alice.ini", 0664), "chmod");
}

static void unsafe_link(void)
{
	must(unlink(CONF "/user/alice.ini"), "unlink");
	must(symlink("bob.ini", CONF "/user/alice.ini"), "symlink");
}

static void unsafe_fifo(void)
{
	must(unlink(CONF "/user/alice.ini"), "unlink");
	must(mkfifo(CONF "/user/alice.ini", 0644), "mkfifo");
}

static void unsafe_folder_instead(void)
{
	must(unlink(CONF "/user/alice.ini"), "unlink");
	must(mkdir(CONF "/user/alice.ini", 0755), "mkdir");
}

static void unsafe_socket(void)
{
	must(unlink(CONF "/user/alice.ini"), "unlink");
	must(mknod(CONF "/user/alice.ini", S_IFSOCK | 0644, 0), "mknod");
}

static void unsafe_parent(void)
{
	must(chmod(CONF "/user", 0777), "chmod");
}

static void linked_parent(void)
{
	must(rename(CONF "/user", CONF "/real"), "rename");
	must(symlink("real", CONF "/user"), "symlink");
}

static void unsafe_conf(void)
{
	must(chmod(CONF, 0775), "chmod");
}

static const struct {
	void (*make)(void);
	const char *message;
} unsafe[] = {
	{ unsafe_owner, CONF "/user/alice.ini: 'user/alice.ini' does not belong to root" },
	{ unsafe_mode,
	  CONF "/user/alice.ini: 'user/alice.ini' may be written by others than root" },
	{ unsafe_link, CONF "/user/alice.ini: a symbolic link is no policy file" },
	{ unsafe_fifo, CONF "/user/alice.ini: 'user/alice.ini' is not a regular file" },
	{ unsafe_folder_instead, CONF "/user/alice.ini: 'user/alice.ini' is not a regular file" },
	{ unsafe_socket, CONF "/user/alice.ini: not a regular file" },
	{ unsafe_parent, CONF "/user/alice.ini: 'user/' may be written by others than root" },
	{ linked_parent, CONF "/user/alice.ini: 'user/' is not a folder" },
	{ unsafe_conf, "the policy folder: '" CONF "' may be written by others than root" },
};

static void what_others_could_have_written_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++) {
		scope_of(policy) struct policy policy = { 0 };

		fresh_folder(state);
		put("user/alice.ini", "[session]\nhome = own\n");
		put("user/bob.ini", "[session]\nhome = own\n");
		load(&policy);
		unsafe[i].make();
		alarm(10);
		assert_refused(&alice, unsafe[i].message);
		alarm(0);
	}
}

static void the_container_half_changes_with_its_own_keys_alone(void **state)
{
	static const struct {
		const char *text;
		bool same;
	} table[] = {
		{ "[container]\nenv = A=1\n", true },
		{ "[container]\ncap_add = NET_ADMIN\n", true },
		{ "[container]\nulimit = nofile=10\n", true },
		{ "[session]\nmax_sessions = 2\n", true },
		{ "[container]\nprivileged = yes\n", false },
		{ "[container]\nread_only = yes\n", false },
		{ "[container]\ndevice = /dev/a\n", false },
		{ "[session]\nhide.x = /x\n", false },
		{ "[session]\nlinger = no\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_of(policy) struct policy before = { 0 }, after = { 0 };
		scope_memory char *one = NULL, *two = NULL;

		put("user/alice.ini", "");
		load(&before);
		put("user/alice.ini", table[i].text);
		load(&after);
		one = policy_container_half(&before);
		two = policy_container_half(&after);
		if (!strcmp(one, two) != table[i].same)
			fail_msg("%s: %s", table[i].text, two);
	}
}

/* How many system calls of each number a child makes while it loads alice's policy. */
static void count_calls(unsigned *counts, size_t most)
{
	int status;
	pid_t child = fork();
	bool counting = false;

	memset(counts, 0, most * sizeof(*counts));
	if (!child) {
		struct policy policy;
		struct error error = ERROR_INIT;

		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		syscall(SYS_getppid); /* from here */
		_exit(policy_load(&policy, CONF, &alice, NULL, NULL, &error) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	/* Without it PTRACE_GET_SYSCALL_INFO cannot tell entries from exits (ptrace(2)). */
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD), 0);
	assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
	for (;;) {
		struct __ptrace_syscall_info call;

		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFSTOPPED(status))
			break;
		assert_true(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(call), &call) > 0);
		if (call.op == PTRACE_SYSCALL_INFO_ENTRY && call.entry.nr == SYS_getppid)
			counting = true;
		else if (counting && call.op == PTRACE_SYSCALL_INFO_ENTRY && call.entry.nr < most)
			counts[call.entry.nr]++;
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void twenty_thousand_policies_cost_what_one_costs(void **state)
{
	unsigned one[512], many[512];

	(void)state;
	put("default.ini", "[container]\nenv = A=1\n");
	put("group/staff.ini", "[container]\nenv = B=1\n");
	put("user/alice.ini", "[container]\nenv = C=1\n");
	count_calls(one, 512);
	for (int i = 0; i < 10000; i++) {
		scope_memory char *user = text_format("user/user%d.ini", i);
		scope_memory char *group = text_format("group/group%d.ini", i);

		put(user, "[container]\nnonsense\n");
		put(group, "[container]\nnonsense\n");
	}
	count_calls(many, 512);
	/* When the allocator asks for more is its own affair. */
	one[SYS_mmap] = many[SYS_mmap] = one[SYS_munmap] = many[SYS_munmap] = 0;
	one[SYS_brk] = many[SYS_brk] = 0;
	assert_memory_equal(one, many, sizeof(one));
	/* No folder is listed; what is opened are five names (three are there) in folders whose
	 * parts are opened one by one, and iniparser's three. */
	assert_int_equal(one[SYS_getdents64], 0);
	assert_in_range(one[SYS_openat], 8, 24);
}

static void assert_exempt(const char *argument, const struct subject *subject, const char *reason,
			  const char *warning)
{
	char lines[1024] = "";
	struct log log = { keep_line, lines };
	struct error error = ERROR_INIT;
	scope_memory char *why = NULL;

	assert_int_equal(exempt_reason(CONF, argument, subject, &log, &why, &error), 0);
	if (reason)
		assert_non_null(why);
	else
		assert_null(why);
	if (reason)
		assert_string_equal(why, reason);
	assert_string_equal(lines, warning);
}

static void root_and_exempt_groups_are_never_confined(void **state)
{
	static const struct subject root = { "toor", 0, NULL, 0 };

	(void)state;
	assert_exempt(NULL, &root, "uid 0", "");
	assert_exempt(NULL, &alice, NULL, "");
	assert_exempt("wheel,, staff", &alice, "group staff in exempt_group=", "");
	assert_exempt("wheel,staffs,sta", &alice, NULL, "");
	assert_exempt("", &alice, NULL, "");
	put("exempt", "# admins\nwheel\n\n  audio  \n; end");
	assert_exempt(NULL, &alice, "group audio in " CONF "/exempt", "");
	put("exempt", "wheel\nstaff");
	assert_exempt(NULL, &alice, "group staff in " CONF "/exempt", "");
	put("exempt", "# staff\n");
	assert_exempt(NULL, &alice, NULL, "");
	put("exempt", "staff");
	put("user/alice.ini", "garbage");
	assert_exempt(NULL, &alice, "group staff in " CONF "/exempt", "");
}

static void an_unsafe_exempt_file_exempts_no_one_and_is_warned_of(void **state)
{
	static const struct subject root = { "root", 0, NULL, 0 };

	(void)state;
	put("exempt", "staff\n");
	must(chmod(CONF "/exempt", 0666), "chmod");
	assert_exempt(NULL, &alice, NULL,
		      CONF "/exempt exempts no one: 'exempt' may be written by others than root\n");
	assert_exempt(NULL, &root, "uid 0", "");
	must(chmod(CONF "/exempt", 0644), "chmod");
	must(chown(CONF "/exempt", 1000, 1000), "chown");
	assert_exempt(NULL, &alice, NULL,
		      CONF "/exempt exempts no one: 'exempt' does not belong to root\n");
	must(unlink(CONF "/exempt"), "unlink");
	must(mkdir(CONF "/exempt", 0755), "mkdir");
	assert_exempt("staff", &alice, "group staff in exempt_group=", "");
	assert_exempt(NULL, &alice, NULL,
		      CONF "/exempt exempts no one: 'exempt' is not a regular file\n");
}

/* All findings, a line each. */
static void assert_findings(const char *path, const char *expected)
{
	scope_of(findings) struct findings findings = { 0 };
	struct error error = ERROR_INIT;
	char text[8192] = "", line[1024];

	if (policy_check(path, &findings, &error))
		fail_msg("%s", error.text);
	for (size_t i = 0; i < findings.count; i++) {
		strcat(text, error_format(&findings.items[i], line, sizeof(line)));
		strcat(text, "\n");
	}
	assert_string_equal(text, expected);
}

static void a_check_finds_every_fault_of_every_file(void **state)
{
	(void)state;
	assert_findings(CONF, "");
	put("default.ini", "[container]\nprivileged = perhaps\nfoo = 1\ncap_add = CHOWN, X, Y\n"
			   "volume =\nuserns = x\nmemory_swap = x\n");
	put("exempt", "wheel\na,b\n");
	put("defaults.ini", "");
	put("default.ini~", "");
	put("user/alice.ini", "[session]\nhome = own\n[policy]\npriority = 60\n");
	put("user/bob", "");
	put("user/-x.ini", "");
	put("user/carol.ini.dpkg-old", "");
	put("group/staff.ini", "[session]\nhome = mine\n");
	must(chmod(CONF "/group/staff.ini", 0666), "chmod");
	must(symlink("alice.ini", CONF "/user/dave.ini"), "symlink");
	must(mkdir(CONF "/seccomp", 0755), "mkdir");
	put("seccomp/good.json", "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}");
	put("seccomp/readme", "");
	assert_findings(
		CONF "/", CONF
		"/default.ini:2: privileged: 'perhaps' is neither yes nor no\n" CONF
		"/default.ini:3: unknown key 'foo'\n" CONF
		"/default.ini:4: cap_add: unknown capability 'X'\n" CONF
		"/default.ini:4: cap_add: unknown capability 'Y'\n" CONF
		"/default.ini:6: 'userns' is reserved: a login cannot have it yet\n" CONF
		"/default.ini:7: memory_swap: 'x' is not a size (as 512m or 2g)\n" CONF
		"/defaults.ini: nothing reads this: default.ini, exempt, group/, user/, seccomp/ "
		"are read\n" CONF "/exempt:2: one name of a group stands on a line\n" CONF
		"/group/staff.ini: may be written by others than root\n" CONF
		"/group/staff.ini:2: home: 'mine' is none of own, tmpfs, all\n" CONF
		"/seccomp/readme: no policy can name this: a profile is FILE.json\n" CONF
		"/user/-x.ini: no login reads this: a user's file is NAME.ini\n" CONF
		"/user/alice.ini:4: priority means nothing here: only groups' files have one\n" CONF
		"/user/bob: no login reads this: a user's file is NAME.ini\n" CONF
		"/user/dave.ini: a symbolic link is no policy file\n");
}

static void a_check_of_the_folder_finds_unsafe_parents(void **state)
{
	(void)state;
	must(chmod("/mnt", 01777), "chmod");
	assert_findings(CONF, CONF ": '" CONF "' may be written by others than root\n");
	must(chmod("/mnt", 0755), "chmod");
	must(chmod(CONF "/user", 0770), "chmod");
	assert_findings(CONF, CONF "/user: may be written by others than root\n");
	must(rmdir(CONF "/user"), "rmdir");
	put("user", "");
	assert_findings(CONF, CONF "/user: not a folder\n");
}

static void a_check_takes_one_of_the_folders(void **state)
{
	(void)state;
	put("user/alice.ini", "[policy]\npriority = 60\n");
	put("user/bob", "");
	put("group/staff.ini", "[policy]\npriority = 60\n");
	assert_findings(
		CONF "/user/", CONF
		"/user/alice.ini:2: priority means nothing here: only groups' files have one\n" CONF
		"/user/bob: no login reads this: a user's file is NAME.ini\n");
	assert_findings(CONF "/group", "");
}

static void a_check_tells_a_file_by_its_name(void **state)
{
	(void)state;
	put("exempt", "staff # a comment\na,b\n");
	put("x.json", "{");
	put("default.ini", "[policy]\npriority = 60\n");
	put("user/alice.ini", "[policy]\npriority = 60\n");
	put("draft.ini", "[policy]\npriority = 60\n");
	assert_findings(CONF "/exempt", CONF "/exempt:2: one name of a group stands on a line\n");
	assert_findings(CONF "/x.json", CONF "/x.json:1: not JSON: the text ends too early at offset 1\n");
	assert_findings(
		CONF "/default.ini",
		CONF "/default.ini:2: priority means nothing here: only groups' files have one\n");
	assert_findings(
		CONF "/user/alice.ini", CONF
		"/user/alice.ini:2: priority means nothing here: only groups' files have one\n");
	assert_findings(CONF "/draft.ini", "");
}

static void a_check_takes_one_file_of_any_name(void **state)
{
	scope_of(findings) struct findings findings = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	put("draft", "[container]\nnetwork = none\nnetwork = host\n");
	assert_findings(CONF "/draft",
			CONF "/draft:3: 'network' stands here again, first on line 2\n");
	assert_int_equal(policy_check(CONF "/nowhere", &findings, &error), -1);
	assert_string_equal(error.text,
			    "cannot open '" CONF "/nowhere': No such file or directory");
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_file_is_no_layer),
		TEST(a_missing_folder_refuses),
		TEST(the_most_specific_layer_wins_a_single_value),
		TEST(a_group_without_a_priority_has_fifty),
		TEST(a_list_adds_up_over_the_layers),
		TEST(a_suffix_is_replaced_or_removed),
		TEST(an_empty_bare_key_drops_what_was_inherited),
		TEST(capabilities_merge_over_the_layers),
		TEST(an_unknown_capability_is_told_with_its_place),
		TEST(groups_of_one_priority_must_not_contradict_each_other),
		TEST(a_reset_in_the_later_of_two_groups_is_a_contradiction_too),
		TEST(groups_of_one_priority_form_one_layer),
		TEST(confine_no_wins_among_groups_of_one_priority),
		TEST(flags_stand_above_all_files),
		TEST(names_of_directories_work),
		TEST(a_user_whose_name_is_no_file_name_is_refused),
		TEST(such_a_group_is_skipped_with_a_warning),
		TEST(what_others_could_have_written_is_refused),
		TEST(the_container_half_changes_with_its_own_keys_alone),
		TEST(twenty_thousand_policies_cost_what_one_costs),
		TEST(root_and_exempt_groups_are_never_confined),
		TEST(an_unsafe_exempt_file_exempts_no_one_and_is_warned_of),
		TEST(a_check_finds_every_fault_of_every_file),
		TEST(a_check_of_the_folder_finds_unsafe_parents),
		TEST(a_check_takes_one_of_the_folders),
		TEST(a_check_tells_a_file_by_its_name),
		TEST(a_check_takes_one_file_of_any_name),
	};

	if (!make_host()) {
		puts("ok 1 - policies of a folder # SKIP needs root and a mount namespace of its "
		     "own");
		return 0;
	}
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
