/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A value with its origin, and the few grammars that many keys share: a word
 * of a list, an absolute path, a name. Knows no key.
 */
#ifndef CONFINE_POLICY_VALUE_H
#define CONFINE_POLICY_VALUE_H

#include "policy.h"

/* Copies all of it into the empty `value`; where it fails, value_clear frees what is there. */
int value_fill(struct value *value, const char *text, const char *suffix, const char *file,
	       unsigned line, struct error *error);
void value_clear(struct value *value);

int origin_copy(struct origin *to, const struct origin *from, struct error *error);
void origin_clear(struct origin *origin);

/* strdup whose failure is an error; `*to` is freed before. */
int value_copy(char **to, const char *text, struct error *error);

/* The place of `text` among `words` (NULL ends them), or -1: "'x' is none of host, none". */
int value_word(const char *text, const char *const *words, struct error *error);

/*
 * An absolute path without `..`, whose percent sequences are %u %U %g %h %%.
 * They are left as they are. `what` names it in messages: "target", or "" where
 * the key says enough.
 */
int value_path(const char *text, const char *what, struct error *error);

/* The same for a path below a folder: it does not begin with '/'. */
int value_path_below(const char *text, const char *what, struct error *error);

/* Only the known percent sequences. */
int value_percent(const char *text, struct error *error);

/* "'text' is reserved: ...": of the contract, and a login cannot have it yet. */
int value_reserved(const char *what, struct error *error);

#endif
