/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The person's ssh-agent. Its socket lies in the host's /tmp, where nobody
 * inside can see it. A socket of the person's own inside stands for it: who
 * stands outside, without any privilege, takes its connections over there.
 */
#ifndef CONFINE_SHELL_AGENT_H
#define CONFINE_SHELL_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../lib/base/error.h"

/*
 * Whether the socket `path` is one that a server made for an agent that it forwards: in a folder in
 * /tmp that is the person's alone. The variable may be the person's own writing
 * (PermitUserEnvironment, pam_env), and another socket of the host's, a bus or an engine's, would
 * lead out.
 */
bool agent_is_servers(const char *path, uid_t uid);

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
