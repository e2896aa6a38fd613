/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process of root's that waits beside a login, outside, and takes no orders:
 * it only notices that the login's process has ended, and that time has passed.
 */
#ifndef CONFINE_SESSION_WATCH_H
#define CONFINE_SESSION_WATCH_H

#include "login.h"

/*
 * For confine-shell, whose own process gives up the right to: forks the one
 * that closes `login` once the calling process is gone. It is the caller's
 * child, of all ids 0.
 */
int watch_close(struct login *login, struct error *error);

/*
 * For `confine run`, whose command has ended: the same, by a process that takes over this one's
 * memory. Where that succeeds the caller does nothing more but _exit. -1 where it has to close the
 * login itself: no process can be made, or the command has left some behind, whose end is to be
 * waited for.
 */
int watch_take_over(struct login *login);

#endif
