/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who runs this program, and all that they hand to it: what of that could lead
 * a setuid program is put away here before anything else is done, and given to
 * the person's own shell at the end, as it was.
 */
#ifndef CONFINE_SHELL_CALLER_H
#define CONFINE_SHELL_CALLER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "../lib/base/error.h"
#include "../lib/base/text.h"

struct caller {
	char **words; /* the arguments */
	uid_t uid;
	gid_t gid;
	bool privileged; /* the setuid bit has had its effect */
	char **environment;
	char *folder; /* the working folder's name, or NULL */
	mode_t mask;
	sigset_t blocked, ignored;
	struct rlimit limits[RLIM_NLIMITS];
};

/*
 * First thing in main(). Where `false` comes back the program must end at once
 * and say nothing: there is no argv[0], a stream cannot be opened, or one leads
 * into the kernel's own files.
 */
bool caller_take(struct caller *caller, int argc, char **argv);

/* Closes all but the three streams, and raises the soft limits; an error where they are too low. */
int caller_put_away(struct caller *caller, struct error *error);

/* Refuses a stream that leads into the host's tree: a folder, or what was opened with O_PATH. */
int caller_check_streams(struct error *error);

/* A variable of the caller's environment, or NULL. */
const char *caller_variable(const struct caller *caller, const char *name);

/*
 * Becomes `shell`, with the caller's own words, mask, signals, limits (but for
 * those in `set`, a bit a resource) and folder; `home` where that is not there.
 * `added`: NAME=value each, in place of the caller's. Returns on failure only:
 * 126 or 127.
 */
int caller_execute(const struct caller *caller, const char *shell, const char *home, unsigned set,
		   const struct strings *added, struct error *error);

#endif
