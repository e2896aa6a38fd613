/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Kerberos ticket file that KRB5CCNAME names. sshd writes it to the host's
 * /tmp before open; the join carries it into the container's own /tmp.
 */
#ifndef CONFINE_SESSION_TICKET_H
#define CONFINE_SESSION_TICKET_H

#include <stddef.h>
#include <sys/types.h>

struct ticket {
	char *path, *bytes;
	size_t size;
};

/*
 * Reads the file of `name` ("FILE:/tmp/krb5cc_1000_x" or a bare path; other
 * kinds of cache and NULL leave the ticket empty) with the user's file system
 * ids: only a regular file of theirs, no symlink, at most 1 MiB.
 */
void ticket_read(struct ticket *ret_ticket, const char *name, uid_t uid, gid_t gid);

/* Writes it at the same path, as the user, only where nothing is there yet. */
void ticket_write(const struct ticket *ticket, uid_t uid, gid_t gid);

void ticket_clear(struct ticket *ticket);

#endif
