/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whom this host's policies confine at login, and whom they let go: everyone
 * who can log in at all, as NSS lists them, and those whom a policy file names.
 */
#ifndef CONFINE_CLI_PEOPLE_H
#define CONFINE_CLI_PEOPLE_H

#include "../lib/plan/host.h"

struct person {
	struct host_user user;
	bool by_shell; /* the login shell is confine-shell */
	char *unreached; /* capabilities of cap_add that do not reach their own processes, or NULL
			  */
};

/* All zero is no one. */
struct people {
	struct person *items;
	size_t count;
	/* Who is never confined, and why, at the same index. */
	struct strings released, reasons;
};
void people_clear(struct people *people);

/* -1 where the policy folder or the list of users cannot be read. */
int people_find(struct people *ret_people, const char *conf, struct error *error);

/* Names of all, or of those whose login shell is not confine-shell, or is. */
enum people_choice { PEOPLE_ALL, PEOPLE_NOT_BY_SHELL, PEOPLE_BY_SHELL };
int people_names(const struct people *people, enum people_choice choice, struct strings *ret_names,
		 struct error *error);

#endif
