/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine-shell on the host: makes or finds the container, and starts the shell in it. */
#ifndef CONFINE_SHELL_ALONE_H
#define CONFINE_SHELL_ALONE_H

#include "../lib/base/log.h"
#include "../lib/plan/host.h"
#include "caller.h"

/*
 * Returns on failure only: the exit status. `user` is filled as soon as it is
 * known, for the message.
 */
int alone_run(struct caller *caller, struct host_user *user, const struct log *log,
	      struct error *error);

#endif
