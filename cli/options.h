/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options as Docker reads them (spf13/pflag), which is not as getopt_long does:
 * long names are never abbreviated, a letter's value may follow `=` (-m=2g),
 * a boolean takes a value only after `=`.
 */
#ifndef CONFINE_CLI_OPTIONS_H
#define CONFINE_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "../lib/base/error.h"

struct option_row {
	const char *name; /* without dashes */
	char letter; /* 0: none */
	bool boolean; /* stands for "true" without `=` */
	/* `context` as given to options_parse; -1 with error where the value is wrong. */
	int (*take)(void *context, const struct option_row *row, const char *value,
		    struct error *error);
	int id; /* for a `take` that serves several rows */
};

struct options {
	const struct option_row *rows;
	size_t count;
	bool mixed; /* options may follow words; else the first word ends them */
	/* May say more of a long name that no row has, and return -1; or NULL. */
	int (*unknown)(const char *name, struct error *error);
	void *context;
};

/*
 * Reads argv[1..]. Returns how many words there are, moved to argv[1..] in their
 * order, with NULL after the last; or -1 with ERROR_USAGE.
 */
int options_parse(const struct options *options, int argc, char **argv, struct error *error);

/* Two ways to take a value: row->id is the offset of a bool, or of a const char *, in the context.
 */
int option_take_boolean(void *context, const struct option_row *row, const char *value,
			struct error *error);
int option_take_text(void *context, const struct option_row *row, const char *value,
		     struct error *error);
#define OPTION_MEMBER(type, member) .id = (int)offsetof(type, member)

/* Names the option as the fault's place: "--cap-add: text". Returns -1. */
int option_locate(const struct option_row *row, struct error *error);

#endif
