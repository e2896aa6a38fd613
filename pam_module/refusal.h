/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a refused login is said: one line without internals to the person, all of it to the log. */
#ifndef CONFINE_PAM_REFUSAL_H
#define CONFINE_PAM_REFUSAL_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "../lib/base/error.h"
#include "../lib/base/log.h"

/* Logs `error` with a reference and, unless `quiet`, tells the person. */
void refusal_tell(pam_handle_t *pamh, const char *user, const struct error *error, bool quiet);

/* A log callback's target that writes to the system log; `debug` lines only where asked for. */
struct log refusal_log(pam_handle_t **pamh, bool debug);

#endif
