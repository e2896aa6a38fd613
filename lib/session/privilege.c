/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/scope.h"
#include "identity.h"

/* The three sets of this process, as capget(2) has them. */
struct sets {
	uint64_t effective, permitted, inheritable;
};

static int sets_get(struct sets *ret_sets, struct error *error)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return error_errno(error, "capget");
	ret_sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	ret_sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	ret_sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

/* capset(2) itself: libcap-ng keeps its state in the thread, which is the host process's. */
static int sets_call(const struct sets *sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t)sets->effective, (uint32_t)sets->permitted,
		  (uint32_t)sets->inheritable },
		{ (uint32_t)(sets->effective >> 32), (uint32_t)(sets->permitted >> 32),
		  (uint32_t)(sets->inheritable >> 32) },
	};

	return (int)syscall(SYS_capset, &header, data);
}

static int sets_put(const struct sets *sets, struct error *error)
{
	return sets_call(sets) ? error_errno(error, "capset") : 0;
}

static int bounding_limit(uint64_t bounding, struct error *error)
{
	for (int capability = 0; capability < 64; capability++) {
		if (bounding & (UINT64_C(1) << capability))
			continue;
		if (!prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
			continue;
		if (errno == EINVAL)
			break; /* past the kernel's last one */
		return error_errno(error, "cannot drop capability %d from the bounding set",
				   capability);
	}
	return 0;
}

static int ambient_clear(struct error *error)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return error_errno(error, "cannot clear the ambient set");
	return 0;
}

/*
 * That no_new_privs is still to be set, noted where only the kernel keeps it, through every fork
 * and exec, and nobody can take it back: root stays root (NOROOT is off) and that is locked
 * (capabilities(7), "The securebits flags"). It changes nothing, for nobody here sets NOROOT.
 */
static int promise_no_new_privileges(struct error *error)
{
	int bits = prctl(PR_GET_SECUREBITS);

	if (bits < 0 || prctl(PR_SET_SECUREBITS, bits | SECBIT_NOROOT_LOCKED))
		return error_errno(error, "cannot lock the secure bits");
	return 0;
}

static bool is_promised(void)
{
	int bits = prctl(PR_GET_SECUREBITS);

	return bits >= 0 && (bits & SECBIT_NOROOT_LOCKED);
}

static int set_no_new_privileges(struct error *error)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return error_errno(error, "no_new_privs");
	return 0;
}

static int install_filter(const struct plan *plan, struct error *error)
{
	struct sock_fprog program = {
		.len = (unsigned short)plan->filter_count,
		.filter = plan->filter,
	};

	if (!plan->filter)
		return 0;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, plan->filter_flags, &program))
		return error_errno(error, "the kernel does not take the seccomp filter");
	return 0;
}

int privilege_shrink(uint64_t keep, struct error *error)
{
	struct sets sets;

	if (sets_get(&sets, error))
		return -1;
	sets.permitted &= keep;
	sets.effective = sets.permitted;
	return sets_put(&sets, error);
}

int privilege_use(uint64_t use, struct error *error)
{
	struct sets sets;

	if (sets_get(&sets, error))
		return -1;
	sets.effective = sets.permitted & use;
	return sets_put(&sets, error);
}

static uint64_t bounding_read(void)
{
	uint64_t bounding = 0;

	/* Past the kernel's last one it is an error (prctl(2)). */
	for (int capability = 0, held = 0; capability < 64 && held >= 0; capability++) {
		held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
		if (held == 1)
			bounding |= UINT64_C(1) << capability;
	}
	return bounding;
}

/* Reads back what was set; then one more capability is asked for, which must fail (capset(2)). */
static int prove(const struct plan *plan, uint64_t keep, enum privilege_ambient ambient,
		 struct error *error)
{
	struct sets sets, more;

	if (sets_get(&sets, error))
		return -1;
	if ((sets.permitted & ~keep) || (sets.effective & ~keep) ||
	    (sets.inheritable & (ambient ? ~plan->ambient : ~UINT64_C(0))) ||
	    (bounding_read() & ~plan->bounding))
		return error_set(error, ERROR_SYSTEM, "capabilities were not given up");
	if (plan->no_new_privileges && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 &&
	    (ambient != AMBIENT_LATER || !is_promised()))
		return error_set(error, ERROR_SYSTEM, "no_new_privs is not set");
	if (plan->filter && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER)
		return error_set(error, ERROR_SYSTEM, "the seccomp filter is not on");
	more = sets;
	more.permitted |= ~keep & ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1);
	if (more.permitted != sets.permitted && !sets_call(&more))
		return error_set(error, ERROR_SYSTEM, "capabilities came back");
	return 0;
}

/*
 * Order. The bounding set first: dropping from it needs SETPCAP. Ambient before inheritable, for
 * what leaves the latter leaves the former by itself and a set ambient bit would survive unseen.
 * The filter while SYS_ADMIN is still there, for it goes in without no_new_privs too (seccomp(2));
 * permitted shrinks after it, so a profile must allow capset, which the plan has checked.
 */
int privilege_confine(const struct plan *plan, uint64_t keep, enum privilege_ambient ambient,
		      struct error *error)
{
	struct sets sets;

	if (bounding_limit(plan->bounding, error) || ambient_clear(error) || sets_get(&sets, error))
		return -1;
	sets.inheritable = ambient ? plan->ambient & plan->bounding : 0;
	if (sets_put(&sets, error))
		return -1;
	if (plan->no_new_privileges && (ambient == AMBIENT_LATER ? promise_no_new_privileges(error)
								 : set_no_new_privileges(error)))
		return -1;
	if (install_filter(plan, error) || privilege_shrink(keep, error))
		return -1;
	return prove(plan, keep, ambient, error);
}

static int ambient_raise(uint64_t set, struct error *error)
{
	for (int capability = 0; capability < 64; capability++)
		if ((set & UINT64_C(1) << capability) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))
			return error_errno(error, "cannot raise capability %d", capability);
	return 0;
}

int privilege_raise_ambient(uint64_t set, struct error *error)
{
	struct sets sets = { .effective = set, .permitted = set, .inheritable = set };

	return sets_put(&sets, error) || ambient_raise(set, error) ? -1 : 0;
}

int privilege_finish(uid_t uid, gid_t gid, struct error *error)
{
	struct sets sets;

	if (sets_get(&sets, error) ||
	    identity_become(uid, gid, sets.inheritable & bounding_read(), error))
		return -1;
	return is_promised() ? set_no_new_privileges(error) : 0;
}

int privilege_drop_but(uint64_t keep, struct error *error)
{
	struct sets sets;

	if (bounding_limit(keep, error) || ambient_clear(error) || set_no_new_privileges(error) ||
	    sets_get(&sets, error))
		return -1;
	sets.permitted &= keep;
	sets.effective = sets.permitted;
	sets.inheritable = 0;
	return sets_put(&sets, error);
}

int privilege_add_groups(const struct plan *plan, struct error *error)
{
	scope_memory gid_t *groups = NULL;
	int held = getgroups(0, NULL);

	if (!plan->groups.count)
		return 0;
	if (held < 0)
		return error_errno(error, "cannot read the groups");
	groups = calloc((size_t)held + plan->groups.count, sizeof(*groups));
	if (!groups)
		return error_memory(error);
	held = getgroups(held, groups);
	if (held < 0)
		return error_errno(error, "cannot read the groups");
	memcpy(groups + held, plan->groups.items, plan->groups.count * sizeof(*groups));
	if (setgroups((size_t)held + plan->groups.count, groups))
		return error_errno(error, "cannot add groups");
	return 0;
}
