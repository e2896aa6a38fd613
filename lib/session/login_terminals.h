/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* On which terminals a login's processes are: servers open them after the login is made. */
#ifndef CONFINE_SESSION_LOGIN_TERMINALS_H
#define CONFINE_SESSION_LOGIN_TERMINALS_H

#include "../base/error.h"
#include "../base/text.h"

/*
 * Adds the controlling terminals ("pts/3", each once) of the processes in a login's cgroup, its
 * path from `root`. With `pts = private` the numbers are those of the container's own.
 */
int login_terminals(int root, const char *cgroup, struct strings *terminals, struct error *error);

#endif
