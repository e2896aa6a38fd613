/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of --security-opt: which key each is, and the key's value. */
#ifndef CONFINE_CLI_SECURITY_OPTION_H
#define CONFINE_CLI_SECURITY_OPTION_H

#include "../lib/base/error.h"

/* "label:type:x" -> KEY_SELINUX, "type:x"; *ret_text points into `option` or to a constant. */
int security_option_translate(const char *option, int *ret_key, const char **ret_text,
			      struct error *error);

#endif
