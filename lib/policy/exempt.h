/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is never confined, whatever the policy files hold: uid 0, and members of
 * the groups that CONF/exempt or the module's exempt_group= name. Read before
 * all else and without iniparser, so that no broken policy locks an
 * administrator out.
 */
#ifndef CONFINE_POLICY_EXEMPT_H
#define CONFINE_POLICY_EXEMPT_H

#include "policy.h"

/*
 * Says why `subject` is exempt ("uid 0", "group sudo in /etc/confine.d/exempt",
 * "group wheel in exempt_group="), in ret_reason (malloc'ed), or sets it to NULL.
 * `argument`: names separated by commas, or NULL. An exempt file that is unsafe
 * or unreadable exempts no one and is warned of through `log`. -1 only when out
 * of memory.
 */
int exempt_reason(const char *conf, const char *argument, const struct subject *subject,
		  const struct log *log, char **ret_reason, struct error *error);

/* A name of an exempt file, and its line. */
struct exempt_entry {
	char *name;
	unsigned line;
};
struct exempt_list {
	struct exempt_entry *items;
	size_t count;
};
void exempt_list_clear(struct exempt_list *list);

/*
 * The names of the exempt file open at `fd`. ERROR_POLICY, located at `file`,
 * where it is no text or too long.
 */
int exempt_read(int fd, const char *file, struct exempt_list *ret_list, struct error *error);

/* What is wrong with the lines of an exempt file; `file` is what findings call it. */
int exempt_check(int fd, const char *file, struct findings *findings, struct error *error);

#endif
