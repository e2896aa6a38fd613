/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may stand after pam_confine.so on a PAM line (pam_confine(8)). */
#ifndef CONFINE_PAM_ARGUMENTS_H
#define CONFINE_PAM_ARGUMENTS_H

#include <stdbool.h>

#include "../lib/base/error.h"
#include "../lib/session/login.h"

struct arguments {
	const char *conf; /* the policy folder */
	const char *exempt_group; /* NULL: none */
	bool way_given;
	enum login_way way;
	bool only_open, only_close; /* pam_selinux's habit */
	bool debug, quiet;
};

/* Fills `ret_arguments`, which points into argv. An unknown word is an error that quotes it; the
 * others are filled in all the same. */
int arguments_parse(struct arguments *ret_arguments, int argc, const char *const *argv,
		    struct error *error);

#endif
