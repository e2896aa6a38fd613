/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking a program up as a shell would, and becoming it. */
#ifndef CONFINE_CLI_PROGRAM_H
#define CONFINE_CLI_PROGRAM_H

#include "../lib/base/text.h"

/* Docker's default (moby, oci/defaults.go). */
#define PROGRAM_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Adds NAME=value unless the environment has a NAME. */
int program_env_default(struct strings *env, const char *pair, struct error *error);

/*
 * Executes command[0] (with a slash: that file; else looked up in the PATH of
 * `env`), or `fallback` where that is not found and fallback is not NULL.
 * Returns only on failure: 126 or 127, with the error filled.
 */
int program_execute(char *const *command, const char *fallback, const struct strings *env,
		    struct error *error);

#endif
