/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forking inside someone else's process. */
#ifndef CONFINE_SESSION_PROCESS_H
#define CONFINE_SESSION_PROCESS_H

#include <linux/sched.h>
#include <sys/types.h>

#include "../base/error.h"

/*
 * vfork(2) with a function: `start` runs in this process's memory, on a stack of its own and with
 * all signals blocked, and this process goes on when that has executed a program or returned, which
 * ends it. A copy of the memory is what a fork costs. `arguments`: what more clone3(2) is to do;
 * the rest of it is filled in. -1 with errno.
 */
pid_t process_lend(struct clone_args *arguments, void (*start)(void *context), void *context);

/*
 * The same, but this process does not wait: all that it may do from there on is to end (_exit). A
 * pidfd tells `start` when it has; then the memory is the child's alone.
 */
pid_t process_bequeath(void (*start)(void *context), void *context);

/* Default action for every signal, none blocked: for a child that goes its own way. */
void process_forget_signals(void);

/* ERROR_HOST where the process has more than one thread: setns(2) refuses a mount namespace then.
 */
int process_alone(struct error *error);

#endif
