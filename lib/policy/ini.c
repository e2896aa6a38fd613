/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ini.h"

#include <ctype.h>
#include <errno.h>
#include <iniparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "keys.h"
#include "value.h"

enum {
	INI_MOST_BYTES = 128 * 1024,
	INI_MOST_LINE =
		1022, /* what iniparser's buffer of 1,024 holds beside the newline and the NUL */
	INI_MOST_FAULTS = 100,
};

/* What is known half way through a file. */
struct reader {
	struct ini *ini;
	const char *file;
	unsigned line;
	const char *section; /* NULL: none yet, or one that is unknown */
	bool section_seen;
	struct findings *findings;
	size_t faults;
	struct error *error;
};

void ini_clear(struct ini *ini)
{
	for (size_t i = 0; i < ini->count; i++)
		value_clear(&ini->items[i].value);
	free(ini->items);
	*ini = (struct ini){ 0 };
}

/* Names that came from the file are quoted by text_quote before they get here. */
#define FAULT(reader, ...)                                                                     \
	((reader)->faults++, findings_addf((reader)->findings, (reader)->file, (reader)->line, \
					   (reader)->error, __VA_ARGS__))

static const char *const sections[] = { "policy", "container", "session" };

static int read_section(struct reader *reader, char *text)
{
	char *end = strchr(text, ']'), quoted[128];
	scope_memory char *name = NULL;

	reader->section = NULL;
	reader->section_seen = true;
	if (!end)
		return FAULT(reader, "a section ends with ']'");
	if (end[1])
		return FAULT(reader, "text after ']': a section stands alone on its line");
	*end = '\0';
	name = text_trim(text + 1);
	if (!name)
		return error_memory(reader->error);
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (!strcasecmp(name, sections[i]))
			reader->section = sections[i];
	if (!reader->section)
		return FAULT(reader, "unknown section '%s': there are policy, container, session",
			     text_quote(name, quoted, sizeof(quoted)));
	return 0;
}

static int unknown_key(struct reader *reader, const char *name)
{
	char quoted[128];

	text_quote(name, quoted, sizeof(quoted));
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (key_find(sections[i], name))
			return FAULT(reader, "'%s' belongs into [%s], not into [%s]", quoted,
				     sections[i], reader->section);
	if (key_find_flag(name))
		return FAULT(reader, "unknown key '%s': it is written '%s' here", quoted,
			     key_find_flag(name)->name);
	if (key_instead_of(name))
		return FAULT(reader, "unknown key '%s': here it is %s", quoted,
			     key_instead_of(name));
	if (key_is_docker_only(name))
		return FAULT(reader, "'%s' is a flag of docker run that a login cannot have",
			     quoted);
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (!strcmp(keys[i].section, reader->section) && text_similar(name, keys[i].name))
			return FAULT(reader, "unknown key '%s': did you mean '%s'?", quoted,
				     keys[i].name);
	return FAULT(reader, "unknown key '%s'", quoted);
}

/* 0 where the suffix can stand; 1 after a fault; -1. */
static int check_suffix(struct reader *reader, const struct key *key, const char *suffix)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
	char quoted[128];

	if (key->shape == SHAPE_SINGLE)
		return FAULT(reader, "'%s' holds one value and takes no suffix", key->name) ? -1
											    : 1;
	if (!*suffix || suffix[strspn(suffix, letters)])
		return FAULT(reader, "suffix '%s' of '%s': only letters, digits, '_', '-' and '.'",
			     text_quote(suffix, quoted, sizeof(quoted)), key->name)
			       ? -1
			       : 1;
	return 0;
}

/* 0 where the key is new in this file; 1 after a fault; -1. */
static int check_repeat(struct reader *reader, const struct key *key, const char *suffix)
{
	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct keyed_value *item = &reader->ini->items[i];

		if (item->key != (int)key->id || strcmp(item->value.suffix, suffix))
			continue;
		return FAULT(reader, "'%s%s%s' stands here again, first on line %u%s", key->name,
			     *suffix ? "." : "", suffix, item->value.origin.line,
			     key->shape == SHAPE_SINGLE ? "" : ": give each a suffix (KEY.NAME)")
			       ? -1
			       : 1;
	}
	return 0;
}

/* `text` begins behind the opening quote; iniparser takes what is up to the next one. */
static const char *quoted_value(char *text)
{
	char *end = strchr(text, '"'), *after;

	if (!end)
		return "a value's double quote is not closed";
	*end = '\0';
	if (strchr(text, '\\'))
		return "a backslash in double quotes: some versions of iniparser drop it";
	after = end + 1 + strspn(end + 1, " \t");
	if (*after && *after != ';' && *after != '#')
		return "text after the closing double quote";
	return NULL;
}

/* iniparser cuts at the first ; or #, wherever it stands: that must look like a comment. */
static const char *plain_value(char *text)
{
	char *cut = strpbrk(text, ";#");

	if (cut && cut > text && cut[-1] != ' ' && cut[-1] != '\t')
		return "a ';' or '#' would cut this value: write it in double quotes";
	if (cut && cut[1] && cut[1] != ' ' && cut[1] != '\t' && cut[1] != *cut)
		return "a ';' or '#' would cut this value: write it in double quotes, or a comment "
		       "with a space after the ';'";
	if (cut)
		*cut = '\0';
	if (strchr(text, '"'))
		return "double quotes stand around a whole value, not within";
	return NULL;
}

/* Cuts the value out of what follows the '='. Returns the fault, or NULL. */
static const char *cut_value(char *text, char **ret_value)
{
	const char *fault;

	text += strspn(text, " \t");
	*ret_value = text;
	if (*text == '\'')
		return "a value is quoted with double quotes, not with '";
	if (*text == '"') {
		++*ret_value;
		return quoted_value(text + 1);
	}
	fault = plain_value(text);
	for (char *end = text + strlen(text); end > text && isblank((unsigned char)end[-1]);)
		*--end = '\0';
	return fault;
}

static int add_value(struct reader *reader, const struct key *key, const char *suffix, char *text)
{
	struct keyed_value *item;
	char *value;
	const char *fault = cut_value(text, &value);

	if (fault)
		return FAULT(reader, "%s: %s", key->name, fault);
	item = array_add(&reader->ini->items, &reader->ini->count, sizeof(*item));
	if (!item)
		return error_memory(reader->error);
	item->key = (int)key->id;
	return value_fill(&item->value, value, suffix, reader->file, reader->line, reader->error);
}

static int read_key(struct reader *reader, char *text)
{
	char *equals = strchr(text, '='), *suffix;
	scope_memory char *name = NULL;
	const struct key *key;
	int skip = 0;

	if (!equals)
		return FAULT(reader, "neither a [section], a key = value, nor a ; comment");
	*equals = '\0';
	name = text_trim(text);
	if (!name)
		return error_memory(reader->error);
	if (!*name)
		return FAULT(reader, "no key before the '='");
	for (char *letter = name; *letter; letter++)
		*letter = (char)tolower((unsigned char)*letter);
	if (!reader->section_seen)
		return FAULT(reader, "a key before any [section]");
	if (!reader->section)
		return 0;
	suffix = strchr(name, '.');
	if (suffix)
		*suffix++ = '\0';
	key = key_find(reader->section, name);
	if (!key)
		return unknown_key(reader, name);
	if (suffix)
		skip = check_suffix(reader, key, suffix);
	if (!skip)
		skip = check_repeat(reader, key, suffix ? suffix : "");
	if (skip)
		return skip < 0 ? -1 : 0;
	return add_value(reader, key, suffix ? suffix : "", equals + 1);
}

/* A byte that no policy holds: a control character other than a tab. NULL where there is none. */
static const char *control_byte(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text) && *text != '\t' && (unsigned char)*text < 0x80)
			return text;
	return NULL;
}

static int read_line(struct reader *reader, const char *line, size_t length)
{
	char bytes[INI_MOST_LINE + 1], *text = bytes;
	const char *control;

	if (length > INI_MOST_LINE)
		return FAULT(reader, "a line of more than %d bytes", INI_MOST_LINE);
	memcpy(bytes, line, length);
	while (length && strchr(" \t\r", bytes[length - 1]))
		length--;
	bytes[length] = '\0';
	text += strspn(text, " \t");
	control = control_byte(text);
	if (control)
		return FAULT(reader, "a control character (byte 0x%02x)", (unsigned char)*control);
	if (!*text)
		return 0;
	/* iniparser joins the next line to it, to a comment too. */
	if (bytes[length - 1] == '\\')
		return FAULT(reader, "a backslash ends this line: a value stands on one line");
	if (*text == ';' || *text == '#')
		return 0;
	return *text == '[' ? read_section(reader, text) : read_key(reader, text);
}

static const char byte_order_mark[] = "\xef\xbb\xbf"; /* UTF-8's, as some editors write it */

static int read_lines(struct reader *reader, const char *bytes, size_t size)
{
	const char *end = bytes + size;
	size_t mark = sizeof(byte_order_mark) - 1;

	if (size >= mark && !memcmp(bytes, byte_order_mark, mark)) {
		reader->line = 1;
		if (FAULT(reader, "a byte order mark: save this file as UTF-8 without one"))
			return -1;
		reader->line = 0;
		bytes += mark;
	}
	while (bytes < end) {
		const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *line_end = stop ? stop : end;

		reader->line++;
		if (memchr(bytes, '\0', (size_t)(line_end - bytes)))
			return FAULT(reader, "a NUL byte: this is no text");
		if (read_line(reader, bytes, (size_t)(line_end - bytes)))
			return -1;
		if (reader->faults >= INI_MOST_FAULTS)
			return FAULT(reader, "too many faults; the rest is not looked at");
		bytes = line_end + 1;
	}
	return 0;
}

__attribute__((format(printf, 1, 2))) static int say_nothing(const char *format, ...)
{
	(void)format;
	return 0;
}

/*
 * iniparser opens by name only: it gets the very bytes that were indexed, in
 * memory, by the name that proc(5) gives a descriptor.
 */
static dictionary *parse_bytes(const char *bytes, size_t size, struct error *error)
{
	scope_fd int memory = memfd_create("confine-policy", MFD_CLOEXEC);
	dictionary *parsed;
	char name[64];

	if (memory < 0) {
		error_errno(error, "memfd_create");
		return NULL;
	}
	if (path_write_all(memory, bytes, size, error))
		return NULL;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", memory);
	iniparser_set_error_callback(say_nothing);
	errno = 0;
	parsed = iniparser_load(name);
	iniparser_set_error_callback(NULL);
	/* It says nothing of why. */
	if (!parsed && (errno == ENOMEM || errno == EMFILE || errno == ENFILE))
		error_errno(error, "iniparser cannot read this file");
	else if (!parsed)
		error_set(error, ERROR_POLICY, "iniparser cannot read this file");
	return parsed;
}

/* What iniparser made of one value, NULL where it has none. */
static const char *parsed_value(dictionary *parsed, const struct keyed_value *item)
{
	const struct key *key = &keys[item->key];
	char name[INI_MOST_LINE + 64];

	snprintf(name, sizeof(name), "%s:%s%s%s", key->section, key->name,
		 *item->value.suffix ? "." : "", item->value.suffix);
	return iniparser_getstring(parsed, name, NULL);
}

/* The net below the index: both must have found the same keys and the same values. */
static int compare(struct reader *reader, dictionary *parsed)
{
	size_t found = 0;

	for (int i = 0; i < iniparser_getnsec(parsed); i++)
		found += (size_t)iniparser_getsecnkeys(parsed, iniparser_getsecname(parsed, i));
	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct keyed_value *item = &reader->ini->items[i];
		const char *text = parsed_value(parsed, item);

		reader->line = item->value.origin.line;
		if (!text || strcmp(text, item->value.text))
			return FAULT(reader, "iniparser reads the value of '%s' otherwise",
				     keys[item->key].name);
	}
	reader->line = 0;
	if (found != reader->ini->count)
		return FAULT(reader, "iniparser finds other keys than stand here");
	return 0;
}

static int confirm(struct reader *reader, const char *bytes, size_t size)
{
	dictionary *parsed;
	int result;

	if (reader->faults)
		return 0;
	parsed = parse_bytes(bytes, size, reader->error);
	if (!parsed)
		return error_locate(reader->error, reader->file, 0);
	result = compare(reader, parsed);
	iniparser_freedict(parsed);
	return result;
}

int ini_read(struct ini *ret_ini, int fd, const char *file, struct findings *findings,
	     struct error *error)
{
	scope_of(ini) struct ini ini = { 0 };
	struct reader reader = { .ini = &ini, .file = file, .findings = findings, .error = error };
	scope_memory char *bytes = NULL;
	size_t size;

	if (path_read_all(fd, INI_MOST_BYTES, &bytes, &size, error))
		return error_locate(error, file, 0);
	if (read_lines(&reader, bytes, size) || confirm(&reader, bytes, size))
		return -1;
	*ret_ini = ini;
	ini = (struct ini){ 0 };
	return 0;
}
