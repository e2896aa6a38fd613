/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sshd_settings.h"

#include <string.h>

#include "../lib/base/scope.h"
#include "capture.h"

enum { ANSWER_S = 10 };

void sshd_server_clear(struct sshd_server *server)
{
	free(server->program);
	free(server->file);
	free(server->service);
	strings_clear(&server->options);
	*server = (struct sshd_server){ 0 };
}

void sshd_settings_clear(struct sshd_settings *settings)
{
	strings_clear(&settings->keywords);
	strings_clear(&settings->values);
}

/* What follows "NAME: " in a title (setproctitle begins with the program's own name), or NULL. */
static const char *title_text(const char *word)
{
	const char *end = word + strcspn(word, ": /");

	return end != word && text_starts(end, ": ") ? end + strlen(": ") : NULL;
}

/* The words between "sshd: " and " [listener]" (sshd.c, prepare_proctitle), or argv as it is. */
static int listener_words(const struct strings *argv, struct strings *words, bool *ret_listens,
			  struct error *error)
{
	static const char mark[] = " [listener]";
	const char *text = argv->count ? title_text(argv->items[0]) : NULL, *end;

	*ret_listens = false;
	if (!text) {
		*ret_listens = argv->count > 0;
		for (size_t i = 0; i < argv->count; i++)
			if (strings_add(words, argv->items[i], error))
				return -1;
		return 0;
	}
	end = strstr(text, mark);
	if (!end)
		return 0;
	*ret_listens = true;
	while (text < end) {
		size_t length = strcspn(text, " ");

		if (length && strings_addf(words, error, "%.*s", (int)length, text))
			return -1;
		text += length + strspn(text + length, " ");
	}
	return 0;
}

/* The letter of a word that takes a value, behind such as take none ("-Df"), and what follows it.
 */
static char option_letter(const char *word, const char **ret_value)
{
	*ret_value = "";
	if (*word != '-')
		return '\0';
	word += 1 + strspn(word + 1, "46DGTVdeiqrt");
	*ret_value = *word ? word + 1 : word;
	return *word;
}

/* Words that follow an -o without a dash are the rest of its value: "-o UsePAM no". */
static int take_option(struct strings *options, const char *start, const struct strings *words,
		       size_t *at, struct error *error)
{
	scope_memory char *value = strdup(start);

	while (value && *at + 1 < words->count && (!*value || *words->items[*at + 1] != '-')) {
		scope_memory char *before = take_pointer(&value);

		value = text_format("%s%s%s", before, *before ? " " : "", words->items[++*at]);
	}
	if (!value)
		return error_memory(error);
	return strings_add(options, "-o", error) || strings_add(options, value, error) ? -1 : 0;
}

static int take_file(char **file, const char *value, const struct strings *words, size_t *at,
		     struct error *error)
{
	if (!*value && *at + 1 < words->count)
		value = words->items[++*at];
	free(*file);
	*file = strdup(value);
	return *file ? 0 : error_memory(error);
}

int sshd_server_parse(struct sshd_server *ret_server, const struct strings *argv, bool *ret_listens,
		      struct error *error)
{
	scope_of(sshd_server) struct sshd_server server = { 0 };
	scope_of(strings) struct strings words = { 0 };
	const char *slash, *value;

	if (listener_words(argv, &words, ret_listens, error))
		return -1;
	if (!*ret_listens || !words.count)
		return 0;
	slash = strrchr(words.items[0], '/');
	server.service = strdup(slash ? slash + 1 : words.items[0]);
	server.file = strdup("/etc/ssh/sshd_config");
	if (!server.service || !server.file)
		return error_memory(error);
	for (size_t i = 1; i < words.count; i++) {
		char letter = option_letter(words.items[i], &value);

		if (letter == 'o' && take_option(&server.options, value, &words, &i, error))
			return -1;
		if (letter == 'f' && take_file(&server.file, value, &words, &i, error))
			return -1;
	}
	*ret_server = server;
	server = (struct sshd_server){ 0 };
	return 0;
}

static int add_setting(struct sshd_settings *settings, const char *line, size_t length,
		       struct error *error)
{
	size_t keyword = strcspn(line, " \n");
	size_t value = keyword < length ? keyword + 1 : length;

	if (!keyword)
		return 0;
	return strings_addf(&settings->keywords, error, "%.*s", (int)keyword, line) ||
			       strings_addf(&settings->values, error, "%.*s", (int)(length - value),
					    line + value)
		       ? -1
		       : 0;
}

int sshd_settings_parse(struct sshd_settings *ret_settings, const char *text, struct error *error)
{
	scope_of(sshd_settings) struct sshd_settings settings = { 0 };

	while (*text) {
		size_t length = strcspn(text, "\n");

		if (add_setting(&settings, text, length, error))
			return -1;
		text += length + (text[length] == '\n');
	}
	*ret_settings = settings;
	settings = (struct sshd_settings){ 0 };
	return 0;
}

int sshd_settings_ask(struct sshd_settings *ret_settings, const struct sshd_server *server,
		      const char *user, struct error *error)
{
	scope_of(strings) struct strings argv = { 0 };
	scope_memory char *text = NULL;

	if (strings_add(&argv, server->program, error) || strings_add(&argv, "-T", error) ||
	    strings_add(&argv, "-f", error) || strings_add(&argv, server->file, error))
		return -1;
	for (size_t i = 0; i < server->options.count; i++)
		if (strings_add(&argv, server->options.items[i], error))
			return -1;
	/* All that a Match block may ask of: sshd gives up at one that is missing. Of nobody only a
	 * port, which it asks for even then. */
	if (strings_add(&argv, "-C", error) ||
	    (user ? strings_addf(&argv, error,
				 "user=%s,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22,"
				 "rdomain=",
				 user)
		  : strings_add(&argv, "lport=65535", error)))
		return -1;
	if (capture(argv.items, ANSWER_S, &text, error))
		return -1;
	return sshd_settings_parse(ret_settings, text, error);
}

const char *sshd_settings_value(const struct sshd_settings *settings, const char *keyword)
{
	for (size_t i = 0; i < settings->keywords.count; i++)
		if (!strcmp(settings->keywords.items[i], keyword))
			return settings->values.items[i];
	return "";
}
