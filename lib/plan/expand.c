/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * %u %U %g %h %% in paths and in the hostname, and the one form in which the
 * plan writes paths.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

/* What a letter stands for; NULL for an unknown one. `number` is room for a uid. */
static const char *expand_letter(const struct resolve *resolve, char letter, char *number,
				 size_t size)
{
	switch (letter) {
	case 'u':
		return resolve->user->name;
	case 'U':
		snprintf(number, size, "%u", resolve->user->uid);
		return number;
	case 'g':
		return resolve->user->group;
	case 'h':
		return resolve->host->name;
	case '%':
		return "%";
	default:
		return NULL;
	}
}

static bool is_one_part(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..");
}

char *expand_text(const struct resolve *resolve, const char *text, struct error *error)
{
	scope_memory char *result = strdup("");
	char number[16], quoted[256];

	text_quote(text, quoted, sizeof(quoted));
	for (const char *at = text; result && *at;) {
		size_t plain = strcspn(at, "%");
		const char *name = "";
		char *longer;

		if (at[plain] == '%')
			name = expand_letter(resolve, at[plain + 1], number, sizeof(number));
		if (!name) {
			error_set(error, ERROR_POLICY,
				  "'%s' holds a %% that is not of %%u %%U %%g %%h %%%%", quoted);
			return NULL;
		}
		if (at[plain] == '%' && !is_one_part(name)) {
			error_set(error, ERROR_POLICY,
				  "%%%c in '%s' stands for '%s', which is no file name",
				  at[plain + 1], quoted, name);
			return NULL;
		}
		longer = text_format("%s%.*s%s", result, (int)plain, at, name);
		free(result);
		result = longer;
		at += plain + (at[plain] ? 2 : 0);
	}
	if (!result)
		error_memory(error);
	return take_pointer(&result);
}

/* Drops doubled slashes, "." and the slash at the end, in place. -1 where there is a "..". */
static int tidy(char *path)
{
	char *out = path, *at = path;

	while (*at) {
		size_t length;

		at += strspn(at, "/");
		length = strcspn(at, "/");
		if (length == 2 && !strncmp(at, "..", 2))
			return -1;
		if (length && !(length == 1 && *at == '.')) {
			*out++ = '/';
			memmove(out, at, length);
			out += length;
		}
		at += length;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
	return 0;
}

char *tidy_path(const char *path, struct error *error)
{
	scope_memory char *copy = strdup(path);
	char quoted[256];

	text_quote(path, quoted, sizeof(quoted));
	if (!copy)
		error_memory(error);
	else if (path[0] != '/')
		error_set(error, ERROR_POLICY, "path '%s' is not absolute", quoted);
	else if (tidy(copy))
		error_set(error, ERROR_POLICY, "path '%s' holds '..'", quoted);
	else
		return take_pointer(&copy);
	return NULL;
}

char *expand_path(const struct resolve *resolve, const char *text, struct error *error)
{
	scope_memory char *path = expand_text(resolve, text, error);

	return path ? tidy_path(path, error) : NULL;
}
