/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small program of root's that outlives whoever starts it: born of a
 * short-lived helper, so that it is nobody's child and no server waits for it,
 * and alone with a few descriptors and words. Knows no container.
 */
#ifndef CONFINE_SESSION_ORPHAN_H
#define CONFINE_SESSION_ORPHAN_H

#include <stdint.h>
#include <sys/types.h>

#include "../base/error.h"

enum { ORPHAN_KEPT_MOST = 5 };

struct orphan {
	const char *name; /* for messages: "the container's init" */
	uint64_t flags; /* CLONE_NEW..., CLONE_INTO_CGROUP */
	int cgroup; /* where it is born, with CLONE_INTO_CGROUP */
	/*
	 * In the new process, all ids 0, not dumpable, in a session and a keyring of its own:
	 * executes the program by orphan_execute(). Returns on failure only. `line`: the socket's
	 * end on which the program writes one byte when it stands.
	 */
	void (*work)(const void *context, int line, struct error *error);
	const void *context;
};

/*
 * Makes the orphan, up to the exec of its program. Returns a pidfd of it, its
 * pid, and the other end of its line. The calling process gets no child that
 * lives on and no SIGCHLD.
 */
int orphan_begin(const struct orphan *orphan, pid_t *ret_pid, int *ret_line, struct error *error);

/* Waits (at most 30 s) until the orphan of that name and line stands. */
int orphan_await(const char *name, int line, struct error *error);

/* Both, for one that ends with its line, which is returned; kills what does not come to stand. */
int orphan_make(const struct orphan *orphan, struct error *error);

/* What an orphan's program gets. */
struct orphan_program {
	const char *path; /* for messages */
	int file; /* what is executed */
	int kept[ORPHAN_KEPT_MOST]; /* its descriptors, the line among them; -1: none */
	char *const *words;
	uint64_t capabilities; /* all that it keeps, in the bounding set too */
};

/* From `work`: closes all other descriptors, gives everything else up, and executes. Returns on
 * failure. */
void orphan_execute(const struct orphan_program *program, struct error *error);

#endif
