/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the driver tells a tracer, by calls of prctl(2) that the kernel does not know: nothing
 * happens where none traces.
 */
#ifndef CONFINE_TESTS_INJECT_H
#define CONFINE_TESTS_INJECT_H

enum {
	MARK_INJECT = 0x696e6a65, /* whose (below), the number of the call (0: list them), errno */
	MARK_ASK, /* gives the call that failed << 32 | how many were counted; no call: -1 */
	MARK_SETCRED, /* the phases, up to MARK_DONE */
	MARK_OPEN,
	MARK_CLOSE,
	MARK_DONE,
};

/* Whose calls, and where: in the order of the driver's names for them. */
enum whose {
	WHOSE_AUTH, /* the server's first setcred */
	WHOSE_OPEN, /* the server's open_session */
	WHOSE_HELPER, /* what that forks */
	WHOSE_BUILDER, /* what the helper forks, until it executes */
	WHOSE_JOIN, /* setcred in a child of the server */
	WHOSE_HERE, /* open_session in a child of the server, which joins in it */
	WHOSE_CLOSE, /* the server's close_session */
	WHOSE_COUNT
};

#endif
