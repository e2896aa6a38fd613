/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "identity.h"

#include <sys/fsuid.h>
#include <unistd.h>

int identity_borrow(uid_t uid, gid_t gid, struct error *error)
{
	setfsgid(gid);
	setfsuid(uid);
	/* setfsuid(2) cannot report; asked with an id that is none, it tells the present one. */
	if ((uid_t)setfsuid((uid_t)-1) == uid && (gid_t)setfsgid((gid_t)-1) == gid)
		return 0;
	identity_return();
	return error_set(error, ERROR_SYSTEM, "cannot take the user's file system ids");
}

void identity_return(void)
{
	setfsuid(geteuid());
	setfsgid(getegid());
}
