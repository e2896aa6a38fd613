/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "strict_json.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "../base/scope.h"
#include "../base/text.h"

/* Nesting that no profile has; json-c refuses more. */
#define DEPTH_MOST 32

/* json-c counts in int. */
#define TEXT_MOST (16U << 20)

static const char number_most[] = "18446744073709551615"; /* 2^64-1 */

/* A walk over text that json-c has found to be JSON. */
struct scan {
	const char *name, *json;
	size_t size, at;
	struct json_object *members[DEPTH_MOST + 1]; /* names seen in each open object */
	unsigned depth;
};

static void scan_clear(struct scan *scan)
{
	for (; scan->depth; scan->depth--)
		json_object_put(scan->members[scan->depth]);
}

static int locate(const char *name, const char *json, size_t offset, struct error *error)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++)
		line += json[i] == '\n';
	return error_locate(error, name, line);
}

/* The length of the string that starts at `at`, both quotes counted. */
static size_t string_length(const char *at)
{
	size_t length = 1;

	while (at[length] != '"')
		length += at[length] == '\\' ? 2 : 1;
	return length + 1;
}

/* A string without its quotes and escapes; malloc'ed. */
static char *string_text(const char *at, size_t length)
{
	scope_memory char *quoted = strndup(at, length);
	scope_json struct json_object *value = NULL;

	if (!quoted)
		return NULL;
	if (!memchr(at, '\\', length))
		return strndup(at + 1, length - 2);
	value = json_tokener_parse(quoted);
	return value ? strdup(json_object_get_string(value)) : NULL;
}

/* A member's name in lower case; malloc'ed. */
static char *member_name(const char *at, size_t length)
{
	char *name = string_text(at, length);

	for (size_t i = 0; name && name[i]; i++)
		name[i] = (char)tolower((unsigned char)name[i]);
	return name;
}

static int scan_member(struct scan *scan, size_t length, struct error *error)
{
	scope_memory char *name = member_name(scan->json + scan->at, length);
	struct json_object *seen = scan->members[scan->depth];
	char quoted[128];

	if (!name)
		return error_memory(error);
	if (json_object_object_get_ex(seen, name, NULL)) {
		error_set(error, ERROR_POLICY, "member '%s' is there twice",
			  text_quote(name, quoted, sizeof(quoted)));
		return locate(scan->name, scan->json, scan->at, error);
	}
	return json_object_object_add(seen, name, NULL) ? error_memory(error) : 0;
}

static int scan_string(struct scan *scan, struct error *error)
{
	size_t length = string_length(scan->json + scan->at);
	size_t after = scan->at + length;

	while (after < scan->size && isspace((unsigned char)scan->json[after]))
		after++;
	if (after < scan->size && scan->json[after] == ':' && scan_member(scan, length, error))
		return -1;
	scan->at += length;
	return 0;
}

/* Whole numbers only: fractions and exponents are judged by their type. */
static int scan_number(struct scan *scan, struct error *error)
{
	const char *text = scan->json + scan->at;
	size_t digits = strspn(text, "0123456789"), length = strspn(text, "0123456789.eE+-");

	scan->at += length;
	if (digits < length || digits < sizeof(number_most) - 1 ||
	    (digits == sizeof(number_most) - 1 && strncmp(text, number_most, digits) <= 0))
		return 0;
	error_set(error, ERROR_POLICY, "%.*s is more than %s", (int)(digits < 64 ? digits : 64),
		  text, number_most);
	return locate(scan->name, scan->json, scan->at - length, error);
}

static int scan_open(struct scan *scan, struct error *error)
{
	struct json_object *members = json_object_new_object();

	if (!members)
		return error_memory(error);
	scan->members[++scan->depth] = members;
	return 0;
}

static int scan_token(struct scan *scan, struct error *error)
{
	char next = scan->json[scan->at];

	if (next == '"')
		return scan_string(scan, error);
	if (isdigit((unsigned char)next))
		return scan_number(scan, error);
	if (next == '{' && scan_open(scan, error))
		return -1;
	if (next == '}')
		json_object_put(scan->members[scan->depth--]);
	scan->at++;
	return 0;
}

static int scan_all(const char *name, const char *json, size_t size, struct error *error)
{
	scope_of(scan) struct scan scan = { .name = name, .json = json, .size = size };

	while (scan.at < size)
		if (scan_token(&scan, error))
			return -1;
	return 0;
}

static const char *fault_text(enum json_tokener_error fault)
{
	if (fault == json_tokener_success)
		return "nothing but null";
	if (fault == json_tokener_continue)
		return "the text ends too early";
	return json_tokener_error_desc(fault);
}

/* What json-c makes of all of the text; where it cannot, the fault and its offset. */
static struct json_object *parse_all(struct json_tokener *tokener, const char *json, size_t size,
				     enum json_tokener_error *ret_fault, size_t *ret_end)
{
	struct json_object *value;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tokener, json, (int)size);
	*ret_fault = json_tokener_get_error(tokener);
	*ret_end = json_tokener_get_parse_end(tokener);
	/* It takes a NUL for the end. */
	if (*ret_fault == json_tokener_success && *ret_end < size)
		*ret_fault = json_tokener_error_parse_unexpected;
	return value;
}

int strict_json_parse(struct json_object **ret_value, const char *name, const char *json,
		      size_t size, struct error *error)
{
	scope_json struct json_object *value = NULL;
	enum json_tokener_error fault;
	struct json_tokener *tokener;
	bool out_of_memory;
	size_t end;

	if (size > TEXT_MOST) {
		error_set(error, ERROR_POLICY, "longer than %u bytes", TEXT_MOST);
		return error_locate(error, name, 0);
	}
	tokener = json_tokener_new_ex(DEPTH_MOST);
	if (!tokener)
		return error_memory(error);
	errno = 0;
	value = parse_all(tokener, json, size, &fault, &end);
	/* json-c up to 0.16 has no word for it, and blames the text. */
	out_of_memory = errno == ENOMEM;
	json_tokener_free(tokener);
	if (out_of_memory)
		return error_memory(error);
	if (fault != json_tokener_success || !value) {
		error_set(error, ERROR_POLICY, "not JSON: %s at offset %zu", fault_text(fault),
			  end);
		return locate(name, json, end, error);
	}
	if (scan_all(name, json, size, error))
		return -1;
	*ret_value = take_pointer(&value);
	return 0;
}

struct json_object *strict_json_member(struct json_object *object, const char *name)
{
	json_object_object_foreach(object, key, value)
	{
		if (!strcasecmp(key, name))
			return value;
	}
	return NULL;
}

int strict_json_expect(struct json_object *value, enum json_type type, struct error *error)
{
	if (!value || json_object_get_type(value) == type)
		return 0;
	return error_set(error, ERROR_POLICY, "%s where %s is expected",
			 json_type_to_name(json_object_get_type(value)), json_type_to_name(type));
}

int strict_json_unsigned(struct json_object *value, uint64_t most, uint64_t *ret_number,
			 struct error *error)
{
	char quoted[96];
	uint64_t number;

	text_quote(json_object_get_string(value), quoted, sizeof(quoted));
	if (json_object_get_type(value) != json_type_int || json_object_get_int64(value) < 0)
		return error_set(error, ERROR_POLICY, "'%s' is not a whole number of 0 or more",
				 quoted);
	number = json_object_get_uint64(value);
	if (number > most)
		return error_set(error, ERROR_POLICY, "'%s' is more than %" PRIu64, quoted, most);
	*ret_number = number;
	return 0;
}

const char *strict_json_string(struct json_object *value, struct error *error)
{
	const char *text;

	if (strict_json_expect(value, json_type_string, error))
		return NULL;
	text = json_object_get_string(value);
	if (strlen(text) != (size_t)json_object_get_string_len(value)) {
		error_set(error, ERROR_POLICY, "a string that holds a NUL");
		return NULL;
	}
	return text;
}
