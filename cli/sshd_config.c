/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sshd_config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "../lib/base/scope.h"

enum {
	FILE_MOST_BYTES = 1024 * 1024,
	DEPTH_MOST = 16, /* servconf.h, SERVCONF_MAX_DEPTH */
};

struct reading {
	struct sshd_config *config;
	const struct host *host;
	struct error *error;
};

void sshd_config_clear(struct sshd_config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		free(config->items[i].file);
		free(config->items[i].keyword);
		free(config->items[i].value);
		free(config->items[i].match);
	}
	free(config->items);
	*config = (struct sshd_config){ 0 };
}

static int add_line(const struct reading *reading, const struct sshd_line *from)
{
	struct sshd_line *line =
		array_add(&reading->config->items, &reading->config->count, sizeof(*line));

	if (!line)
		return error_memory(reading->error);
	line->file = strdup(from->file);
	line->keyword = strdup(from->keyword);
	line->value = strdup(from->value);
	line->match = strdup(from->match);
	line->number = from->number;
	return line->file && line->keyword && line->value && line->match
		       ? 0
		       : error_memory(reading->error);
}

/* Cuts the keyword off, in lower case; what is left is the value. NULL: nothing, or a comment. */
static char *take_keyword(char **rest)
{
	char *keyword = *rest + strspn(*rest, " \t"), *end;

	end = keyword + strcspn(keyword, " \t=");
	*rest = end + strspn(end, " \t");
	if (**rest == '=')
		*rest += 1 + strspn(*rest + 1, " \t");
	*end = '\0';
	for (char *at = keyword; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return *keyword && *keyword != '#' ? keyword : NULL;
}

static int read_part(const struct reading *reading, const char *file, const char *match,
		     unsigned depth);

/* sshd_config(5), Include: patterns of paths, those that are not absolute below /etc/ssh. */
static int include(const struct reading *reading, const struct sshd_line *line, unsigned depth)
{
	const char *at = line->value;

	if (depth >= DEPTH_MOST)
		return error_set(reading->error, ERROR_HOST, "includes go around in a circle");
	while (*(at += strspn(at, " \t\""))) {
		size_t length = strcspn(at, " \t\"");
		scope_memory char *pattern =
			text_format("%s%.*s", *at == '/' ? "" : "/etc/ssh/", (int)length, at);
		scope_of(strings) struct strings files = { 0 };

		if (!pattern)
			return error_memory(reading->error);
		if (reading->host->glob(reading->host, pattern, &files, reading->error))
			return -1;
		for (size_t i = 0; i < files.count; i++)
			if (read_part(reading, files.items[i], line->match, depth + 1))
				return -1;
		at += length;
	}
	return 0;
}

static void cut_end(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
}

/* A Match block ends with its file, with the next one, or with `Match all`. */
static int read_line(const struct reading *reading, struct sshd_line *line, char *text,
		     char **match, unsigned depth)
{
	char *rest = text;

	cut_end(text);
	line->keyword = take_keyword(&rest);
	if (!line->keyword)
		return 0;
	line->value = rest;
	line->match = *match;
	if (!strcmp(line->keyword, "match")) {
		free(*match);
		*match = strdup(strcasecmp(rest, "all") ? rest : "");
		return *match ? 0 : error_memory(reading->error);
	}
	if (!strcmp(line->keyword, "include"))
		return include(reading, line, depth);
	return add_line(reading, line);
}

static int read_part(const struct reading *reading, const char *file, const char *match,
		     unsigned depth)
{
	scope_memory char *name = strdup(file), *text = NULL, *block = strdup(match);
	struct sshd_line line = { .file = name };
	char *rest, *part;
	size_t size;

	if (!name || !block)
		return error_memory(reading->error);
	if (reading->host->read(reading->host, file, true, FILE_MOST_BYTES, &text, &size,
				reading->error))
		return -1;
	rest = text;
	while ((part = strsep(&rest, "\n"))) {
		line.number++;
		if (read_line(reading, &line, part, &block, depth))
			return error_locate(reading->error, file, line.number);
	}
	return 0;
}

int sshd_config_read(struct sshd_config *ret_config, const struct host *host, const char *file,
		     struct error *error)
{
	scope_of(sshd_config) struct sshd_config config = { 0 };
	const struct reading reading = { &config, host, error };

	if (read_part(&reading, file, "", 0))
		return -1;
	*ret_config = config;
	config = (struct sshd_config){ 0 };
	return 0;
}

/* Equal but for blanks, quotes and case, which sshd -T writes its own way. */
static bool same_value(const char *left, const char *right)
{
	static const char passed_over[] = " \t\"";

	for (;; left++, right++) {
		left += strspn(left, passed_over);
		right += strspn(right, passed_over);
		if (tolower((unsigned char)*left) != tolower((unsigned char)*right))
			return false;
		if (!*left)
			return true;
	}
}

/* sshd -T writes each word of a list like AcceptEnv on a line of its own. */
static bool has_word(const char *value, const char *word)
{
	size_t wanted = strlen(word);

	while (*(value += strspn(value, " \t"))) {
		size_t length = strcspn(value, " \t");

		if (length == wanted && !strncmp(value, word, length))
			return true;
		value += length;
	}
	return false;
}

const struct sshd_line *sshd_config_find(const struct sshd_config *config, const char *keyword,
					 const char *value)
{
	const struct sshd_line *inside = NULL;

	for (size_t i = 0; i < config->count; i++) {
		const struct sshd_line *line = &config->items[i];

		if (strcmp(line->keyword, keyword) ||
		    (!same_value(line->value, value) && !has_word(line->value, value)))
			continue;
		if (!*line->match)
			return line;
		if (!inside)
			inside = line;
	}
	return inside;
}

/* Each criterion of sshd_config(5), "Match": what it asks for, and whether a value follows. */
static const struct {
	const char *word;
	bool alone, depends;
} criteria[] = {
	{ "all", .alone = true },
	{ "canonical", .alone = true },
	{ "final", .alone = true },
	{ "invalid-user", .alone = true, .depends = true },
	{ "address", .depends = true },
	{ "host", .depends = true },
	{ "localaddress", .depends = true },
	{ "localport", .depends = true },
	{ "rdomain", .depends = true },
	{ "sessiontype", .depends = true },
	{ "version", .depends = true },
};

bool sshd_line_depends(const struct sshd_line *line)
{
	const char *at = line->match;

	while (*(at += strspn(at, " \t="))) {
		size_t length = strcspn(at, " \t=");
		bool alone = false;

		for (size_t i = 0; i < sizeof(criteria) / sizeof(*criteria); i++) {
			if (strlen(criteria[i].word) != length ||
			    strncasecmp(at, criteria[i].word, length) != 0)
				continue;
			if (criteria[i].depends)
				return true;
			alone = criteria[i].alone;
		}
		at += length;
		at += strspn(at, " \t=");
		at += alone ? 0 : strcspn(at, " \t");
	}
	return false;
}
