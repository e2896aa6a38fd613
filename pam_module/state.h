/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that the module remembers between its hooks. It hangs on pam_set_data,
 * and is copied to every process that the server forks; each of them must know
 * whether it is the one that opened.
 */
#ifndef CONFINE_PAM_STATE_H
#define CONFINE_PAM_STATE_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "../lib/session/login.h"

struct state {
	/* One page that a fork finds wiped (madvise(2), MADV_WIPEONFORK). */
	unsigned *mark;
	/* One page that is shared with children: whether any of them joined. */
	bool *joined;
	bool joined_here; /* this very process did, or tried to */
	bool refused; /* open failed; with join=here perhaps half way in */
	struct plan plan;
	struct login login;
};

/* NULL where no session is open in this transaction. */
struct state *state_get(pam_handle_t *pamh);

/*
 * A new one, owned by the transaction; pam_end (or a failure elsewhere) closes it by itself. This
 * process is occupied from here on.
 */
struct state *state_new(pam_handle_t *pamh, struct error *error);

/* Forgets one whose login was not opened and left nothing. */
void state_drop(pam_handle_t *pamh);

/*
 * Whether a session is open in this process, in whatever transaction, or once was and the process
 * cannot come back (join=here).
 */
bool state_occupied(void);

/* Whether this process is the one that opened, and not a child of it. */
bool state_is_opener(const struct state *state);

/* Closes the login, if this process opened it and it stands. */
void state_close(struct state *state);

/* Notes that this module's setcred ran in this transaction, and in which process first. */
int state_note_setcred(pam_handle_t *pamh, struct error *error);
bool state_setcred_noted(pam_handle_t *pamh);

/* Whether this process was forked by the one that noted it: a user's process, in sshd and cron. */
bool state_is_child(pam_handle_t *pamh);

/* What open came to, for those processes. OUTCOME_NONE: it was not called, or stands. */
enum outcome { OUTCOME_NONE, OUTCOME_EXEMPT, OUTCOME_REFUSED };
void state_set_outcome(pam_handle_t *pamh, enum outcome outcome);
enum outcome state_outcome(pam_handle_t *pamh);

#endif
