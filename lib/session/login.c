/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/scope.h"
#include "keeper.h"
#include "logins.h"
#include "place.h"
#include "process.h"
#include "record.h"
#include "timer.h"

enum { LOST_TRIES = 5, BACK_TRIES = 3 };

/* What a stage of open gets. */
struct opening {
	struct login *login;
	const struct plan *plan;
	const char *conf, *from;
	struct container *found; /* `confine enter`: the container that is there already */
	bool lost; /* open failed because the container it found has ended since */
};

static int be_alone(struct opening *opening, struct error *error)
{
	struct process_state state;

	if (opening->login->way < LOGIN_COMMAND && process_alone(error))
		return -1;
	if (record_process(getpid(), &state))
		return error_set(error, ERROR_SYSTEM, "cannot read '/proc/self/stat'");
	opening->login->pid = getpid();
	opening->login->start = state.start;
	return 0;
}

static int take_container(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;

	if (!opening->found)
		return container_take(&login->container, opening->plan, opening->conf,
				      opening->from, error);
	if (container_share(opening->found, opening->from, error))
		return -1;
	login->container = *opening->found;
	*opening->found = (struct container)CONTAINER_INIT;
	return 0;
}

static void leave_container(struct login *login)
{
	container_leave(&login->container, login->cgroup.root, login->cgroup.path, login->pid,
			login->start);
}

/*
 * Recorded before it is made: whoever is killed in between leaves nothing that no sweep finds.
 * With limits, or the host's pids in sight, it stands in the container's: they hold for the whole.
 */
static int make_cgroup(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;
	const char *id = login->container.id;
	scope_memory char *name = text_format("%s-%d", id, getpid());
	scope_memory char *parent = NULL;
	scope_fd int program = take_fd(&login->container.program);

	if (program < 0)
		program = cgroup_load(opening->plan, error);
	if (program < 0)
		return -1;
	if (login->container.together && login->container.cgroup)
		parent = text_format("%s/logins", login->container.cgroup);
	if (!name || (login->container.together && !parent))
		return error_memory(error);
	login->cgroup.root = take_fd(&login->container.tree);
	if (cgroup_pair_name(&login->cgroup, parent, name, error))
		return -1;
	if (parent && cgroup_is_full(login->cgroup.root, login->container.cgroup))
		return error_set(error, ERROR_LIMIT,
				 "container %s has as many tasks as pids_limit allows: end some, "
				 "or all by 'confine kill %s'",
				 id, id);
	if (logins_enter(login->container.record, login->cgroup.path, opening->from, error))
		return -1;
	return cgroup_pair_make(&login->cgroup, program, error);
}

/* The way back to the server's own cgroup, for close from inside. */
static int keep_way_back(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;
	scope_memory char *own = NULL;
	scope_memory char *file = NULL;

	if (login->way != LOGIN_HERE)
		return 0;
	if (cgroup_own(&own, error))
		return -1;
	file = text_format(".%s/cgroup.procs", own);
	if (!file)
		return error_memory(error);
	login->cgroup.home = openat(login->cgroup.root, file, O_WRONLY | O_CLOEXEC);
	if (login->cgroup.home < 0)
		return error_errno(error, "cannot open '%s'", file);
	return 0;
}

static void go_back(struct login *login)
{
	struct error ignored;

	if (login->cgroup.home >= 0)
		cgroup_enter(login->cgroup.home, &ignored);
}

static int start_timer(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;

	if (!opening->plan->max_time_s)
		return 0;
	login->timer = timer_start(opening->plan, &login->cgroup, error);
	return login->timer < 0 ? -1 : 0;
}

static void stop_timer(struct login *login)
{
	scope_close(&login->timer);
	login->timer = -1;
}

static int start_keeper(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;

	if (!login->container.together || !place_is_scope(login->container.cgroup))
		return 0;
	login->keeper = keeper_start(&login->cgroup, error);
	return login->keeper < 0 ? -1 : 0;
}

static void stop_keeper(struct login *login)
{
	scope_close(&login->keeper);
	login->keeper = -1;
}

/*
 * A child that is born inside has not joined yet, and uid 0 there may signal it: no core of it, with
 * the server's secrets, for a handler or a folder that they can read.
 */
static int forbid_dumps(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;

	if (login->way != LOGIN_SETCRED || prctl(PR_GET_DUMPABLE) != 1)
		return 0;
	if (prctl(PR_SET_DUMPABLE, 0))
		return error_errno(error, "cannot forbid core dumps");
	login->was_dumpable = true;
	return 0;
}

static void allow_dumps(struct login *login)
{
	for (int tries = 0;
	     login->was_dumpable && tries < BACK_TRIES && prctl(PR_SET_DUMPABLE, 1); tries++)
		;
	login->was_dumpable = false;
}

/* Future children of this process are born in the container's namespace, or in its own again. */
static int move_children(int pidfd, int flag, const char *own, int *ret_kept, struct error *error)
{
	scope_fd int kept = open(own, O_RDONLY | O_CLOEXEC);

	if (kept < 0)
		return error_errno(error, "cannot open '%s'", own);
	if (setns(pidfd, flag))
		return error_errno(error, "cannot enter the container's %s namespace",
				   flag == CLONE_NEWPID ? "pid" : "network");
	*ret_kept = take_fd(&kept);
	return 0;
}

/* Memory may be short for a moment; else all later children would be born in a namespace that
 * ended. */
static void move_back(int *kept, int flag)
{
	for (int tries = 0; *kept >= 0 && tries < BACK_TRIES && setns(*kept, flag); tries++)
		;
	scope_close(kept);
	*kept = -1;
}

static int move_pids(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;

	if (login->way != LOGIN_SETCRED || !(opening->plan->namespaces & CLONE_NEWPID))
		return 0;
	return move_children(login->container.pidfd, CLONE_NEWPID, "/proc/self/ns/pid_for_children",
			     &login->pid_namespace, error);
}

static void move_pids_back(struct login *login)
{
	move_back(&login->pid_namespace, CLONE_NEWPID);
}

static int move_network(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;

	if (login->way != LOGIN_SETCRED || !(opening->plan->namespaces & CLONE_NEWNET))
		return 0;
	return move_children(login->container.pidfd, CLONE_NEWNET, "/proc/self/ns/net",
			     &login->net_namespace, error);
}

static void move_network_back(struct login *login)
{
	move_back(&login->net_namespace, CLONE_NEWNET);
}

static int set_switch(struct opening *opening, struct error *error)
{
	struct login *login = opening->login;
	struct rlimit none;

	if (login->way != LOGIN_SETCRED)
		return 0;
	if (getrlimit(RLIMIT_NPROC, &login->processes))
		return error_errno(error, "cannot read RLIMIT_NPROC");
	none = login->processes;
	none.rlim_cur = 0;
	if (setrlimit(RLIMIT_NPROC, &none))
		return error_errno(error, "cannot set RLIMIT_NPROC");
	login->switch_on = true;
	return 0;
}

static int release_switch(struct login *login, struct error *error)
{
	if (login->switch_on && setrlimit(RLIMIT_NPROC, &login->processes))
		return error_errno(error, "cannot give RLIMIT_NPROC back");
	login->switch_on = false;
	return 0;
}

static void take_switch_back(struct login *login)
{
	struct error ignored;

	for (int tries = 0; tries < BACK_TRIES && release_switch(login, &ignored); tries++)
		;
}

/* What open does in the server's process, what takes it back, and why it stands there. */
static const struct stage {
	int (*make)(struct opening *opening, struct error *error);
	void (*undo)(struct login *login); /* also where `make` failed half way; NULL: nothing */
	const char *reason;
} stages[] = {
	{ be_alone, NULL, "nothing is begun that several threads would make impossible" },
	{ take_container, leave_container,
	  "its lock makes this process a login; all else hangs on it" },
	{ make_cgroup, NULL,
	  "leave_container removes it, for it outlives a login that left processes" },
	{ keep_way_back, go_back, "out of the cgroup before that is removed" },
	{ start_timer, stop_timer, "knows the cgroup; is not born inside, as what is forked next" },
	{ start_keeper, stop_keeper, "likewise; is born in the server's own cgroup" },
	{ forbid_dumps, allow_dumps, "inherited by the child that is seen inside before it joins" },
	{ move_pids, move_pids_back, "init lives; a fork from here on is born inside" },
	{ move_network, move_network_back, "port forwarding without a session gets no further" },
	{ set_switch, take_switch_back,
	  "last: from here on only a process that joins can fork as the user" },
};

/* LOGIN_HERE, of which a process has one: what close needs stays open in it (login.h). */
static struct login *kept_here;

/*
 * A child that goes on without exec, as sudo's monitor does, stands inside as root, where
 * SYS_PTRACE reaches it; a folder of the host's that it held would lead out.
 */
static void let_go_in_child(void)
{
	if (!kept_here)
		return;
	container_close(&kept_here->container);
	cgroup_pair_close(&kept_here->cgroup);
	stop_timer(kept_here);
	stop_keeper(kept_here);
	kept_here = NULL;
}

/* glibc takes the handler away when the module is unloaded (pthread_atfork in libc_nonshared.a). */
static int keep_here(struct login *login, struct error *error)
{
	static bool registered;

	if (!registered && (errno = pthread_atfork(NULL, NULL, let_go_in_child)))
		return error_errno(error, "cannot look after children");
	registered = true;
	kept_here = login;
	return 0;
}

static void undo_stages(struct login *login, size_t count)
{
	while (count-- > 0)
		if (stages[count].undo)
			stages[count].undo(login);
	cgroup_pair_close(&login->cgroup);
	login->stands = false;
	if (kept_here == login)
		kept_here = NULL;
}

static int open_stages(struct opening *opening, struct error *error)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++)
		if (stages[i].make(opening, error)) {
			opening->lost = container_is_lost(&opening->login->container);
			undo_stages(opening->login, i + 1);
			return -1;
		}
	opening->login->container.fresh = false;
	opening->login->stands = true;
	return 0;
}

/*
 * Of the ways by a server only sshd's comes to the user's login shell without fail, and so to the
 * last step that confine-shell takes (design.md, "Capabilities for people who are not root").
 */
static enum privilege_ambient ambient_of(const struct login *login, const struct plan *plan)
{
	if (!plan->ambient)
		return AMBIENT_NONE;
	if (login->way == LOGIN_SHELL)
		return AMBIENT_NOW;
	return login->way == LOGIN_SETCRED ? AMBIENT_LATER : AMBIENT_NONE;
}

static int enter(struct login *login, const struct plan *plan, const char *const *files,
		 struct error *error)
{
	static const enum join_as as[] = {
		[LOGIN_SETCRED] = JOIN_USER, [LOGIN_FORK] = JOIN_USER,
		[LOGIN_HERE] = JOIN_SERVER,  [LOGIN_COMMAND] = JOIN_COMMAND,
		[LOGIN_SHELL] = JOIN_SHELL,
	};
	struct join join = {
		.plan = plan,
		.container = &login->container,
		.cgroup = &login->cgroup,
		.timer = login->timer,
		.as = login->terminal ? JOIN_LOGIN : as[login->way],
		.born_inside = login->way == LOGIN_SETCRED,
		.born_in_cgroup = login->way >= LOGIN_COMMAND,
		.ambient = ambient_of(login, plan),
		.files = files,
	};

	login->ambient = join.ambient == AMBIENT_NOW ? plan->ambient : 0;
	return join_enter(&join, error);
}

int login_open(struct login *login, const struct plan *plan, const char *conf, const char *from,
	       const char *const *files, bool *ret_inside, struct error *error)
{
	struct opening opening = { .login = login, .plan = plan, .conf = conf, .from = from };
	int tries = 0;

	*ret_inside = false;
	/* A container that is killed between being found and being entered costs no login. */
	while (open_stages(&opening, error))
		if (!opening.lost || tries++ == LOST_TRIES)
			return -1;
	if (login->way != LOGIN_HERE)
		return 0;
	if (keep_here(login, error)) {
		login_close(login);
		return -1;
	}
	*ret_inside = true;
	return enter(login, plan, files, error);
}

int login_open_in(struct login *login, struct container *container, const struct plan *plan,
		  const char *from, struct error *error)
{
	struct opening opening = { .login = login, .plan = plan, .from = from, .found = container };

	return open_stages(&opening, error);
}

/* Stands outside for the child: holds nothing of the server's open, and ends as it ends. */
static void __attribute__((noreturn)) wait_outside(pid_t child)
{
	int status = 0;

	process_forget_signals();
	syscall(SYS_close_range, 0, ~0U, 0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 255);
}

/* The pid namespace is entered by a fork that has given up everything before it can be seen. */
static int fork_inside(struct error *error)
{
	pid_t child = fork();

	if (child < 0)
		return error_errno(error, "cannot fork into the container");
	if (child)
		wait_outside(child);
	return 0;
}

int login_join(struct login *login, const struct plan *plan, const char *const *files,
	       struct error *error)
{
	if (release_switch(login, error) || enter(login, plan, files, error))
		return -1;
	container_close(&login->container);
	cgroup_pair_close(&login->cgroup);
	stop_timer(login);
	stop_keeper(login);
	scope_close(&login->pid_namespace);
	scope_close(&login->net_namespace);
	login->pid_namespace = login->net_namespace = -1;
	return login->way == LOGIN_FORK ? fork_inside(error) : 0;
}

int login_join_lent(struct login *login, const struct plan *plan, const char *const *files,
		    struct error *error)
{
	return enter(login, plan, files, error);
}

void login_close(struct login *login)
{
	if (login->stands)
		undo_stages(login, sizeof(stages) / sizeof(*stages));
}
