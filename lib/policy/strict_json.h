/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON read so that nothing in it is lost on the way: json-c keeps the last of
 * two members of one name and the largest number it knows for any larger one;
 * here both are errors with their line. Knows nothing of what the text means.
 */
#ifndef CONFINE_POLICY_STRICT_JSON_H
#define CONFINE_POLICY_STRICT_JSON_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

/*
 * Parses RFC 8259 text of `size` bytes into a value that the caller puts
 * (json_object_put). ERROR_POLICY in the file `name`, with its line. Member
 * names that differ only in case count as the same, as they do for Docker (Go's
 * encoding/json).
 */
int strict_json_parse(struct json_object **ret_value, const char *name, const char *json,
		      size_t size, struct error *error);

/*
 * The member of an object, whatever the case of its name, or NULL where it is
 * missing or null. It stays the object's.
 */
struct json_object *strict_json_member(struct json_object *object, const char *name);

/* A whole number from 0 to 2^64-1; json-c itself turns -1 into 0 and 1.5 into 1. */
int strict_json_unsigned(struct json_object *value, uint64_t most, uint64_t *ret_number,
			 struct error *error);

/* A string's text, which stays the value's; a NUL within it is an error. NULL where it is none. */
const char *strict_json_string(struct json_object *value, struct error *error);

/* Fails where `value` (may be NULL) is there but of another type; the message names it. */
int strict_json_expect(struct json_object *value, enum json_type type, struct error *error);

static inline void strict_json_put(struct json_object **value)
{
	json_object_put(*value);
}

#define scope_json __attribute__((cleanup(strict_json_put)))

#endif
