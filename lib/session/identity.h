/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's file system ids, borrowed by root for a moment. */
#ifndef CONFINE_SESSION_IDENTITY_H
#define CONFINE_SESSION_IDENTITY_H

#include <sys/types.h>

#include "../base/error.h"

/*
 * Takes the user's file system ids: on a root-squashed NFS root is nobody, and
 * what a user may not open root does not open for them. With fsuid 0 gone,
 * CAP_DAC_* leave the effective set too (capabilities(7)).
 */
int identity_borrow(uid_t uid, gid_t gid, struct error *error);

/* Gives them back: the effective ones hold again. */
void identity_return(void);

#endif
