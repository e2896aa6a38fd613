/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mount_flag.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"
#include "../lib/policy/keys.h"

/* The fields as written; they point into the list that was split. */
struct mount_words {
	const char *type, *source, *target, *read_only, *propagation, *recursive, *size, *mode,
		*consistency;
};

static const struct {
	const char *name;
	size_t member;
	const char *bare; /* the value where none is written; NULL: there must be one */
} fields[] = {
	{ "type", offsetof(struct mount_words, type), NULL },
	{ "source", offsetof(struct mount_words, source), NULL },
	{ "src", offsetof(struct mount_words, source), NULL },
	{ "target", offsetof(struct mount_words, target), NULL },
	{ "dst", offsetof(struct mount_words, target), NULL },
	{ "destination", offsetof(struct mount_words, target), NULL },
	{ "readonly", offsetof(struct mount_words, read_only), "true" },
	{ "ro", offsetof(struct mount_words, read_only), "true" },
	{ "bind-propagation", offsetof(struct mount_words, propagation), NULL },
	{ "bind-recursive", offsetof(struct mount_words, recursive), NULL },
	{ "tmpfs-size", offsetof(struct mount_words, size), NULL },
	{ "tmpfs-mode", offsetof(struct mount_words, mode), NULL },
	/* A word of Docker Desktop's, without meaning on Linux. */
	{ "consistency", offsetof(struct mount_words, consistency), NULL },
};

static int take_field(struct mount_words *words, const char *field, struct error *error)
{
	size_t length = strcspn(field, "=");
	char quoted[128];

	text_quote(field, quoted, sizeof(quoted));
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const char **member = (void *)((char *)words + fields[i].member);
		const char *text = field[length] ? field + length + 1 : fields[i].bare;

		if (strlen(fields[i].name) != length || memcmp(fields[i].name, field, length))
			continue;
		if (!text || !*text)
			return error_set(error, ERROR_USAGE, "'%s' has no value", quoted);
		if (*member)
			return error_set(error, ERROR_USAGE, "'%s' is given twice", fields[i].name);
		*member = text;
		return 0;
	}
	return error_set(error, ERROR_USAGE, "unknown field '%s'", quoted);
}

/* What the text of `volume` and `tmpfs` cannot carry. */
static int check_path(const char *name, const char *path, struct error *error)
{
	char quoted[128];

	if (!path)
		return error_set(error, ERROR_USAGE, "field '%s' is missing", name);
	if (strpbrk(path, ":\""))
		return error_set(error, ERROR_USAGE, "%s '%s' holds a colon or a quote", name,
				 text_quote(path, quoted, sizeof(quoted)));
	return 0;
}

static int check_recursive(const struct mount_words *words, bool read_only, struct error *error)
{
	char quoted[128];

	if (!words->recursive || !strcmp(words->recursive, "enabled"))
		return 0;
	if (!strcmp(words->recursive, "readonly") && read_only)
		return 0;
	return error_set(error, ERROR_UNSUPPORTED,
			 "bind-recursive '%s' is not supported: binds are recursive, and "
			 "read-only ones are so throughout",
			 text_quote(words->recursive, quoted, sizeof(quoted)));
}

static char *translate_bind(const struct mount_words *words, bool read_only, struct error *error)
{
	char *text;

	if (words->size || words->mode) {
		error_set(error, ERROR_USAGE, "tmpfs-size and tmpfs-mode are not for type 'bind'");
		return NULL;
	}
	if (check_path("source", words->source, error) || check_recursive(words, read_only, error))
		return NULL;
	text = text_format("%s:%s:%s%s%s", words->source, words->target, read_only ? "ro" : "rw",
			   words->propagation ? "," : "",
			   words->propagation ? words->propagation : "");
	if (!text)
		error_memory(error);
	return text;
}

static char *translate_tmpfs(const struct mount_words *words, bool read_only, struct error *error)
{
	char *text;

	if (words->source || words->propagation || words->recursive) {
		error_set(error, ERROR_USAGE, "source and bind-... are not for type 'tmpfs'");
		return NULL;
	}
	text = text_format("%s:%s%s%s%s%s", words->target, read_only ? "ro" : "rw",
			   words->size ? ",size=" : "", words->size ? words->size : "",
			   words->mode ? ",mode=" : "", words->mode ? words->mode : "");
	if (!text)
		error_memory(error);
	return text;
}

static const struct {
	const char *name;
	enum key_id key;
	char *(*translate)(const struct mount_words *words, bool read_only, struct error *error);
} types[] = {
	{ "bind", KEY_VOLUME, translate_bind },
	{ "tmpfs", KEY_TMPFS, translate_tmpfs },
};

int mount_flag_translate(const char *text, int *ret_key, char **ret_text, struct error *error)
{
	scope_of(strings) struct strings parts = { 0 };
	struct mount_words words = { 0 };
	bool read_only = false;
	char quoted[128];

	if (text_split(&parts, text, ',', error))
		return -1;
	for (size_t i = 0; i < parts.count; i++)
		if (take_field(&words, parts.items[i], error))
			return -1;
	if (words.read_only && text_boolean(words.read_only, &read_only, error))
		return -1;
	if (!words.type)
		words.type = "volume"; /* Docker's default */
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].name, words.type))
			continue;
		if (check_path("target", words.target, error))
			return -1;
		*ret_text = types[i].translate(&words, read_only, error);
		*ret_key = (int)types[i].key;
		return *ret_text ? 0 : -1;
	}
	return error_set(error, ERROR_USAGE, "type '%s' is not supported (bind and tmpfs are)",
			 text_quote(words.type, quoted, sizeof(quoted)));
}
