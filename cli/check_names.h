/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of a policy folder: which of the names in it nobody on this host has. */
#ifndef CONFINE_CLI_CHECK_NAMES_H
#define CONFINE_CLI_CHECK_NAMES_H

#include "../lib/base/text.h"
#include "../lib/policy/exempt.h"
#include "notes.h"

/* What follows where default.ini or exempt, which ship, is not there. */
int check_shipped(const char *conf, struct notes *notes, struct error *error);

/*
 * The exempt file's name (malloc'ed) and names. One that is unsafe exempts no one, which is told
 * where its owner and mode are; one that is not there has none. -1 only when out of memory.
 */
int check_read_exempt(const char *conf, char **ret_file, struct exempt_list *list,
		      struct error *error);

/* Names of the exempt file that are no group's. What is wrong with it as text is policy_check's. */
int check_exempt_names(const char *conf, struct notes *notes, struct error *error);

/* Warns where no group exempts anyone: neither one of CONF/exempt nor of `others`. */
int check_exempt_people(const char *conf, const struct strings *others, struct notes *notes,
			struct error *error);

#endif
