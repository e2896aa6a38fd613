/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What confine doctor reads of an sshd: its words, its answer, the lines of its configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/sshd_config.h"
#include "../../cli/sshd_settings.h"
#include "../../lib/base/scope.h"

struct expected_server {
	const char *argv[6];
	bool listens;
	const char *service, *file, *options; /* options joined by "|" */
};

static void check_server(const struct expected_server *expected)
{
	scope_of(sshd_server) struct sshd_server server = { 0 };
	scope_of(strings) struct strings argv = { 0 };
	struct error error = ERROR_INIT;
	char options[256] = "";
	bool listens;

	for (size_t i = 0; expected->argv[i]; i++)
		assert_int_equal(strings_add(&argv, expected->argv[i], &error), 0);
	assert_int_equal(sshd_server_parse(&server, &argv, &listens, &error), 0);
	assert_int_equal(listens, expected->listens);
	if (!listens)
		return;
	for (size_t i = 0; i < server.options.count; i++) {
		strcat(options, i ? "|" : "");
		strcat(options, server.options.items[i]);
	}
	assert_string_equal(server.service, expected->service);
	assert_string_equal(server.file, expected->file);
	assert_string_equal(options, expected->options);
}

static void test_words(void **state)
{
	static const char usual[] = "/etc/ssh/sshd_config";
	static const struct expected_server cases[] = {
		{ { "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups" },
		  true,
		  "sshd",
		  usual,
		  "" },
		{ { "sshd-try: /usr/local/sbin/sshd-try -f /etc/x -D [listener] 1 of 10-100 "
		    "startups" },
		  true,
		  "sshd-try",
		  "/etc/x",
		  "" },
		{ { "sshd: /usr/sbin/sshd -Def/etc/x -p 2222 -o UsePAM=no -oPort 22 -4 [listener] "
		    "0" },
		  true,
		  "sshd",
		  "/etc/x",
		  "-o|UsePAM=no|-o|Port 22" },
		{ { "sshd: /usr/sbin/sshd -o Match all -f /a -f /b [listener] 0 of 1-1 startups" },
		  true,
		  "sshd",
		  "/b",
		  "-o|Match all" },
		{ { "/usr/sbin/sshd", "-D", "-o", "UsePAM no" },
		  true,
		  "sshd",
		  usual,
		  "-o|UsePAM no" },
		{ { "sshd", "-f" }, true, "sshd", "", "" },
		{ { "sshd", "-o" }, true, "sshd", usual, "-o|" },
		{ { "sshd: alice [priv]" }, false, NULL, NULL, NULL },
		{ { "sshd: alice@pts/0" }, false, NULL, NULL, NULL },
		{ { "sshd-try: alice [priv]" }, false, NULL, NULL, NULL },
		{ { NULL }, false, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_server(&cases[i]);
}

static void test_answer(void **state)
{
	scope_of(sshd_settings) struct sshd_settings settings = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(sshd_settings_parse(&settings,
					     "port 22\nacceptenv LANG\nacceptenv LC_*\n"
					     "banner\n\nsubsystem sftp internal-sftp -R",
					     &error),
			 0);
	assert_int_equal(settings.keywords.count, 5);
	assert_int_equal(settings.values.count, 5);
	assert_string_equal(sshd_settings_value(&settings, "port"), "22");
	assert_string_equal(sshd_settings_value(&settings, "acceptenv"), "LANG");
	assert_string_equal(settings.values.items[2], "LC_*");
	assert_string_equal(sshd_settings_value(&settings, "banner"), "");
	assert_string_equal(sshd_settings_value(&settings, "subsystem"), "sftp internal-sftp -R");
	assert_string_equal(sshd_settings_value(&settings, "usepam"), "");
}

struct file {
	const char *path, *text;
};

static const struct file files[] = {
	{ "/main", "# comment\n"
		   "UsePAM   no\r\n"
		   "Include /inc/*\n"
		   "Include below.conf\n"
		   "\tX11Forwarding = \"yes\"  \n"
		   "AcceptEnv LANG LC_*\n"
		   "Match Address 10.0.0.0/8 User bob\n"
		   "  AllowTcpForwarding yes\n"
		   "match all\n"
		   "PermitTunnel no\n"
		   "Match User bob\n"
		   "PermitTunnel yes\n"
		   "PermitTunnel no" },
	{ "/inc/a", "Match user=alice\nBanner /a\n" },
	{ "/inc/b", "Banner /b\n" },
	{ "/etc/ssh/below.conf", "Compression no\n" },
	{ "/circle", "Banner /x\nInclude /circle\n" },
	{ "/missing", "Include /nothing/*.conf\nPort 1\n" },
};

static int read_file(const struct host *host, const char *path, bool trusted, size_t most,
		     char **ret_bytes, size_t *ret_size, struct error *error)
{
	(void)host;
	(void)most;
	assert_true(trusted);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!strcmp(files[i].path, path)) {
			*ret_bytes = strdup(files[i].text);
			*ret_size = strlen(files[i].text);
			return 0;
		}
	return error_set(error, ERROR_SYSTEM, "cannot open '%s'", path);
}

static int find_glob(const struct host *host, const char *pattern, struct strings *ret_paths,
		     struct error *error)
{
	(void)host;
	if (!strcmp(pattern, "/inc/*"))
		return strings_add(ret_paths, "/inc/a", error) ||
		       strings_add(ret_paths, "/inc/b", error);
	return text_starts(pattern, "/nothing") ? 0 : strings_add(ret_paths, pattern, error);
}

static const struct host host = { .read = read_file, .glob = find_glob };

static void expect_line(const struct sshd_config *config, const char *keyword, const char *value,
			const char *file, unsigned number, const char *match)
{
	const struct sshd_line *line = sshd_config_find(config, keyword, value);

	if (!line)
		fail_msg("no line with %s %s", keyword, value);
	assert_string_equal(line->file, file);
	assert_int_equal(line->number, number);
	assert_string_equal(line->match, match);
}

static void test_lines(void **state)
{
	scope_of(sshd_config) struct sshd_config config = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(sshd_config_read(&config, &host, "/main", &error), 0);
	expect_line(&config, "usepam", "no", "/main", 2, "");
	expect_line(&config, "x11forwarding", "yes", "/main", 5, "");
	expect_line(&config, "acceptenv", "LC_*", "/main", 6, "");
	expect_line(&config, "banner", "/a", "/inc/a", 2, "user=alice");
	expect_line(&config, "banner", "/b", "/inc/b", 1, "");
	expect_line(&config, "compression", "no", "/etc/ssh/below.conf", 1, "");
	expect_line(&config, "allowtcpforwarding", "YES", "/main", 8,
		    "Address 10.0.0.0/8 User bob");
	expect_line(&config, "permittunnel", "no", "/main", 10, "");
	expect_line(&config, "permittunnel", "yes", "/main", 12, "User bob");
	assert_null(sshd_config_find(&config, "permittunnel", "point-to-point"));
	assert_null(sshd_config_find(&config, "port", "22"));
	assert_null(sshd_config_find(&config, "acceptenv", "LC_"));
}

static void test_includes(void **state)
{
	scope_of(sshd_config) struct sshd_config config = { 0 };
	struct error error = ERROR_INIT;
	char line[1024];

	(void)state;
	assert_int_equal(sshd_config_read(&config, &host, "/missing", &error), 0);
	assert_int_equal(config.count, 1);
	sshd_config_clear(&config);
	assert_int_equal(sshd_config_read(&config, &host, "/circle", &error), -1);
	assert_string_equal(error_format(&error, line, sizeof(line)),
			    "/circle:2: includes go around in a circle");
	error = (struct error)ERROR_INIT;
	assert_int_equal(sshd_config_read(&config, &host, "/none", &error), -1);
	assert_string_equal(error.text, "cannot open '/none'");
}

static void test_dependence(void **state)
{
	static const struct {
		const char *match;
		bool depends;
	} cases[] = {
		{ "", false },
		{ "User bob", false },
		{ "Group address", false },
		{ "User bob,host Group x", false },
		{ "Address 10.0.0.0/8", true },
		{ "User bob LocalPort 22", true },
		{ "user=bob host=*.org", true },
		{ "all Address 10.0.0.1", true },
		{ "user", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sshd_line line = { .match = strdup(cases[i].match) };

		if (sshd_line_depends(&line) != cases[i].depends)
			fail_msg("'%s'", cases[i].match);
		free(line.match);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a listening sshd is known by its words, with the options that matter",
		  test_words, NULL, NULL, NULL },
		{ "the answer of sshd -T is read line by line", test_answer, NULL, NULL, NULL },
		{ "a setting is found where it stands, in Match blocks and included files",
		  test_lines, NULL, NULL, NULL },
		{ "includes of nothing are passed over, circles are an error", test_includes, NULL,
		  NULL, NULL },
		{ "a Match block on an address, host or port is told from one on the user",
		  test_dependence, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
