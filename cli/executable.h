/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This program's own file, as those see it in whose container it runs. */
#ifndef CONFINE_CLI_EXECUTABLE_H
#define CONFINE_CLI_EXECUTABLE_H

#include "../lib/base/error.h"

/*
 * Before a living container is joined: executes this program again from a read-only clone of its
 * mount, and returns where it runs from such a one already. Who holds SYS_PTRACE inside can keep
 * /proc/PID/exe of what comes in (proc(5)), and by it write to the file once it has ended
 * (CVE-2019-5736). `argv`: main's own.
 */
int executable_seal(char *const *argv, struct error *error);

#endif
