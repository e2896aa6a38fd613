/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program's answer: run without a shell, in bounded time, with nothing of the caller's. */
#ifndef CONFINE_CLI_CAPTURE_H
#define CONFINE_CLI_CAPTURE_H

#include "../lib/base/error.h"

/*
 * Runs argv[0] (an absolute path) and gives what it wrote to standard output and
 * standard error (malloc'ed, at most 1 MiB). ERROR_HOST with its last line where
 * it failed, or where it had not ended after `timeout_s`: then it is killed.
 */
int capture(char *const *argv, unsigned timeout_s, char **ret_output, struct error *error);

#endif
