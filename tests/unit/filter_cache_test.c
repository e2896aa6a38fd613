/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder of filters made before: what it is asked for, and what it must not give. */
#include "../../lib/plan/filter_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../lib/base/scope.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char profile[] = "{\"defaultAction\": \"SCMP_ACT_LOG\"}";
static const struct host host = { .arch = "amd64", .kernel_major = 6, .kernel_minor = 1 };
static const struct filter_key plain = { profile, sizeof(profile) - 1, 0xa80425fb, &host };

/* Each test has a folder of its own where only root may write; without root there is none. */
static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/run/confine-test-XXXXXX");
	if (geteuid() || !mkdtemp(folder))
		folder[0] = '\0';
	return 0;
}

/* Calls `each` (may be NULL) with every entry's path; their number. */
static size_t each_entry(void (*each)(const char *path))
{
	scope_dir DIR *stream = opendir(folder);
	const struct dirent *entry;
	size_t count = 0;

	while (stream && (entry = readdir(stream))) {
		char path[400];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (each)
			each(path);
		count++;
	}
	return count;
}

static void remove_entry(const char *path)
{
	unlink(path);
}

static int remove_folder(void **state)
{
	(void)state;
	each_entry(remove_entry);
	if (folder[0])
		rmdir(folder);
	return 0;
}

static void need_folder(void)
{
	if (!folder[0]) {
		print_message("# SKIP only root has a folder that only root may write\n");
		skip();
	}
}

static struct filter load(void)
{
	struct error error = ERROR_INIT;
	struct filter filter;

	if (filter_load(&filter, "test", profile, sizeof(profile) - 1, plain.bounding, &host,
			folder, NULL, &error))
		fail_msg("%s", error.text);
	return filter;
}

static bool same(const struct filter *a, const struct filter *b)
{
	return a->count == b->count && a->flags == b->flags &&
	       !memcmp(a->instructions, b->instructions, a->count * sizeof(*a->instructions));
}

static void filter_is_found_as_it_was_kept(void **state)
{
	scope_of(filter) struct filter made = { 0 }, found = { 0 };

	(void)state;
	need_folder();
	assert_false(filter_cache_find(folder, &plain, &found));
	made = load();
	assert_int_equal(each_entry(NULL), 1);
	assert_true(filter_cache_find(folder, &plain, &found));
	assert_true(same(&made, &found));
}

/* filter_load takes an entry for what it is, or a changed profile would not be noticed. */
static void kept_filter_is_the_one_that_is_loaded(void **state)
{
	struct sock_filter instruction = BPF_STMT(BPF_RET | BPF_K, 0x7fff0000);
	const struct filter other = { &instruction, 1, 4 };
	scope_of(filter) struct filter loaded = { 0 };

	(void)state;
	need_folder();
	filter_cache_keep(folder, &plain, &other);
	loaded = load();
	assert_true(same(&other, &loaded));
}

static void spoil_entry(const char *path, off_t place)
{
	int file = open(path, O_RDWR | O_CLOEXEC);
	char byte;

	assert_int_equal(pread(file, &byte, 1, place), 1);
	byte = (char)~byte;
	assert_int_equal(pwrite(file, &byte, 1, place), 1);
	close(file);
}

static off_t spoiled_at;

static void spoil(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	spoil_entry(path, spoiled_at < 0 ? st.st_size + spoiled_at : spoiled_at);
}

static void entry_with_one_wrong_byte_is_made_anew(void **state)
{
	static const off_t places[] = { 0, 8, 16, 24, 32, 60, -20, -1 };
	scope_of(filter) struct filter made = { 0 };

	(void)state;
	need_folder();
	made = load();
	for (size_t i = 0; i < COUNT(places); i++) {
		scope_of(filter) struct filter again = { 0 }, found = { 0 };

		spoiled_at = places[i];
		each_entry(spoil);
		assert_false(filter_cache_find(folder, &plain, &found));
		again = load();
		assert_true(same(&made, &again));
		assert_true(filter_cache_find(folder, &plain, &found));
		assert_int_equal(each_entry(NULL), 1);
	}
}

static void cut_entry(const char *path)
{
	assert_int_equal(truncate(path, 50), 0);
}

static void open_entry(const char *path)
{
	assert_int_equal(chmod(path, 0622), 0);
}

static void give_entry_away(const char *path)
{
	assert_int_equal(chown(path, 65534, 65534), 0);
}

static void link_entry(const char *path)
{
	char moved[400];

	snprintf(moved, sizeof(moved), "%s.moved", path);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
}

static void entry_that_is_not_roots_alone_is_ignored(void **state)
{
	static void (*const spoilers[])(const char *path) = { cut_entry, open_entry,
							      give_entry_away, link_entry };

	(void)state;
	need_folder();
	for (size_t i = 0; i < COUNT(spoilers); i++) {
		scope_of(filter) struct filter made = load(), found = { 0 };

		assert_true(made.count > 0);
		each_entry(spoilers[i]);
		assert_false(filter_cache_find(folder, &plain, &found));
		each_entry(remove_entry);
	}
}

static void folder_that_others_may_write_to_is_not_used(void **state)
{
	scope_of(filter) struct filter made = { 0 }, found = { 0 };

	(void)state;
	need_folder();
	made = load();
	assert_int_equal(chmod(folder, 0777), 0);
	assert_false(filter_cache_find(folder, &plain, &found));
	each_entry(remove_entry);
	filter_cache_keep(folder, &plain, &made);
	assert_int_equal(each_entry(NULL), 0);
}

static void missing_folder_is_made_for_root_alone(void **state)
{
	scope_of(filter) struct filter made = { 0 }, found = { 0 };
	struct stat st;

	(void)state;
	need_folder();
	assert_int_equal(rmdir(folder), 0);
	made = load();
	assert_true(filter_cache_find(folder, &plain, &found));
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void folder_keeps_a_bounded_number_of_filters(void **state)
{
	struct sock_filter instruction = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct filter filter = { &instruction, 1, 0 };
	struct filter_key key = plain;

	(void)state;
	need_folder();
	for (key.bounding = 0; key.bounding < FILTER_CACHE_MOST + 20; key.bounding++)
		filter_cache_keep(folder, &key, &filter);
	assert_int_equal(each_entry(NULL), FILTER_CACHE_MOST);
}

/* Keys that differ in one part each. */
static void every_part_of_a_key_changes_it(void **state)
{
	struct host newer = host, other = host, minor = host;
	const struct filter_key keys[] = {
		plain,
		{ profile, sizeof(profile) - 2, plain.bounding, &host },
		{ "{\"defaultAction\": \"SCMP_ACT_LOg\"}", plain.size, plain.bounding, &host },
		{ profile, plain.size, plain.bounding | 1ULL << 41, &host },
		{ profile, plain.size, plain.bounding, &newer },
		{ profile, plain.size, plain.bounding, &other },
		{ profile, plain.size, plain.bounding, &minor },
		{ filter_default_profile, filter_default_profile_size, plain.bounding, &host },
	};
	char *texts[COUNT(keys)];
	size_t sizes[COUNT(keys)];

	(void)state;
	newer.kernel_major = 7;
	minor.kernel_minor = 11;
	other.arch = "arm64";
	for (size_t i = 0; i < COUNT(keys); i++) {
		texts[i] = filter_key_text(&keys[i], &sizes[i]);
		assert_non_null(texts[i]);
		for (size_t j = 0; j < i; j++)
			assert_false(sizes[i] == sizes[j] && !memcmp(texts[i], texts[j], sizes[i]));
	}
	assert_non_null(strstr(texts[0], "build "));
	assert_non_null(strstr(texts[0], "\nlibseccomp 2."));
	for (size_t i = 0; i < COUNT(keys); i++)
		free(texts[i]);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(filter_is_found_as_it_was_kept),
		WITH_FOLDER(kept_filter_is_the_one_that_is_loaded),
		WITH_FOLDER(entry_with_one_wrong_byte_is_made_anew),
		WITH_FOLDER(entry_that_is_not_roots_alone_is_ignored),
		WITH_FOLDER(folder_that_others_may_write_to_is_not_used),
		WITH_FOLDER(missing_folder_is_made_for_root_alone),
		WITH_FOLDER(folder_keeps_a_bounded_number_of_filters),
		cmocka_unit_test(every_part_of_a_key_changes_it),
	};

	return cmocka_run_group_tests_name("filter cache", tests, NULL, NULL);
}
