/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words by which a person is refused a session: one line, a reference, no reason of ours. */
#ifndef CONFINE_BASE_REFUSAL_H
#define CONFINE_BASE_REFUSAL_H

#include <stddef.h>

#include "error.h"

/* By which the person's line and the log's are brought together. */
unsigned refusal_reference(void);

/* "confine: no session for alice: policy error (ask the administrator, reference 7f3a)". */
const char *refusal_line(const char *user, const struct error *error, unsigned reference,
			 char *buffer, size_t size);

/* For the log: the reason, with the policy's file and line. */
const char *refusal_reason(const char *user, const struct error *error, unsigned reference,
			   char *buffer, size_t size);

#endif
