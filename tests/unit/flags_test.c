/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `confine run`: what Docker takes, what it refuses, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/flags.h"
#include "../../lib/base/scope.h"
#include "../../lib/policy/keys.h"

/* Splits at spaces; '' stands for the empty word. argv[0] is "run". */
static int split(char *line, char *argv[32])
{
	int argc = 0;
	char *rest;

	argv[argc++] = (char[]){ "run" };
	for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = strcmp(word, "''") ? word : word + 2;
	argv[argc] = NULL;
	return argc;
}

static int parse(struct flags *flags, char *line, struct error *error)
{
	char *argv[32];
	int argc = split(line, argv);

	return flags_parse(flags, argc, argv, error);
}

static void put(char *text, const char *name, const char *value)
{
	size_t used = strlen(text);

	snprintf(text + used, 1024 - used, "%s%s=%s", used ? " " : "", name, value);
}

/* The flags as one line, in a fixed order. */
static void describe(const struct flags *flags, char *text)
{
	*text = '\0';
	for (size_t i = 0; i < flags->overrides.count; i++)
		put(text, keys[flags->overrides.items[i].key].name,
		    flags->overrides.items[i].value.text);
	if (flags->as)
		put(text, "as", flags->as);
	if (flags->user)
		put(text, "user", flags->user);
	if (flags->workdir)
		put(text, "workdir", flags->workdir);
	if (flags->name)
		put(text, "name", flags->name);
	if (flags->tty)
		put(text, "tty", "yes");
	if (flags->interactive)
		put(text, "interactive", "yes");
	for (size_t i = 0; i < flags->command.count; i++)
		put(text, "word", flags->command.items[i]);
}

struct good {
	const char *line, *wanted;
};

static void assert_good(const struct good *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error error = ERROR_INIT;
		scope_of(flags) struct flags flags = { 0 };
		char *line = strdup(cases[i].line);
		char text[1024];

		if (parse(&flags, line, &error))
			fail_msg("%s: %s", cases[i].line, error.text);
		describe(&flags, text);
		if (strcmp(text, cases[i].wanted))
			fail_msg("%s\n  gives  %s\n  wanted %s", cases[i].line, text,
				 cases[i].wanted);
		free(line);
	}
}

static void assert_bad(const struct good *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error error = ERROR_INIT;
		struct flags flags = { 0 };
		char *line = strdup(cases[i].line);
		char text[1024];

		if (!parse(&flags, line, &error))
			fail_msg("%s: taken", cases[i].line);
		error_format(&error, text, sizeof(text));
		if (strcmp(text, cases[i].wanted))
			fail_msg("%s\n  says   %s\n  wanted %s", cases[i].line, text,
				 cases[i].wanted);
		free(line);
	}
}

#define ASSERT_GOOD(cases) assert_good(cases, sizeof(cases) / sizeof(*(cases)))
#define ASSERT_BAD(cases) assert_bad(cases, sizeof(cases) / sizeof(*(cases)))

static void test_spellings(void **state)
{
	static const struct good cases[] = {
		{ "id", "word=id" },
		{ "-- id", "word=id" },
		{ "--cap-add NET_ADMIN id", "cap_add=NET_ADMIN word=id" },
		{ "--cap-add=NET_ADMIN id", "cap_add=NET_ADMIN word=id" },
		{ "--cap-add A --cap-add B id", "cap_add=A cap_add=B word=id" },
		{ "-it sh", "tty=yes interactive=yes word=sh" },
		{ "-ti sh", "tty=yes interactive=yes word=sh" },
		{ "-i -t sh", "tty=yes interactive=yes word=sh" },
		{ "-itu 1000 sh", "user=1000 tty=yes interactive=yes word=sh" },
		{ "-itu1000 sh", "user=1000 tty=yes interactive=yes word=sh" },
		{ "-u=1000 sh", "user=1000 word=sh" },
		{ "--tty=false --interactive=true cat", "interactive=yes word=cat" },
		{ "-t=false cat", "word=cat" },
		{ "-e A=b=c sh", "env=A=b=c word=sh" },
		{ "-eA=b sh", "env=A=b word=sh" },
		{ "-e=A=b sh", "env=A=b word=sh" },
		{ "--privileged id", "privileged=true word=id" },
		{ "--privileged=false id", "privileged=false word=id" },
		{ "--privileged false id", "privileged=true word=false word=id" },
		{ "--read-only id", "read_only=true word=id" },
		{ "--rm --init id", "word=id" },
		{ "-m 512m -c 5 id", "memory=512m cpu_shares=5 word=id" },
		{ "-h box --net none id", "hostname=box network=none word=id" },
		{ "--network=host id", "network=host word=id" },
		{ "--env-file list id", "env_file=list word=id" },
		{ "-v /a:/b:ro --volume /c:/d id", "volume=/a:/b:ro volume=/c:/d word=id" },
		{ "--as alice -w /tmp --name box1 id", "as=alice workdir=/tmp name=box1 word=id" },
	};

	(void)state;
	ASSERT_GOOD(cases);
}

static void test_command(void **state)
{
	static const struct good cases[] = {
		{ "ls -l --privileged", "word=ls word=-l word=--privileged" },
		{ "-i ls -- -t", "interactive=yes word=ls word=-- word=-t" },
		{ "-- -x", "word=-x" },
		{ "- x", "word=- word=x" },
		{ "--entrypoint /bin/ls -i -- -l", "interactive=yes word=/bin/ls word=-l" },
		{ "--entrypoint ls", "word=ls" },
		{ "--entrypoint= id", "word=id" },
		{ "echo ''", "word=echo word=" },
	};

	(void)state;
	ASSERT_GOOD(cases);
}

static void test_security_options(void **state)
{
	static const struct good good[] = {
		{ "--security-opt seccomp=unconfined id", "seccomp=unconfined word=id" },
		{ "--security-opt=seccomp=a=b.json id", "seccomp=a=b.json word=id" },
		{ "--security-opt seccomp:x.json id", "seccomp=x.json word=id" },
		{ "--security-opt no-new-privileges id", "no_new_privileges=true word=id" },
		{ "--security-opt no-new-privileges=false id", "no_new_privileges=false word=id" },
		{ "--security-opt no-new-privileges:true id", "no_new_privileges=true word=id" },
		{ "--security-opt apparmor=p id", "apparmor=p word=id" },
		{ "--security-opt label=type:x_t id", "selinux=type:x_t word=id" },
		{ "--security-opt label:type:x_t id", "selinux=type:x_t word=id" },
		{ "--security-opt label=disable id", "selinux=disable word=id" },
		{ "--security-opt systempaths=unconfined id", "systempaths=unconfined word=id" },
	};
	static const struct good bad[] = {
		{ "--security-opt foo id", "--security-opt: unknown option 'foo'" },
		{ "--security-opt foo=bar id", "--security-opt: unknown option 'foo=bar'" },
		{ "--security-opt seccomp id", "--security-opt: 'seccomp' has no value" },
		{ "--security-opt seccomp= id", "--security-opt: 'seccomp=' has no value" },
		{ "--security-opt '' id", "--security-opt: unknown option ''" },
	};

	(void)state;
	ASSERT_GOOD(good);
	ASSERT_BAD(bad);
}

static void test_mounts(void **state)
{
	static const struct good good[] = {
		{ "--mount type=bind,source=/a,target=/b id", "volume=/a:/b:rw word=id" },
		{ "--mount type=bind,src=/a,dst=/b,readonly id", "volume=/a:/b:ro word=id" },
		{ "--mount src=/a,type=bind,destination=/b,ro=true id", "volume=/a:/b:ro word=id" },
		{ "--mount type=bind,src=/a,dst=/b,ro=false id", "volume=/a:/b:rw word=id" },
		{ "--mount type=bind,src=/a,dst=/b,bind-propagation=rslave id",
		  "volume=/a:/b:rw,rslave word=id" },
		{ "--mount type=bind,src=/a,dst=/b,ro,bind-recursive=readonly id",
		  "volume=/a:/b:ro word=id" },
		{ "--mount type=bind,src=/a,dst=/b,consistency=cached id",
		  "volume=/a:/b:rw word=id" },
		{ "--mount type=tmpfs,target=/t id", "tmpfs=/t:rw word=id" },
		{ "--mount type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=700,ro id",
		  "tmpfs=/t:ro,size=1m,mode=700 word=id" },
	};
	static const struct good bad[] = {
		{ "--mount source=data,target=/b id",
		  "--mount: type 'volume' is not supported (bind and tmpfs are)" },
		{ "--mount type=npipe,target=/b id",
		  "--mount: type 'npipe' is not supported (bind and tmpfs are)" },
		{ "--mount type=bind,target=/b id", "--mount: field 'source' is missing" },
		{ "--mount type=bind,source=/a id", "--mount: field 'target' is missing" },
		{ "--mount type=bind,source=/a:x,target=/b id",
		  "--mount: source '/a:x' holds a colon or a quote" },
		{ "--mount type=bind,source=/a,target=/b,colour=red id",
		  "--mount: unknown field 'colour=red'" },
		{ "--mount type=bind,source=,target=/b id", "--mount: 'source=' has no value" },
		{ "--mount type=bind,src=/a,source=/c,target=/b id",
		  "--mount: 'source' is given twice" },
		{ "--mount type=bind,src=/a,dst=/b,ro=maybe id",
		  "--mount: 'maybe' is neither yes nor no" },
		{ "--mount type=bind,src=/a,dst=/b,bind-recursive=disabled id",
		  "--mount: bind-recursive 'disabled' is not supported: binds are recursive, and "
		  "read-only ones are so throughout" },
		{ "--mount type=bind,src=/a,dst=/b,tmpfs-size=1 id",
		  "--mount: tmpfs-size and tmpfs-mode are not for type 'bind'" },
		{ "--mount type=tmpfs,src=/a,dst=/b id",
		  "--mount: source and bind-... are not for type 'tmpfs'" },
		{ "--mount type=bind,,dst=/b id",
		  "--mount: empty entry in the list 'type=bind,,dst=/b'" },
	};

	(void)state;
	ASSERT_GOOD(good);
	ASSERT_BAD(bad);
}

static void test_bad(void **state)
{
	static const struct good cases[] = {
		{ "", "no command given" },
		{ "-it", "no command given" },
		{ "--foo id", "unknown flag: --foo" },
		{ "--foo=x id", "unknown flag: --foo" },
		{ "--priv id", "unknown flag: --priv" },
		{ "--=x id", "unknown flag: --" },
		{ "--rootfs / id", "unknown flag: --rootfs" },
		{ "-z id", "unknown shorthand flag: 'z' in -z" },
		{ "-iz id", "unknown shorthand flag: 'z' in -iz" },
		{ "--cap-add", "flag needs an argument: --cap-add" },
		{ "-iv", "flag needs an argument: 'v' in -iv" },
		{ "-d id", "--detach is a flag of 'docker run' that confine does not have" },
		{ "-p 80:80 id", "--publish is a flag of 'docker run' that confine does not have" },
		{ "--restart=always id",
		  "--restart is a flag of 'docker run' that confine does not have" },
		{ "--tty=maybe id", "--tty: 'maybe' is neither yes nor no" },
		{ "-w tmp id", "--workdir: 'tmp' is not an absolute path" },
		{ "-w '' id", "--workdir: '' is not an absolute path" },
		{ "--name -x id", "--name: '-x' is not a name (letters, digits, '_', '.' and '-', "
				  "a letter or digit first)" },
		{ "--name x/y id", "--name: 'x/y' is not a name (letters, digits, '_', '.' and "
				   "'-', a letter or digit first)" },
	};

	(void)state;
	ASSERT_BAD(cases);
}

static void test_empty(void **state)
{
	static const char *const lines[] = { "--cap-add '' id", "--cap-add= id", "-v '' id",
					     "-e '' id", "--device= id" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct error error = ERROR_INIT;
		struct flags flags = { 0 };
		char *line = strdup(lines[i]);

		assert_int_equal(parse(&flags, line, &error), -1);
		assert_int_equal(error.kind, ERROR_USAGE);
		free(line);
	}
}

static void test_origin(void **state)
{
	struct error error = ERROR_INIT;
	scope_of(flags) struct flags flags = { 0 };
	char line[] = "-e A=b --security-opt seccomp=x.json --mount type=tmpfs,dst=/t id";

	(void)state;
	assert_int_equal(parse(&flags, line, &error), 0);
	assert_string_equal(flags.overrides.items[0].value.origin.file, "--env");
	assert_string_equal(flags.overrides.items[1].value.origin.file, "--security-opt");
	assert_string_equal(flags.overrides.items[2].value.origin.file, "--mount");
}

static void test_help(void **state)
{
	struct error error = ERROR_INIT;
	scope_of(flags) struct flags flags = { 0 };
	char line[] = "--help";

	(void)state;
	assert_int_equal(parse(&flags, line, &error), 0);
	assert_true(flags.help);
}

/* Whatever Docker flag the table of keys has, the command line takes. */
static void test_all_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		struct error error = ERROR_INIT;
		scope_of(flags) struct flags flags = { 0 };
		char line[128];

		if (!keys[i].flag || !strcmp(keys[i].flag, "security-opt"))
			continue;
		snprintf(line, sizeof(line), "--%s=1 id", keys[i].flag);
		if (parse(&flags, line, &error))
			fail_msg("--%s: %s", keys[i].flag, error.text);
		assert_int_equal(flags.overrides.items[0].key, keys[i].id);
	}
}

int main(void)
{
#define TEST(sentence, function)                     \
	{                                            \
		sentence, function, NULL, NULL, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("flags are spelled as Docker spells them", test_spellings),
		TEST("flags end where the command begins", test_command),
		TEST("--security-opt stands for five keys", test_security_options),
		TEST("--mount says what --volume and --tmpfs say", test_mounts),
		TEST("a wrong command line is refused by its own message", test_bad),
		TEST("an empty value takes nothing away: it is refused", test_empty),
		TEST("a value knows the flag it came from, by its long name", test_origin),
		TEST("--help needs no command", test_help),
		TEST("every key with a Docker flag can be given on the command line",
		     test_all_keys),
	};

	return cmocka_run_group_tests_name("flags", tests, NULL, NULL);
}
