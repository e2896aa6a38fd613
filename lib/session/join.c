/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "join.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "apparmor.h"
#include "identity.h"
#include "privilege.h"
#include "root.h"
#include "ticket.h"
#include "timer.h"
#include "veil.h"

enum { FILES_MOST = 4 };

/* What a join carries from step to step. */
struct state {
	const struct join *join;
	struct ticket tickets[FILES_MOST];
	char folder[PATH_MAX]; /* where the process stood on the host; "" where that has no name */
	int profile; /* where this process's AppArmor profile is changed; -1 */
};

static int note_folder(struct state *state, struct error *error)
{
	(void)error;
	/* "(unreachable)/…" is outside of this process's root (getcwd(3)). */
	if (!getcwd(state->folder, sizeof(state->folder)) || state->folder[0] != '/')
		state->folder[0] = '\0';
	return 0;
}

static int take_files(struct state *state, struct error *error)
{
	const struct host_user *user = &state->join->plan->user;
	const char *const *files = state->join->files;

	(void)error; /* a login without its ticket is still a login */
	for (size_t i = 0; files && files[i] && i < FILES_MOST; i++)
		ticket_read(&state->tickets[i], files[i], user->uid, user->gid);
	return 0;
}

static int set_oom_score(struct state *state, struct error *error)
{
	const struct plan *plan = state->join->plan;
	scope_fd int fd = -1;
	struct statfs fs;
	char text[16];

	if (!plan->oom_score_adj_set)
		return 0;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) || fs.f_type != PROC_SUPER_MAGIC)
		return error_errno(error, "cannot open '/proc/self/oom_score_adj'");
	snprintf(text, sizeof(text), "%d", plan->oom_score_adj);
	if (path_write_all(fd, text, strlen(text), error))
		return error_prefix(error, "oom_score_adj");
	return 0;
}

static int open_profile(struct state *state, struct error *error)
{
	return apparmor_open(state->join->plan, &state->profile, error);
}

static int enter_cgroup(struct state *state, struct error *error)
{
	if (state->join->born_in_cgroup)
		return 0;
	return cgroup_enter(state->join->cgroup->procs, error);
}

static int check_time(struct state *state, struct error *error)
{
	return state->join->timer < 0 ? 0 : timer_check(state->join->timer, error);
}

static int enter_namespaces(struct state *state, struct error *error)
{
	uint32_t own = state->join->plan->namespaces;
	int flags = (int)((own & (CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)) | CLONE_NEWNS);

	if ((own & CLONE_NEWPID) && !state->join->born_inside)
		flags |= CLONE_NEWPID;
	if (setns(state->join->container->pidfd, flags))
		return error_errno(error, "cannot enter the container's namespaces");
	if ((own & CLONE_NEWCGROUP) && unshare(CLONE_NEWCGROUP))
		return error_errno(error, "cannot make a cgroup namespace");
	return 0;
}

/* setns(2) goes to the namespace's own root: not the container's, where the server is in a chroot.
 */
static int check_root(struct state *state, struct error *error)
{
	if (!root_is_container(state->join->container->id))
		return error_set(
			error, ERROR_HOST,
			"the root is not the container's: a server in a chroot cannot be confined");
	return chdir("/") ? error_errno(error, "cannot go to '/'") : 0;
}

/*
 * su and sudo stay where they were called. The same path inside, if it leads to a folder for the
 * person too: on the way there nothing of theirs is followed.
 */
static int return_to_folder(struct state *state, struct error *error)
{
	const struct host_user *user = &state->join->plan->user;
	scope_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	scope_fd int folder = -1;
	struct error ignored;

	(void)error; /* else it stays at the root */
	if (root < 0 || !*state->folder || identity_borrow(user->uid, user->gid, &ignored))
		return 0;
	folder = path_open_in(root, state->folder, O_PATH | O_DIRECTORY, &ignored);
	if (folder >= 0)
		(void)!fchdir(folder);
	identity_return();
	return 0;
}

static int refresh_veils(struct state *state, struct error *error)
{
	if (state->join->container->unseen)
		return 0;
	return veil_refresh(state->join->plan, error);
}

static int take_keyring(struct state *state, struct error *error)
{
	(void)state;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return error_errno(error, "cannot make a session keyring");
	return 0;
}

static int put_files(struct state *state, struct error *error)
{
	const struct host_user *user = &state->join->plan->user;

	(void)error;
	for (size_t i = 0; i < FILES_MOST; i++)
		ticket_write(&state->tickets[i], user->uid, user->gid);
	return 0;
}

static int add_groups(struct state *state, struct error *error)
{
	return privilege_add_groups(state->join->plan, error);
}

static int set_limits(struct state *state, struct error *error)
{
	const struct plan *plan = state->join->plan;

	for (size_t i = 0; i < plan->ulimits.count; i++) {
		const struct plan_ulimit *limit = &plan->ulimits.items[i];
		struct rlimit value = { .rlim_cur = limit->soft, .rlim_max = limit->hard };

		if (setrlimit((__rlimit_resource_t)limit->resource, &value))
			return error_errno(error, "cannot set limit %d", limit->resource);
	}
	return 0;
}

static int hide_memory(struct state *state, struct error *error)
{
	(void)state;
	if (prctl(PR_SET_DUMPABLE, 0))
		return error_errno(error, "cannot make this process undumpable");
	return 0;
}

static int confine(struct state *state, struct error *error)
{
	static const uint64_t ids = UINT64_C(1) << CAP_SETUID | UINT64_C(1) << CAP_SETGID;
	static const uint64_t terminal = UINT64_C(1) << CAP_CHOWN | UINT64_C(1) << CAP_FOWNER;
	uint64_t kept[] = {
		[JOIN_USER] = ids,
		[JOIN_SERVER] = ids | UINT64_C(1) << CAP_KILL,
		[JOIN_LOGIN] = ids | UINT64_C(1) << CAP_KILL | terminal,
		[JOIN_COMMAND] = ids | state->join->plan->bounding,
		[JOIN_SHELL] = ids | state->join->plan->ambient,
	};
	uint64_t keep = kept[state->join->as];

	/* sshd's ChrootDirectory comes after the join. */
	keep |= state->join->plan->bounding & UINT64_C(1) << CAP_SYS_CHROOT;
	return privilege_confine(state->join->plan, keep, state->join->ambient, error);
}

static int change_profile(struct state *state, struct error *error)
{
	return apparmor_change(state->profile, state->join->plan, error);
}

/* Each step, and why it stands where it does. There is no undo: a join that fails ends its process.
 */
static const struct {
	int (*step)(struct state *state, struct error *error);
	const char *reason;
} steps[] = {
	{ hide_memory, "first: from here on the process may be seen from inside" },
	{ note_folder, "has a name on the host only" },
	{ take_files, "may lie in the host's /tmp, which is about to vanish" },
	{ set_oom_score, "the container's /proc need not show this process" },
	{ open_profile, "the same; and nothing inside could pass for the kernel's file" },
	{ enter_cgroup, "the device rules hold before anything of the container is touched" },
	{ check_time, "in the cgroup that the timer kills: whoever was held up is too late" },
	{ enter_namespaces, "all at once, while CAP_SYS_ADMIN is there" },
	{ check_root,
	  "nothing may be opened by name before the root is known to be the container's" },
	{ refresh_veils, "needs SYS_ADMIN, and the container's root" },
	{ return_to_folder, "after the veils: nothing hidden is gone into" },
	{ take_keyring, "a session keyring is inherited over every namespace" },
	{ put_files, "needs the container's /tmp, and SETUID for the user's file system id" },
	{ add_groups, "needs SETGID with the host's group numbers; set last of all groups" },
	{ set_limits, "after pam_limits; raising a hard limit needs SYS_RESOURCE" },
	{ confine, "takes away all that the steps above needed" },
	{ change_profile, "last: a profile made for sessions need not allow what the steps do" },
};

int join_enter(const struct join *join, struct error *error)
{
	struct state state = { .join = join, .profile = -1 };
	int failed = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && !failed; i++)
		failed = steps[i].step(&state, error);
	for (size_t i = 0; i < FILES_MOST; i++)
		ticket_clear(&state.tickets[i]);
	scope_close(&state.profile);
	return failed ? error_prefix(error, "join") : 0;
}
