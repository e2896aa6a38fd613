/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line of `docker run`, as far as confine has a word for it: flags
 * made into one more layer of policy, and what only a command has (whose
 * streams, which folder, which program). Knows no host.
 */
#ifndef CONFINE_CLI_FLAGS_H
#define CONFINE_CLI_FLAGS_H

#include <stdbool.h>

#include "../lib/policy/policy.h"

struct flags {
	struct overrides overrides;
	const char *as; /* whose policy; NULL: the built-in one */
	const char *user; /* -u as it was written (user_flag.h), or NULL */
	const char *workdir; /* an absolute path, or NULL */
	const char *name; /* or NULL */
	const char *entrypoint; /* stands before the command's words; NULL or "": none */
	bool tty, interactive;
	bool init, remove; /* what confine does in any case */
	bool help;
	struct strings command; /* the program and its arguments, with the entrypoint in front */
};

/* Reads `run`'s argv (argv[0] is not looked at). The flags point into it. ERROR_USAGE where a flag
 * is wrong; what its value means is for request_parse to judge. */
int flags_parse(struct flags *ret_flags, int argc, char **argv, struct error *error);
void flags_clear(struct flags *flags);

#endif
