/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine-shell in a container: the last steps of a join, and the shell. */
#ifndef CONFINE_SHELL_INSIDE_H
#define CONFINE_SHELL_INSIDE_H

#include "caller.h"

/* Returns on failure only: the exit status. */
int inside_run(const struct caller *caller, struct error *error);

#endif
