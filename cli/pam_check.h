/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is wrong with the lines of pam_confine.so in this host's PAM files: what
 * would refuse every login, let one through, or run as root inside.
 */
#ifndef CONFINE_CLI_PAM_CHECK_H
#define CONFINE_CLI_PAM_CHECK_H

#include "../lib/base/text.h"
#include "notes.h"

/*
 * Adds what is wrong with the lines that name this policy folder, and to
 * `exempt` the groups of their exempt_group=. -1 only when out of memory.
 */
int pam_check(const char *conf, struct strings *exempt, struct notes *notes, struct error *error);

/* The same for services in other folders than libpam's (pam_files.h), and with modules in another.
 */
int pam_check_in(const char *const *folders, const char *modules, const char *conf,
		 struct strings *exempt, struct notes *notes, struct error *error);

#endif
