/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "identity.h"

#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "privilege.h"

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

static int take_ids(uid_t uid, gid_t gid, struct error *error)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	if (setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
		return error_errno(error, "cannot become user %u", uid);
	if (getresuid(&real, &effective, &saved) ||
	    getresgid(&real_group, &effective_group, &saved_group))
		return error_errno(error, "cannot read the ids");
	if (real != uid || effective != uid || saved != uid || real_group != gid ||
	    effective_group != gid || saved_group != gid)
		return error_set(error, ERROR_SYSTEM, "the ids were not given up");
	return 0;
}

int identity_become(uid_t uid, gid_t gid, uint64_t ambient, struct error *error)
{
	/* Else the kernel empties permitted with the last uid 0 (capabilities(7)). exec clears it.
	 */
	if (ambient && prctl(PR_SET_KEEPCAPS, 1))
		return error_errno(error, "cannot keep capabilities");
	if (take_ids(uid, gid, error))
		return -1;
	if (ambient && privilege_raise_ambient(ambient, error))
		return -1;
	if (uid && !(ambient & UINT64_C(1) << CAP_SETUID) && !setuid(0))
		return error_set(error, ERROR_SYSTEM, "the ids were not given up");
	return 0;
}
