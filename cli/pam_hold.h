/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a PAM service confines whom it lets in, by the text of its stack. */
#ifndef CONFINE_CLI_PAM_HOLD_H
#define CONFINE_CLI_PAM_HOLD_H

#include "pam_files.h"

enum pam_hold_kind {
	PAM_HOLD_FULL, /* confines or refuses */
	PAM_HOLD_NONE, /* has no line of ours */
	PAM_HOLD_SHUT, /* refuses everyone: the module is mistyped */
	PAM_HOLD_WEAK, /* goes on where our line fails */
	PAM_HOLD_PASSED, /* a line before ours can end the stack */
	PAM_HOLD_JUMPED, /* a line before ours can jump over it */
};

struct pam_hold {
	enum pam_hold_kind kind;
	const struct pam_line *line; /* ours, or the one before it; NULL: none. The stack's */
};

/*
 * What an earlier line of the stack can do to `own`, both of one type: PAM_HOLD_PASSED, PAM_HOLD_JUMPED,
 * or PAM_HOLD_FULL for nothing.
 */
enum pam_hold_kind pam_hold_threat(const struct pam_line *line, const struct pam_line *own);

/*
 * `setcred`: the server joins by its auth line (sshd, Debian's cron). There a
 * strong auth line alone holds the user's process (docs/threat-model.md, "PAM
 * lines").
 */
struct pam_hold pam_hold_find(const struct pam_stack *stack, bool setcred);

/* As pam_files_read, with the session lines of `other` where the service has none (pam.d(5)). */
int pam_hold_read(struct pam_stack *ret_stack, const char *const *folders, const char *service,
		  struct error *error);

#endif
