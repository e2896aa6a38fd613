/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every allocation that the policy room makes is failed in turn: each time the
 * answer is "out of memory", nothing crashes and nothing leaks. This program's
 * own malloc stands before the C library's (malloc(3), "Replacing malloc").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/scope.h"
#include "../../lib/policy/ini.h"
#include "../../lib/policy/keys.h"

/* The C library must find these although all else is hidden. */
#define OURS __attribute__((visibility("default")))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void __libc_free(void *pointer);

static bool counting;
static long until_failure, living;

static bool fails(void)
{
	if (!counting || until_failure-- != 0)
		return false;
	errno = ENOMEM;
	return true;
}

OURS void *malloc(size_t size)
{
	void *made = fails() ? NULL : __libc_malloc(size);

	living += counting && made;
	return made;
}

OURS void *calloc(size_t count, size_t size)
{
	void *made = fails() ? NULL : __libc_calloc(count, size);

	living += counting && made;
	return made;
}

OURS void *realloc(void *pointer, size_t size)
{
	void *made = fails() ? NULL : __libc_realloc(pointer, size);

	living += counting && made && !pointer;
	return made;
}

OURS void free(void *pointer)
{
	living -= counting && pointer;
	__libc_free(pointer);
}

static const struct {
	int key;
	const char *text;
} flags[] = {
	{ KEY_CAP_ADD, "NET_ADMIN,SYS_ADMIN" },
	{ KEY_DEVICE, "/dev/a:/dev/b:r,/dev/c" },
	{ KEY_DEVICE_CGROUP_RULE, "c 7:* rmw" },
	{ KEY_VOLUME, "/a:/b:ro,slave" },
	{ KEY_TMPFS, "/x:size=1m,exec" },
	{ KEY_ULIMIT, "nofile=1:2" },
	{ KEY_SYSCTL, "kernel.msgmax=1" },
	{ KEY_ENV, "A=1" },
	{ KEY_ENV_FILE, "/x" },
	{ KEY_GROUP_ADD, "audio" },
	{ KEY_RUN, "x" },
	{ KEY_HOSTNAME, "h" },
	{ KEY_SECCOMP, "default" },
	{ KEY_SHARE, "user" },
	{ KEY_SHELL, "/bin/sh" },
	{ KEY_ROOTFS, "/srv" },
	{ KEY_MESSAGE, "no" },
};

/* From flags to a request and the text of the container's half; all of it freed again. */
static int whole_way(struct error *error)
{
	__attribute__((cleanup(overrides_clear))) struct overrides overrides = { 0 };
	scope_of(policy) struct policy policy = { 0 };
	scope_of(request) struct request request = { 0 };
	scope_memory char *half = NULL;
	struct subject subject = { "alice", 1000, NULL, 0 };

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (overrides_add(&overrides, flags[i].key, flags[i].text, "--flag", error))
			return -1;
	if (policy_load(&policy, NULL, &subject, &overrides, NULL, error) ||
	    request_parse(&request, &policy, error))
		return -1;
	half = policy_container_half(&policy);
	return half ? 0 : error_memory(error);
}

/* Only what our own index allocates: iniparser's part begins when the text is without a fault. */
static int read_faulty_file(struct error *error)
{
	static const char text[] = "[container]\nfoo = 1\nenv.x = A=1\nvolume = /a:/b\n";
	scope_fd int fd = memfd_create("policy_memory_test", MFD_CLOEXEC);
	scope_of(findings) struct findings findings = { 0 };
	scope_of(ini) struct ini ini = { 0 };

	if (write(fd, text, sizeof(text) - 1) < 0 || lseek(fd, 0, SEEK_SET))
		return error_errno(error, "memfd");
	return ini_read(&ini, fd, "F", &findings, error);
}

/* Fails the first allocation, then the second, ... until all of `act` goes through. */
static void fail_each(int (*act)(struct error *error), long least)
{
	long round = 0;
	int result;

	do {
		struct error error = ERROR_INIT;

		until_failure = round;
		living = 0;
		counting = true;
		result = act(&error);
		counting = false;
		if (living)
			fail_msg("allocation %ld: %ld leaked", round, living);
		if (result && error.kind != ERROR_MEMORY)
			fail_msg("allocation %ld: %s", round, error.text);
		round++;
	} while (result);
	assert_true(round > least);
}

static void each_failing_allocation_is_an_error_on_the_whole_way(void **state)
{
	(void)state;
	fail_each(whole_way, 300);
}

static void each_failing_allocation_is_an_error_while_a_file_is_read(void **state)
{
	(void)state;
	fail_each(read_faulty_file, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_failing_allocation_is_an_error_on_the_whole_way),
		cmocka_unit_test(each_failing_allocation_is_an_error_while_a_file_is_read),
	};

	return cmocka_run_group_tests_name("policy memory", tests, NULL, NULL);
}
