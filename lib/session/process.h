/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forking inside someone else's process. */
#ifndef CONFINE_SESSION_PROCESS_H
#define CONFINE_SESSION_PROCESS_H

#include <linux/sched.h>
#include <sys/types.h>

#include "../base/error.h"

/* clone3(2), as fork: the child goes on here and gets 0. None of the host's atfork handlers run. */
pid_t process_clone(struct clone_args *arguments);

/* Default action for every signal, none blocked: for a child that goes its own way. */
void process_forget_signals(void);

/* ERROR_HOST where the process has more than one thread: setns(2) refuses a mount namespace then.
 */
int process_alone(struct error *error);

#endif
