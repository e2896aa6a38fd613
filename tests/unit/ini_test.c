/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One policy file's lines: what is read, and what each fault is called and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/scope.h"
#include "../../lib/policy/ini.h"
#include "../../lib/policy/keys.h"

static void read_bytes(const char *bytes, size_t size, struct ini *ini, struct findings *findings)
{
	scope_fd int fd = memfd_create("ini_test", MFD_CLOEXEC);
	struct error error = ERROR_INIT;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	*ini = (struct ini){ 0 };
	*findings = (struct findings){ 0 };
	if (ini_read(ini, fd, "F", findings, &error))
		fail_msg("ini_read: %s", error.text);
}

/* A text of one good key, read as iniparser and we read it. */
static void assert_reads(const char *text, const char *value)
{
	scope_of(ini) struct ini ini = { 0 };
	scope_of(findings) struct findings findings = { 0 };

	read_bytes(text, strlen(text), &ini, &findings);
	if (findings.count)
		fail_msg("%s: %s", text, findings.items[0].text);
	assert_int_equal(ini.count, 1);
	assert_string_equal(ini.items[0].value.text, value);
}

static void values_are_what_the_admin_meant(void **state)
{
	static const char *const table[][2] = {
		{ "[container]\nenv.x = A=b\n", "A=b" },
		{ "[container]\nenv.x=A=b", "A=b" },
		{ "[container]\r\nenv.x = A=b\r\n", "A=b" },
		{ "[container]\n\tenv.x\t=\tA=b \t\n", "A=b" },
		{ "[CONTAINER]\nEnv.X = A=b\n", "A=b" },
		{ "[ container ]\nenv.x = A=b\n", "A=b" },
		{ "; first\n# second\n\n[container]\nenv.x = A=b ; a comment\n", "A=b" },
		{ "[container]\nenv.x = A=b # a comment; and more\n", "A=b" },
		{ "[container]\nenv.x = A=b ;; a comment\n", "A=b" },
		{ "[container]\nenv.x = A=b ;\n", "A=b" },
		{ "[container]\nenv.x = \"A=b;c#d\"\n", "A=b;c#d" },
		{ "[container]\nenv.x = \"A=b;c\" ; a \"comment\"\n", "A=b;c" },
		{ "[container]\nenv.x = \"A=b;c\"#comment\n", "A=b;c" },
		{ "[container]\nenv.x = \"A= b \"\n", "A= b " },
		{ "[container]\nenv.x = A='b' c\n", "A='b' c" },
		{ "[container]\nenv.x = A=\\b\n", "A=\\b" },
		{ "[container]\nvolume.x =\n", "" },
		{ "[container]\nvolume.x = \"\"\n", "" },
		{ "[container]\nvolume.x = ; gone\n", "" },
		{ "[session]\nmessage = Gr\xc3\xbc\xc3\x9f Gott, 100 %\n",
		  "Gr\xc3\xbc\xc3\x9f Gott, 100 %" },
		{ "[session]\nmessage = it's [closed]: mail x@y.org\n",
		  "it's [closed]: mail x@y.org" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_reads(table[i][0], table[i][1]);
}

static void each_value_knows_its_key_suffix_and_line(void **state)
{
	const char text[] = "\n[policy]\npriority = 7\n[container]\n; x\nvolume = /a:/b\n"
			    "volume.Data = /c:/d\n[session]\nhome = own\n[container]\nenv = A=1\n";
	static const struct {
		int key;
		const char *suffix;
		unsigned line;
	} expected[] = { { KEY_PRIORITY, "", 3 },
			 { KEY_VOLUME, "", 6 },
			 { KEY_VOLUME, "data", 7 },
			 { KEY_HOME, "", 9 },
			 { KEY_ENV, "", 11 } };
	scope_of(ini) struct ini ini = { 0 };
	scope_of(findings) struct findings findings = { 0 };

	(void)state;
	read_bytes(text, sizeof(text) - 1, &ini, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(ini.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(ini.items[i].key, expected[i].key);
		assert_string_equal(ini.items[i].value.suffix, expected[i].suffix);
		assert_string_equal(ini.items[i].value.origin.file, "F");
		assert_int_equal(ini.items[i].value.origin.line, expected[i].line);
	}
}

struct fault {
	const char *text, *message;
};

static const struct fault faults[] = {
	{ "privileged = no\n", "F:1: a key before any [section]" },
	{ "[nope]\nx = y\n", "F:1: unknown section 'nope': there are policy, container, session" },
	{ "[]\n", "F:1: unknown section '': there are policy, container, session" },
	{ "[a:b]\n", "F:1: unknown section 'a:b': there are policy, container, session" },
	{ "[container\n", "F:1: a section ends with ']'" },
	{ "[container] ; c\n", "F:1: text after ']': a section stands alone on its line" },
	{ "[container]]\n", "F:1: text after ']': a section stands alone on its line" },
	{ "[container]\nfoo = 1\n", "F:2: unknown key 'foo'" },
	{ "[container]\npriviledged = no\n",
	  "F:2: unknown key 'priviledged': did you mean 'privileged'?" },
	{ "[container]\na:b = 1\n", "F:2: unknown key 'a:b'" },
	{ "[container]\nrootfs = /\n",
	  "F:2: 'rootfs' belongs into [session], not into [container]" },
	{ "[session]\ncap_add = ALL\n",
	  "F:2: 'cap_add' belongs into [container], not into [session]" },
	{ "[container]\ncap-add = ALL\n",
	  "F:2: unknown key 'cap-add': it is written 'cap_add' here" },
	{ "[container]\npublish = 80\n",
	  "F:2: 'publish' is a flag of docker run that a login cannot have" },
	{ "[container]\nadd_host = a:1\n",
	  "F:2: 'add_host' is a flag of docker run that a login cannot have" },
	{ "[container]\nsecurity_opt = no-new-privileges\n",
	  "F:2: unknown key 'security_opt': here it is seccomp, apparmor, selinux, systempaths, "
	  "no_new_privileges" },
	{ "[container]\nnet = none\n", "F:2: unknown key 'net': here it is network" },
	{ "[container]\nprivileged.x = no\n",
	  "F:2: 'privileged' holds one value and takes no suffix" },
	{ "[container]\nvolume. = /a:/b\n",
	  "F:2: suffix '' of 'volume': only letters, digits, '_', '-' and '.'" },
	{ "[container]\nvolume.a b = /a:/b\n",
	  "F:2: suffix 'a b' of 'volume': only letters, digits, '_', '-' and '.'" },
	{ "[container]\nvolume.a:b = /a:/b\n",
	  "F:2: suffix 'a:b' of 'volume': only letters, digits, '_', '-' and '.'" },
	{ "[container]\nprivileged = no\n\nprivileged = yes\n",
	  "F:4: 'privileged' stands here again, first on line 2" },
	{ "[container]\nvolume.data = /a:/b\nvolume.Data = /c:/d\n",
	  "F:3: 'volume.data' stands here again, first on line 2: give each a suffix (KEY.NAME)" },
	{ "[container]\ncap_add = A\n[session]\n[container]\nCAP_ADD = B\n",
	  "F:5: 'cap_add' stands here again, first on line 2: give each a suffix (KEY.NAME)" },
	{ "[container]\nprivileged\n", "F:2: neither a [section], a key = value, nor a ; comment" },
	{ "[container]\n= x\n", "F:2: no key before the '='" },
	{ "x", "F:1: neither a [section], a key = value, nor a ; comment" },
	{ "\xef\xbb\xbf[container]\n",
	  "F:1: a byte order mark: save this file as UTF-8 without one" },
	{ "[container]\nenv.x = A=b;c\n",
	  "F:2: env: a ';' or '#' would cut this value: write it in double quotes" },
	{ "[container]\nenv.x = http://h/#frag\n",
	  "F:2: env: a ';' or '#' would cut this value: write it in double quotes" },
	{ "[container]\nenv.x = A=\"b;c\"\n",
	  "F:2: env: a ';' or '#' would cut this value: write it in double quotes" },
	{ "[session]\nmessage = Call #5\n", "F:2: message: a ';' or '#' would cut this value: "
					    "write it in double quotes, or a comment "
					    "with a space after the ';'" },
	{ "[container]\nenv.x = \"B=\\\"hi\\\"\"\n",
	  "F:2: env: a backslash in double quotes: some versions of iniparser drop it" },
	{ "[container]\nenv.x = \"A=\\b\"\n",
	  "F:2: env: a backslash in double quotes: some versions of iniparser drop it" },
	{ "[session]\nmessage = \"Help\" desk\n",
	  "F:2: message: text after the closing double quote" },
	{ "[session]\nmessage = \"a\"b\"\n", "F:2: message: text after the closing double quote" },
	{ "[session]\nmessage = \"open\n", "F:2: message: a value's double quote is not closed" },
	{ "[session]\nmessage = \"\n", "F:2: message: a value's double quote is not closed" },
	{ "[session]\nmessage = 'one'\n",
	  "F:2: message: a value is quoted with double quotes, not with '" },
	{ "[session]\nmessage = say \"hi\"\n",
	  "F:2: message: double quotes stand around a whole value, not within" },
	{ "[session]\nmessage = a \\\nb\n",
	  "F:2: a backslash ends this line: a value stands on one line" },
	{ "; a comment \\\n[container]\n",
	  "F:1: a backslash ends this line: a value stands on one line" },
	{ "[container]\nenv.x = A=\x01\n", "F:2: a control character (byte 0x01)" },
	{ "[container]\nenv.x = A\rB\n", "F:2: a control character (byte 0x0d)" },
	{ "\x7f"
	  "ELF\x02\n",
	  "F:1: a control character (byte 0x7f)" },
};

static void each_fault_is_told_with_its_line(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		scope_of(ini) struct ini ini = { 0 };
		scope_of(findings) struct findings findings = { 0 };

		read_bytes(faults[i].text, strlen(faults[i].text), &ini, &findings);
		if (!findings.count)
			fail_msg("no fault found in: %s", faults[i].text);
		assert_string_equal(error_format(&findings.items[0], text, sizeof(text)),
				    faults[i].message);
		assert_int_equal(findings.items[0].kind, ERROR_POLICY);
	}
}

/* Reads `bytes`, of which one line is at fault and no other. */
static void expect_fault(const char *bytes, size_t size, struct ini *ini, unsigned line,
			 const char *text)
{
	scope_of(findings) struct findings findings = { 0 };

	read_bytes(bytes, size, ini, &findings);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].line, line);
	assert_string_equal(findings.items[0].text, text);
}

static void a_byte_order_mark_is_one_fault_and_the_rest_is_read(void **state)
{
	static const char bytes[] = "\xef\xbb\xbf[container]\nenv.x = A=b\n";
	scope_of(ini) struct ini ini = { 0 };

	(void)state;
	expect_fault(bytes, sizeof(bytes) - 1, &ini, 1,
		     "a byte order mark: save this file as UTF-8 without one");
	assert_int_equal(ini.count, 1);
}

static void a_nul_byte_ends_the_reading(void **state)
{
	static const char bytes[] = "[container]\nenv = A=b\0c\nprivileged = no\n";
	scope_of(ini) struct ini ini = { 0 };

	(void)state;
	expect_fault(bytes, sizeof(bytes) - 1, &ini, 2, "a NUL byte: this is no text");
}

/* "[session]\nmessage = aaa..." with a line of `length` bytes. */
static char *long_line(size_t length)
{
	static const char head[] = "[session]\nmessage = ";
	char *text = malloc(sizeof(head) + length + 1);
	size_t line = sizeof(head) - 1 - strlen("[session]\n");

	assert_non_null(text);
	memcpy(text, head, sizeof(head) - 1);
	memset(text + sizeof(head) - 1, 'a', length - line);
	strcpy(text + sizeof(head) - 1 + length - line, "\n");
	return text;
}

static void a_line_of_1022_bytes_is_read_and_one_of_1023_refused(void **state)
{
	scope_memory char *fits = long_line(1022), *too_long = long_line(1023);
	scope_of(ini) struct ini ini = { 0 };
	scope_of(findings) struct findings findings = { 0 };

	(void)state;
	read_bytes(fits, strlen(fits), &ini, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(strlen(ini.items[0].value.text), 1022 - strlen("message = "));
	ini_clear(&ini);
	read_bytes(too_long, strlen(too_long), &ini, &findings);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.items[0].text, "a line of more than 1022 bytes");
	assert_int_equal(ini.count, 0);
}

static void all_faults_are_found_and_the_good_lines_kept(void **state)
{
	static const char text[] =
		"[container]\nfoo = 1\nprivileged = no\nbar = 2\nread_only = yes\n";
	scope_of(ini) struct ini ini = { 0 };
	scope_of(findings) struct findings findings = { 0 };

	(void)state;
	read_bytes(text, sizeof(text) - 1, &ini, &findings);
	assert_int_equal(findings.count, 2);
	assert_int_equal(findings.items[1].line, 4);
	assert_int_equal(ini.count, 2);
	assert_int_equal(ini.items[1].key, KEY_READ_ONLY);
}

static void a_file_of_nothing_but_faults_is_left_after_a_hundred(void **state)
{
	char text[2 * 5000];
	scope_of(ini) struct ini ini = { 0 };
	scope_of(findings) struct findings findings = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "x\n", 2);
	read_bytes(text, sizeof(text), &ini, &findings);
	assert_int_equal(findings.count, 101);
	assert_string_equal(findings.items[100].text, "too many faults; the rest is not looked at");
}

static void a_file_that_is_too_long_is_refused(void **state)
{
	scope_fd int fd = memfd_create("ini_test", MFD_CLOEXEC);
	struct error error = ERROR_INIT;
	struct findings findings = { 0 };
	struct ini ini = { 0 };
	char text[256];

	(void)state;
	assert_int_equal(ftruncate(fd, 128 * 1024 + 1), 0);
	assert_int_equal(ini_read(&ini, fd, "F", &findings, &error), -1);
	assert_string_equal(error_format(&error, text, sizeof(text)),
			    "F: longer than 131072 bytes");
}

/* iniparser prints its faults to stderr unless told otherwise. */
static void nothing_is_printed(void **state)
{
	scope_fd int kept = fcntl(2, F_DUPFD_CLOEXEC, 3), output = memfd_create("stderr", 0);

	(void)state;
	dup2(output, 2);
	each_fault_is_told_with_its_line(state);
	a_line_of_1022_bytes_is_read_and_one_of_1023_refused(state);
	dup2(kept, 2);
	assert_int_equal(lseek(output, 0, SEEK_END), 0);
}

static void an_empty_file_is_no_fault(void **state)
{
	scope_of(ini) struct ini ini = { 0 };
	scope_of(findings) struct findings findings = { 0 };

	(void)state;
	read_bytes("", 0, &ini, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(ini.count, 0);
}

/* Bytes from a dictionary of what matters to either parser: both must agree, or a fault be told. */
static void random_text_is_read_alike_or_refused(void **state)
{
	static const char *const words[] = { "[container]", "\n", "env.a", "=", "\"", ";",  "#",
					     " ",	    "\t", "\\",	   "'", "]",  "x",  "env",
					     "cap_add",	    "%",  "\r\n",  "[", "\n", "\n", "= " };
	int good = 0;

	(void)state;
	srandom(3);
	for (int round = 0; round < 20000; round++) {
		scope_of(ini) struct ini ini = { 0 };
		scope_of(findings) struct findings findings = { 0 };
		char text[256] = "[container]\n";

		for (long n = random() % 12; n >= 0; n--)
			strcat(text, words[(size_t)random() % (sizeof(words) / sizeof(*words))]);
		read_bytes(text, strlen(text), &ini, &findings);
		good += !findings.count;
		for (size_t i = 0; i < findings.count; i++)
			if (strstr(findings.items[i].text, "iniparser "))
				fail_msg("only the net caught this: <%s>", text);
	}
	assert_true(good > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_what_the_admin_meant),
		cmocka_unit_test(each_value_knows_its_key_suffix_and_line),
		cmocka_unit_test(each_fault_is_told_with_its_line),
		cmocka_unit_test(a_byte_order_mark_is_one_fault_and_the_rest_is_read),
		cmocka_unit_test(a_nul_byte_ends_the_reading),
		cmocka_unit_test(a_line_of_1022_bytes_is_read_and_one_of_1023_refused),
		cmocka_unit_test(all_faults_are_found_and_the_good_lines_kept),
		cmocka_unit_test(a_file_of_nothing_but_faults_is_left_after_a_hundred),
		cmocka_unit_test(a_file_that_is_too_long_is_refused),
		cmocka_unit_test(nothing_is_printed),
		cmocka_unit_test(an_empty_file_is_no_fault),
		cmocka_unit_test(random_text_is_read_alike_or_refused),
	};

	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
