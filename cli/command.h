/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A subcommand: one file that ends with its row. main.c lists the rows.
 */
#ifndef CONFINE_CLI_COMMAND_H
#define CONFINE_CLI_COMMAND_H

#include <json-c/json.h>
#include <stdbool.h>

#include "../lib/base/error.h"
#include "../lib/base/log.h"
#include "../lib/base/text.h"
#include "options.h"

struct command {
	const char *name;
	const char *usage; /* what follows the name: "USER [--json]" */
	const char *summary; /* one line, no full stop */
	const char *help; /* further lines for `confine NAME --help`, or NULL */
	int least, most; /* words that it takes besides options */
	const char *needs; /* what to say where there are fewer or more */
	bool root; /* only root can use it */
	bool runs; /* a command of the caller's: its own failures are 125, as Docker's */
	bool joins; /* a living container: runs from a sealed executable */
	/* argv[0] is the subcommand's name. Returns the exit status. */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_check;
extern const struct command command_show;
extern const struct command command_run;
extern const struct command command_ls;
extern const struct command command_enter;
extern const struct command command_kill;
extern const struct command command_gc;
extern const struct command command_seccomp;
extern const struct command command_doctor;

/* Exit statuses: check's are its own contract, run's and enter's are Docker's. */
enum {
	STATUS_FINE = 0,
	STATUS_FAILED = 1, /* also: findings */
	STATUS_USAGE = 2,
	STATUS_CONFINE_FAILED = 125,
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
};

/* Writes "confine: file:line: text" to standard error and returns `status`. */
int command_fail(const struct error *error, int status);

/* As command_fail, and says where help is. */
int command_misused(const struct command *command, const struct error *error, int status);

/* Prints usage, summary and help to standard output. Returns STATUS_FINE. */
int command_help(const struct command *command);

/*
 * Reads the options and counts the words, which stand in argv[1..] then (options_parse). Returns how
 * many there are; or -1 with *ret_status, when all is said: *help was set, or the call was wrong.
 */
int command_parse(const struct command *command, const struct options *options, const bool *help,
		  int argc, char **argv, int *ret_status);

/* Says that only root can do this, and returns -1, where the caller must be root and is not. */
int command_needs_root(const struct command *command);

/*
 * As command_parse, for a command whose only option but --help is --json: what tells machines the
 * same as people.
 */
int command_parse_json(const struct command *command, int argc, char **argv, bool *ret_json,
		       int *ret_status);

/* An array of strings; the caller's. */
json_object *command_json_strings(const struct strings *list);

/* Prints a value to standard output, and releases it. */
void command_print_json(json_object *value);

/* Warnings of the library go to standard error. */
extern const struct log command_log;

#endif
