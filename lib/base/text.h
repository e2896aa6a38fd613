/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text and numbers: lists of strings, sizes, integers, splitting. Knows no
 * file and no host.
 */
#ifndef CONFINE_BASE_TEXT_H
#define CONFINE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* A growing list of strings that it owns. All zero is the empty list. */
struct strings {
	char **items; /* NULL-terminated once it holds anything */
	size_t count;
};

void strings_clear(struct strings *list);
/* Copies `text` to the end. */
int strings_add(struct strings *list, const char *text, struct error *error);
int strings_addf(struct strings *list, struct error *error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool strings_contain(const struct strings *list, const char *text);

/* Adds each part of `text` between separators, white space around it cut; empty parts are an error.
 */
int text_split(struct strings *list, const char *text, char separator, struct error *error);

/* Copies the text without the white space around it; NULL when out of memory. */
char *text_trim(const char *text);

/* A whole decimal number with nothing around it, within [least, most]; the messages quote `text`.
 */
int text_number(const char *text, int64_t least, int64_t most, int64_t *ret_number,
		struct error *error);
int text_unsigned(const char *text, uint64_t most, uint64_t *ret_number, struct error *error);

/*
 * A size as Docker writes it (docker/go-units, RAMInBytes): a number, perhaps
 * with a fraction, then b, k, m, g, t or p in any case, perhaps followed by
 * "b" or "ib"; powers of 1024. Bytes.
 */
int text_size(const char *text, uint64_t *ret_bytes, struct error *error);

/* yes, no, true, false, 1, 0, on, off in any case. */
int text_boolean(const char *text, bool *ret_value, struct error *error);

/*
 * A printable form of bytes of unknown origin, for messages and logs: control characters (C1's and
 * those of writing direction too), quotes, backslashes and what is no UTF-8 become \xNN. Cut to
 * size; returns buffer.
 */
const char *text_quote(const char *text, char *buffer, size_t size);

bool text_starts(const char *text, const char *prefix);

/* Whether the text is something, and then `ending`. */
bool text_ends(const char *text, const char *ending);

/* Whether both are the same text, or both are NULL. */
bool text_same(const char *left, const char *right);

/* Whether one of them may be the other mistyped: two letters too many, too few or wrong; of short
 * words one. */
bool text_similar(const char *left, const char *right);

/* As asprintf, but returns the string or NULL. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Grows an array of `size`-byte items by one zeroed item and returns it; NULL when out of memory.
 */
void *array_add(void *items_pointer, size_t *count, size_t size);

#endif
