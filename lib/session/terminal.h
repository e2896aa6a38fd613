/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The caller's terminal beside a pseudoterminal: bytes, window size, signals.
 * Puts the caller's terminal back however it ends, SIGKILL excepted. Knows no
 * container.
 */
#ifndef CONFINE_SESSION_TERMINAL_H
#define CONFINE_SESSION_TERMINAL_H

#include <stdbool.h>
#include <sys/ioctl.h>

#include "../base/error.h"

/* The size of the caller's terminal; all zero where there is none. */
void terminal_size(struct winsize *ret_size);

/*
 * Opens a pseudoterminal pair by /dev/ptmx as the calling process sees it. The
 * slave belongs to the process's file system ids. Both close-on-exec.
 */
int terminal_pair(const struct winsize *size, int *ret_master, int *ret_slave, struct error *error);

/* For a caller that is to stop when its process stops. */
struct terminal_follow {
	/* Called with the terminal as it was; returns when both are to go on. */
	void (*stop)(void *context);
	void *context;
};

/*
 * Relays until the process of `pidfd` has ended and what it wrote is passed on.
 * `master` -1: no terminal, only signals are passed. `input`: the caller's
 * standard input (a terminal) is put into raw mode and read, while this process
 * is in the foreground there. `follow` may be NULL: then only this process's own
 * SIGTSTP stops it.
 * Call terminal_hold_signals before the process is made: what arrives between
 * is not lost then.
 */
int terminal_relay(int master, int pidfd, bool input, const struct terminal_follow *follow,
		   struct error *error);

/* Blocks the signals that the relay passes on. The child undoes it (terminal_release_signals). */
void terminal_hold_signals(void);
void terminal_release_signals(void);

#endif
