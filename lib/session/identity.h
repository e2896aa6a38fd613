/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's ids: the file system's borrowed by root for a moment, or all of them for good. */
#ifndef CONFINE_SESSION_IDENTITY_H
#define CONFINE_SESSION_IDENTITY_H

#include <stdint.h>
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

/*
 * Becomes the user for good: all ids, proved by asking and by trying back. Of
 * the capabilities only `ambient` are left, in all sets but the bounding one:
 * they must be permitted and inheritable. Groups stay as they are.
 */
int identity_become(uid_t uid, gid_t gid, uint64_t ambient, struct error *error);

#endif
