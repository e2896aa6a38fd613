/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Servers of root's that run on this host, by the name of their executable.
 * What runs in another pid or mount namespace is a container's, not the host's.
 */
#ifndef CONFINE_CLI_RUNNING_H
#define CONFINE_CLI_RUNNING_H

#include <sys/types.h>

#include "../lib/base/text.h"

struct running_server {
	pid_t pid;
	char *executable; /* its path; without " (deleted)" */
	struct strings argv; /* as /proc shows it: one word where the server has rewritten it */
};

/* All zero is none. */
struct running {
	struct running_server *items;
	size_t count;
};
void running_clear(struct running *running);

/* Those whose executable has one of the names (NULL-terminated). */
int running_find(struct running *ret_running, const char *const *names, struct error *error);

#endif
