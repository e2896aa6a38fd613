/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whom -u names, by Docker's rules (moby/sys/user, GetExecUser), against this
 * host's users and groups. A wrong number is an error, never 0.
 */
#ifndef CONFINE_CLI_USER_FLAG_H
#define CONFINE_CLI_USER_FLAG_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/plan/host.h"

/* One side of USER:GROUP. */
struct user_flag_part {
	bool written;
	char *name; /* NULL where it is a number */
	uint32_t id;
};

struct user_flag {
	struct user_flag_part user, group;
};

/* "alice", "1000", "1000:", ":audio", "0:0". */
int user_flag_parse(struct user_flag *ret_flag, const char *text, struct error *error);
void user_flag_clear(struct user_flag *flag);

/*
 * Changes `user` (whose container it is) into the one that is named. A number
 * that no user has: gid 0 and no further groups. A group written out: no
 * further groups.
 */
int user_flag_apply(const struct user_flag *flag, const struct host *host, struct host_user *user,
		    struct error *error);

#endif
