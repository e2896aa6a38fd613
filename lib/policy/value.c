/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "value.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"

int value_copy(char **to, const char *text, struct error *error)
{
	char *copy = strdup(text);

	if (!copy)
		return error_memory(error);
	free(*to);
	*to = copy;
	return 0;
}

int origin_copy(struct origin *to, const struct origin *from, struct error *error)
{
	to->line = from->line;
	return value_copy(&to->file, from->file, error);
}

void origin_clear(struct origin *origin)
{
	free(origin->file);
	*origin = (struct origin){ 0 };
}

int value_fill(struct value *value, const char *text, const char *suffix, const char *file,
	       unsigned line, struct error *error)
{
	value->origin.line = line;
	if (value_copy(&value->text, text, error) || value_copy(&value->suffix, suffix, error))
		return -1;
	return value_copy(&value->origin.file, file, error);
}

void value_clear(struct value *value)
{
	free(value->text);
	free(value->suffix);
	origin_clear(&value->origin);
	*value = (struct value){ 0 };
}

int value_word(const char *text, const char *const *words, struct error *error)
{
	scope_memory char *list = NULL;
	char quoted[128];

	for (int i = 0; words[i]; i++)
		if (!strcmp(text, words[i]))
			return i;
	for (; *words; words++) {
		scope_memory char *shorter = list;

		list = text_format("%s%s%s", shorter ? shorter : "", shorter ? ", " : "", *words);
		if (!list)
			return error_memory(error);
	}
	return error_set(error, ERROR_POLICY, "'%s' is none of %s",
			 text_quote(text, quoted, sizeof(quoted)), list);
}

int value_percent(const char *text, struct error *error)
{
	const char *whole = text;
	char quoted[256], sequence[16];

	for (; (text = strchr(text, '%')); text += 2)
		if (!text[1] || !strchr("uUgh%", text[1]))
			return error_set(
				error, ERROR_POLICY,
				"unknown percent sequence '%s' in '%s': there are %%u %%U "
				"%%g %%h %%%%",
				text_quote((char[]){ '%', text[1], 0 }, sequence, sizeof(sequence)),
				text_quote(whole, quoted, sizeof(quoted)));
	return 0;
}

static bool has_dot_dot(const char *path)
{
	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && !strncmp(path, "..", 2))
			return true;
		path += length;
		path += strspn(path, "/");
	}
	return false;
}

static int path_parts(const char *text, const char *what, struct error *error)
{
	char quoted[256];

	text_quote(text, quoted, sizeof(quoted));
	if (strlen(text) >= PATH_MAX)
		return error_set(error, ERROR_POLICY, "%s%s'%s' is too long", what,
				 *what ? " " : "", quoted);
	if (has_dot_dot(text))
		return error_set(error, ERROR_POLICY, "%s%s'%s' has '..' in it", what,
				 *what ? " " : "", quoted);
	return value_percent(text, error);
}

int value_path(const char *text, const char *what, struct error *error)
{
	char quoted[256];

	if (*text != '/')
		return error_set(error, ERROR_POLICY, "%s%s'%s' is not an absolute path", what,
				 *what ? " " : "", text_quote(text, quoted, sizeof(quoted)));
	return path_parts(text, what, error);
}

int value_path_below(const char *text, const char *what, struct error *error)
{
	char quoted[256];

	if (!*text || *text == '/')
		return error_set(error, ERROR_POLICY, "%s%s'%s' is not a relative path", what,
				 *what ? " " : "", text_quote(text, quoted, sizeof(quoted)));
	return path_parts(text, what, error);
}

int value_reserved(const char *what, struct error *error)
{
	char quoted[256];

	return error_set(error, ERROR_UNSUPPORTED, "'%s' is reserved: a login cannot have it yet",
			 text_quote(what, quoted, sizeof(quoted)));
}
