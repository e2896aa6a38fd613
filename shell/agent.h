/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The person's ssh-agent. Its socket lies in the host's /tmp, where nobody
 * inside can see it. A socket of the person's own inside stands for it: who
 * stands outside, without any privilege, takes its connections over there.
 */
#ifndef CONFINE_SHELL_AGENT_H
#define CONFINE_SHELL_AGENT_H

#include <stddef.h>

#include "../lib/base/error.h"

/*
 * Inside, as the user: makes the socket, its path in `path`, and returns it,
 * listening. -1 without an error worth telling: then there is no agent.
 */
int agent_listen(char *path, size_t size);

/*
 * Outside, as the user: a process that carries what comes over `listener` to
 * the socket `path`, until the calling process ends. Does nothing where it
 * cannot.
 */
void agent_carry(int listener, const char *path);

#endif
