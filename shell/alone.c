/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Root from the first line of main() to identity_become(); what follows that is
 * done by the person's own ids. Read in that order: alone_run() at the end.
 */
#include "alone.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "../lib/plan/login_plan.h"
#include "../lib/session/identity.h"
#include "../lib/session/launch.h"
#include "../lib/session/privilege.h"
#include "../lib/session/watch.h"
#include "agent.h"
#include "stand.h"

enum { STATUS_REFUSED = 125 };

#define BIT(name) (UINT64_C(1) << CAP_##name)

/* To find out who it is and what is to be done: the user's file system ids, others' folders. */
static const uint64_t reading = BIT(SETUID) | BIT(SETGID) | BIT(DAC_READ_SEARCH);

/* To make a container, and to join it (setns by an undumpable init's pidfd asks for SYS_PTRACE). */
static const uint64_t making = BIT(SYS_ADMIN) | BIT(SYS_CHROOT) | BIT(SYS_PTRACE) | BIT(SETUID) |
			       BIT(SETGID) | BIT(SETPCAP) | BIT(CHOWN) | BIT(FOWNER) | BIT(FSETID) |
			       BIT(DAC_OVERRIDE) | BIT(DAC_READ_SEARCH) | BIT(MKNOD) |
			       BIT(NET_ADMIN) | BIT(BPF) | BIT(SYS_RESOURCE) | BIT(KILL);

struct session {
	struct caller *caller;
	struct plan plan;
	struct login login;
	char id[RECORD_ID_SIZE]; /* the container's */
	const char *
		forwarded; /* the agent's socket outside, in the caller's environment; NULL: none */
	char agent[128]; /* that inside which stands for it */
	struct stand stand;
};

static void session_clear(struct session *session)
{
	plan_clear(&session->plan);
}

/* An older copy, or one in a user's hands, is no way to run this as root. */
static int check_installed(const struct caller *caller, struct error *error)
{
	struct stat st;
	const char *fault;

	if (stat("/proc/self/exe", &st))
		return error_errno(error, "cannot stat '/proc/self/exe'");
	fault = path_unsafe(&st);
	if (fault)
		return error_set(error, ERROR_HOST,
				 "confine-shell is not installed as it should be: %s", fault);
	if (!caller->privileged || (caller->uid && !(st.st_mode & S_ISUID)))
		return error_set(error, ERROR_HOST, "confine-shell is not installed setuid root");
	return 0;
}

/* No process of the user's may signal or look at this one from here on. */
static int become_root(struct error *error)
{
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0) ||
	    prctl(PR_SET_DUMPABLE, 0))
		return error_errno(error, "cannot take root's ids");
	return 0;
}

static int leave_alone(const struct session *session, struct error *error)
{
	scope_of(strings) struct strings added = { 0 };
	const struct caller *caller = session->caller;
	scope_memory char *fallback = NULL;
	const char *shell = session->plan.shell;
	struct host host;

	if (!shell) {
		if (host_init(&host, error))
			return STATUS_REFUSED;
		shell = fallback = shell_default(&host, "/", error);
	}
	if (!shell || strings_addf(&added, error, "SHELL=%s", shell) ||
	    identity_become(caller->uid, caller->gid, 0, error))
		return STATUS_REFUSED;
	return caller_execute(caller, shell, NULL, 0, &added, error);
}

/* Where a login comes from, for `confine ls`; it is told by the caller, and nothing hangs on it. */
static char *call_from(const struct caller *caller)
{
	const char *connection = caller_variable(caller, "SSH_CONNECTION");
	char terminal[64] = "", quoted[64];
	scope_memory char *host =
		connection ? strndup(connection, strcspn(connection, " ")) : strdup("");

	if (!host)
		return NULL;
	if (ttyname_r(STDIN_FILENO, terminal, sizeof(terminal)))
		*terminal = '\0';
	return text_format("confine-shell %s %s",
			   text_starts(terminal, "/dev/") ? terminal + strlen("/dev/") : terminal,
			   text_quote(host, quoted, sizeof(quoted)));
}

static int open_login(struct session *session, struct error *error)
{
	scope_memory char *from = call_from(session->caller);
	bool inside;

	if (!from)
		return error_memory(error);
	session->login.way = LOGIN_SHELL;
	if (login_open(&session->login, &session->plan, CONFINE_CONF, from, NULL, &inside, error))
		return -1;
	memcpy(session->id, session->login.container.id, sizeof(session->id));
	if (!watch_close(&session->login, error))
		return 0;
	login_close(&session->login);
	return -1;
}

static int add_variables(const struct session *session, struct strings *added, struct error *error)
{
	const struct plan *plan = &session->plan;

	for (size_t i = 0; i < plan->env.count; i++)
		if (strings_add(added, plan->env.items[i], error))
			return -1;
	if (*session->agent && strings_addf(added, error, "SSH_AUTH_SOCK=%s", session->agent))
		return -1;
	if (strings_addf(added, error, "CONFINE_SESSION=%s", session->id) ||
	    strings_add(added, "container=confine", error))
		return -1;
	return strings_addf(added, error, "SHELL=%s", plan->shell);
}

/* An agent's socket that can be seen from inside, as one in the home, stays what it is. */
static int bring_agent(struct session *session, int line, struct error *error)
{
	scope_fd int listener = -1;

	if (!session->forwarded || !access(session->forwarded, W_OK))
		return 0;
	listener = agent_listen(session->agent, sizeof(session->agent));
	return listener < 0 ? 0 : launch_pass(line, listener, error);
}

/* In the shell's process, inside, as the user. */
static int execute(void *context, int line, struct error *error)
{
	struct session *session = context;
	const struct plan *plan = &session->plan;
	scope_of(strings) struct strings added = { 0 };
	unsigned set = 0;

	for (size_t i = 0; i < plan->ulimits.count; i++)
		set |= 1U << plan->ulimits.items[i].resource;
	if (bring_agent(session, line, error) || add_variables(session, &added, error))
		return STATUS_REFUSED;
	if (session->stand.terminal == LAUNCH_NEW_TERMINAL && stand_within(&session->stand, error))
		return STATUS_REFUSED;
	return caller_execute(session->caller, plan->shell, plan->user.home, set, &added, error);
}

/* The last of root. Only the lock is kept, for it makes this process the login. */
static int give_up(struct session *session, struct error *error)
{
	const struct host_user *user = &session->plan.user;
	struct container *container = &session->login.container;
	int *const closed[] = { &container->pidfd, &container->owner, &container->record };

	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		scope_close(closed[i]);
		*closed[i] = -1;
	}
	cgroup_pair_close(&session->login.cgroup);
	if (identity_become(user->uid, user->gid, 0, error))
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || chdir("/"))
		return error_errno(error, "cannot give up root's privilege");
	return 0;
}

static const char *file_of(const struct caller *caller, const char *name)
{
	const char *text = caller_variable(caller, name);

	return text ? text : "";
}

/* From here on only the door and the watch are root's; neither takes orders from this process. */
static int start(struct session *session, struct launched *launched, struct error *error)
{
	const struct caller *caller = session->caller;
	const char *const files[] = { file_of(caller, "KRB5CCNAME"), file_of(caller, "XAUTHORITY"),
				      file_of(caller, "SSH_USER_AUTH"), NULL };
	const struct launch launch = {
		.login = &session->login,
		.plan = &session->plan,
		.user = &session->plan.user,
		.files = files,
		.terminal = session->stand.terminal,
		.streams = session->stand.streams,
		.failure = STATUS_REFUSED,
		.execute = execute,
		.context = session,
	};

	if (launch_begin(&launch, launched, error))
		return -1;
	return give_up(session, error);
}

static int run(struct session *session, struct error *error)
{
	scope_of(launched) struct launched launched = LAUNCHED_INIT;
	struct stand *stand = &session->stand;
	const char *agent = caller_variable(session->caller, "SSH_AUTH_SOCK");

	if (agent && agent_is_servers(agent, session->caller->uid))
		session->forwarded = agent;
	if (stand_prepare(stand, error) || start(session, &launched, error))
		return STATUS_REFUSED;
	if (launch_hear(&launched, error))
		return launched.status;
	if (launched.passed >= 0 && session->forwarded)
		agent_carry(launched.passed, session->forwarded);
	stand_aside(stand);
	stand_for(stand, &launched, error);
	return STATUS_REFUSED;
}

int alone_run(struct caller *caller, struct host_user *user, const struct log *log,
	      struct error *error)
{
	scope_of(session) struct session session = { .caller = caller, .login = LOGIN_INIT };
	const struct plan_context context = { .conf = CONFINE_CONF,
					      .cache = RECORD_CACHE,
					      .log = log };
	bool exempt;

	if (check_installed(caller, error) || privilege_use(reading, error) ||
	    caller_put_away(caller, error))
		return STATUS_REFUSED;
	/* Nothing is asked of NSS for root: a directory server may be down. */
	if (!caller->uid)
		return leave_alone(&session, error);
	if (host_user_find_uid(caller->uid, user, error) ||
	    login_plan(&session.plan, &exempt, user, NULL, NULL, &context, error))
		return STATUS_REFUSED;
	if (exempt)
		return leave_alone(&session, error);
	if (caller_check_streams(error) || become_root(error) ||
	    privilege_shrink(making | session.plan.ambient, error) || open_login(&session, error))
		return STATUS_REFUSED;
	return run(&session, error);
}
