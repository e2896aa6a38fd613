/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The logins of a container, a file of its record each. */
#ifndef CONFINE_SESSION_LOGINS_H
#define CONFINE_SESSION_LOGINS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/error.h"
#include "../base/text.h"

struct logins_entry {
	char *file; /* its name in the record */
	pid_t pid; /* of the process that stands for it */
	bool lives;
	char *cgroup; /* the pair's outer path; "" before it is made */
	char *from; /* service, terminal, remote host */
	int64_t since_s; /* seconds since the epoch; 0 where it left meanwhile */
	struct strings terminals; /* of its processes; containers_list() fills it */
};

struct logins_list {
	struct logins_entry *items;
	size_t count;
};

void logins_list_clear(struct logins_list *list);
int logins_list(int record, struct logins_list *ret_list, struct error *error);

/* Writes (or writes anew) this process's own entry. */
int logins_enter(int record, const char *cgroup, const char *from, struct error *error);

/* Removes the entry of process `pid` that started at `start`. */
void logins_remove(int record, pid_t pid, unsigned long long start);

#endif
