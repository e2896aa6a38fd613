/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "difference.h"

#include <sched.h>
#include <string.h>

static bool host_network(const struct effective *effective)
{
	return !(effective->plan.namespaces & CLONE_NEWNET);
}

static bool host_tree(const struct effective *effective)
{
	return !strcmp(effective->plan.rootfs, "/");
}

static bool host_terminals(const struct effective *effective)
{
	return !effective->request.pts_private;
}

static bool restricted(const struct effective *effective)
{
	return effective->plan.no_new_privileges;
}

static bool ambient(const struct effective *effective)
{
	return effective->plan.ambient != 0;
}

static bool hiding(const struct effective *effective)
{
	return effective->request.hide.count > 0;
}

static bool shared(const struct effective *effective)
{
	return effective->plan.share == SHARE_USER;
}

static bool default_filter(const struct effective *effective)
{
	return effective->plan.filter && effective->plan.seccomp &&
	       !strcmp(effective->plan.seccomp, "default");
}

static bool default_profile(const struct effective *effective)
{
	return effective->plan.apparmor && !strcmp(effective->plan.apparmor, "confine-default");
}

static bool filter_alone(const struct effective *effective)
{
	return default_filter(effective) && !default_profile(effective);
}

static bool always(const struct effective *effective)
{
	(void)effective;
	return true;
}

static const struct {
	bool (*holds)(const struct effective *effective);
	const char *sentence;
} differences[] = {
	{ host_network, "the host's network, in place of a network of its own" },
	{ host_tree, "a read-only view of the host's own tree, in place of an image" },
	{ host_terminals, "the host's terminals (/dev/pts), in place of a devpts of its own" },
	{ always, "the policy folder and /run/confine are covered" },
	{ hiding, "paths named by 'hide' are covered, the host's secrets among them" },
	{ shared, "all logins of one user meet in one container" },
	{ restricted,
	  "no_new_privileges is on: setuid programs and file capabilities give nothing" },
	{ ambient,
	  "capabilities written out in cap_add reach the user's own processes (ambient), "
	  "where confine-shell starts them: under sshd, or alone; not under cron, at, su" },
	{ default_filter, "ioctl TIOCSTI and TIOCLINUX are refused, and sockets of AF_ALG and "
			  "AF_VSOCK whatever the upper half of the family's word says" },
	{ filter_alone, "as in Docker: an i386 program reaches AF_VSOCK by socketcall, where "
			"no filter can see the family" },
	{ default_profile, "its own AppArmor profile, which refuses unmount and AF_VSOCK too" },
};

int difference_list(const struct effective *effective, struct strings *ret_sentences,
		    struct error *error)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++)
		if (differences[i].holds(effective) &&
		    strings_add(ret_sentences, differences[i].sentence, error))
			return -1;
	return 0;
}
