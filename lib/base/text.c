/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scope.h"

void strings_clear(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strings){ 0 };
}

/* Takes ownership of `text`, also where it fails. */
static int strings_take(struct strings *list, char *text, struct error *error)
{
	char **items;

	if (!text)
		return error_memory(error);
	items = reallocarray(list->items, list->count + 2, sizeof(*items));
	if (!items) {
		free(text);
		return error_memory(error);
	}
	items[list->count++] = text;
	items[list->count] = NULL;
	list->items = items;
	return 0;
}

int strings_add(struct strings *list, const char *text, struct error *error)
{
	return strings_take(list, strdup(text), error);
}

int strings_addf(struct strings *list, struct error *error, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return strings_take(list, length < 0 ? NULL : text, error);
}

bool strings_contain(const struct strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

static char *trim_range(const char *start, const char *end)
{
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return strndup(start, (size_t)(end - start));
}

char *text_trim(const char *text)
{
	return trim_range(text, text + strlen(text));
}

int text_split(struct strings *list, const char *text, char separator, struct error *error)
{
	char quoted[128];

	for (const char *start = text;; start++) {
		const char *end = strchrnul(start, separator);
		scope_memory char *part = trim_range(start, end);

		if (!part)
			return error_memory(error);
		if (!*part)
			return error_set(error, ERROR_POLICY, "empty entry in the list '%s'",
					 text_quote(text, quoted, sizeof(quoted)));
		if (strings_take(list, take_pointer(&part), error))
			return -1;
		if (!*end)
			return 0;
		start = end;
	}
}

int text_number(const char *text, int64_t least, int64_t most, int64_t *ret_number,
		struct error *error)
{
	char quoted[128], *end;
	long long number;

	text_quote(text, quoted, sizeof(quoted));
	if (!isdigit((unsigned char)text[*text == '-']))
		return error_set(error, ERROR_POLICY, "'%s' is not a number", quoted);
	errno = 0;
	number = strtoll(text, &end, 10);
	if (*end)
		return error_set(error, ERROR_POLICY, "'%s' is not a number", quoted);
	if (errno || number < least || number > most)
		return error_set(error, ERROR_POLICY, "'%s' is not between %lld and %lld", quoted,
				 (long long)least, (long long)most);
	*ret_number = number;
	return 0;
}

int text_unsigned(const char *text, uint64_t most, uint64_t *ret_number, struct error *error)
{
	char quoted[128], *end;
	unsigned long long number;

	text_quote(text, quoted, sizeof(quoted));
	if (!isdigit((unsigned char)*text))
		return error_set(error, ERROR_POLICY, "'%s' is not a number of 0 or more", quoted);
	errno = 0;
	number = strtoull(text, &end, 10);
	if (*end)
		return error_set(error, ERROR_POLICY, "'%s' is not a number of 0 or more", quoted);
	if (errno || number > most)
		return error_set(error, ERROR_POLICY, "'%s' is more than %llu", quoted,
				 (unsigned long long)most);
	*ret_number = number;
	return 0;
}

/* The power of 1024 that the unit after a number stands for, or -1. */
static int size_power(const char *unit)
{
	static const char units[] = "bkmgtp";
	const char *found;

	if (!*unit)
		return 0;
	found = strchr(units, tolower((unsigned char)*unit));
	if (!found || !*found)
		return -1;
	unit++;
	if (found != units && tolower((unsigned char)*unit) == 'i')
		unit++;
	if (found != units && tolower((unsigned char)*unit) == 'b')
		unit++;
	return *unit ? -1 : (int)(found - units);
}

/* Not strtold(3), which takes the decimal point of the server's locale. */
static long double decimal(const char *whole, size_t digits, const char *part, size_t fraction)
{
	long double number = 0, scale = 1;

	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (whole[i] - '0');
	for (size_t i = 0; i < fraction; i++) {
		number = number * 10 + (part[i] - '0');
		scale *= 10;
	}
	return number / scale;
}

int text_size(const char *text, uint64_t *ret_bytes, struct error *error)
{
	size_t digits = strspn(text, "0123456789"), fraction = 0;
	long double bytes;
	char quoted[128];
	const char *unit = text + digits;
	int power;

	text_quote(text, quoted, sizeof(quoted));
	if (*unit == '.') {
		fraction = strspn(unit + 1, "0123456789");
		unit += 1 + fraction;
	}
	if (!digits || (text[digits] == '.' && !fraction))
		return error_set(error, ERROR_POLICY, "'%s' is not a size (as 512m or 2g)", quoted);
	while (*unit == ' ')
		unit++;
	power = size_power(unit);
	if (power < 0)
		return error_set(error, ERROR_POLICY, "'%s' is not a size (as 512m or 2g)", quoted);
	bytes = decimal(text, digits, text + digits + 1, fraction);
	while (power--)
		bytes *= 1024;
	/* Thousands of digits come to infinity, and to no number where the fraction does too. */
	if (!(bytes <= (long double)INT64_MAX))
		return error_set(error, ERROR_POLICY, "'%s' is too large a size", quoted);
	*ret_bytes = (uint64_t)bytes;
	return 0;
}

int text_boolean(const char *text, bool *ret_value, struct error *error)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "yes", true }, { "no", false }, { "true", true }, { "false", false },
		      { "1", true },   { "0", false },	{ "on", true },	  { "off", false } };
	char quoted[128];

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(words[i].word, text)) {
			*ret_value = words[i].value;
			return 0;
		}
	return error_set(error, ERROR_POLICY, "'%s' is neither yes nor no",
			 text_quote(text, quoted, sizeof(quoted)));
}

/* The bytes after the first that a character of UTF-8 has, and the least code that is so long. */
static int utf8_form(unsigned char first, uint32_t *ret_bits, uint32_t *ret_least)
{
	static const struct {
		unsigned char mask, mark;
		uint32_t least;
	} forms[] = { { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };

	for (int i = 0; i < 3; i++)
		if ((first & forms[i].mask) == forms[i].mark) {
			*ret_bits = first & (unsigned char)~forms[i].mask;
			*ret_least = forms[i].least;
			return i + 1;
		}
	return 0;
}

/* What moves the cursor, ends a line, or turns the order of what is read around (Unicode, UAX 9). */
static bool is_control(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x80, 0x9f },	    { 0x61c, 0x61c },	{ 0x200e, 0x200f },    { 0x2028, 0x202e },
		{ 0x2066, 0x2069 }, { 0xd800, 0xdfff }, { 0x110000, UINT32_MAX },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* How many bytes of `text` are one character that a terminal may be given as it is; 0: none. */
static size_t printable(const char *text)
{
	unsigned char byte = (unsigned char)*text;
	uint32_t code = 0, least = 0;
	int more;

	if (byte < 0x80)
		return byte >= 0x20 && byte != 0x7f && byte != '\'' && byte != '\\';
	more = utf8_form(byte, &code, &least);
	for (int i = 1; i <= more; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	return more && code >= least && !is_control(code) ? (size_t)more + 1 : 0;
}

const char *text_quote(const char *text, char *buffer, size_t size)
{
	size_t used = 0, length;

	for (; *text; text += length ? length : 1) {
		length = printable(text);
		if (used + 8 > size) {
			used += (size_t)snprintf(buffer + used, size - used, "...");
			break;
		}
		if (length)
			used += (size_t)snprintf(buffer + used, size - used, "%.*s", (int)length,
						 text);
		else
			used += (size_t)snprintf(buffer + used, size - used, "\\x%02x",
						 (unsigned char)*text);
	}
	buffer[used] = '\0';
	return buffer;
}

bool text_starts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool text_ends(const char *text, const char *ending)
{
	size_t length = strlen(text), of_ending = strlen(ending);

	return length > of_ending && !strcmp(text + length - of_ending, ending);
}

bool text_same(const char *left, const char *right)
{
	return left && right ? !strcmp(left, right) : left == right;
}

static bool within_edits(const char *left, const char *right, unsigned edits)
{
	while (*left && *left == *right)
		left++, right++;
	if (!*left && !*right)
		return true;
	if (!edits)
		return false;
	return (*left && within_edits(left + 1, right, edits - 1)) ||
	       (*right && within_edits(left, right + 1, edits - 1)) ||
	       (*left && *right && within_edits(left + 1, right + 1, edits - 1));
}

bool text_similar(const char *left, const char *right)
{
	return within_edits(left, right, strlen(right) > 4 ? 2 : 1);
}

char *text_format(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return length < 0 ? NULL : text;
}

void *array_add(void *items_pointer, size_t *count, size_t size)
{
	void **items = items_pointer;
	char *grown = reallocarray(*items, *count + 1, size);

	if (!grown)
		return NULL;
	*items = grown;
	grown += *count * size;
	memset(grown, 0, size);
	++*count;
	return grown;
}
