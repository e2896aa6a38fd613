/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of a hook: who calls, for whom, with what arguments. */
#ifndef CONFINE_PAM_CALL_H
#define CONFINE_PAM_CALL_H

#include <security/pam_modules.h>

#include "../lib/base/log.h"
#include "arguments.h"
#include "server.h"

struct call {
	pam_handle_t *pamh;
	struct arguments arguments; /* with a fault: those that were understood */
	struct server server;
	struct log log;
	const char *name; /* as PAM has it; "" where it has none */
	bool quiet;
	struct error fault; /* of the line or of the server; kind ERROR_NONE where there is none */
};

/*
 * Fills the call. A fault is kept for later: whether it matters is known only when the person is
 * known not to be exempt, for no mistake on a PAM line may lock an administrator out.
 */
void call_begin(struct call *call, pam_handle_t *pamh, int flags, int argc, const char **argv);

/* Where a login comes from, for `confine ls`; malloc'ed, NULL when out of memory. */
char *call_from(const struct call *call);

#endif
