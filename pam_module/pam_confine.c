/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pam_confine.so: the hooks. A guest in the server's process, it keeps all that
 * it remembers in pam_set_data, and ends a process only where a server would
 * go on in spite of the refusal: a user's process whose join failed, and sudo.
 */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/plan/plan.h"
#include "../lib/policy/exempt.h"
#include "../lib/policy/policy.h"
#include "../lib/session/login.h"
#include "../lib/session/record.h"
#include "../lib/session/root.h"
#include "arguments.h"
#include "refusal.h"
#include "server.h"
#include "state.h"

/* One call of a hook. */
struct call {
	pam_handle_t *pamh;
	struct arguments arguments;
	struct server server;
	struct log log;
	const char *name; /* as PAM has it, for messages */
	bool quiet;
};

/* Whether this transaction's session is open: one that was refused or closed is not. */
static bool stands(const struct state *state)
{
	return state && state->login.stands && !state->refused;
}

static int call_begin(struct call *call, pam_handle_t *pamh, int flags, int argc, const char **argv,
		      struct error *error)
{
	*call = (struct call){ .pamh = pamh, .name = "?", .quiet = ((unsigned)flags & PAM_SILENT) != 0 };
	if (pam_get_user(pamh, &call->name, NULL) != PAM_SUCCESS || !call->name) {
		call->name = "?";
		return error_set(error, ERROR_POLICY, "the server names no user");
	}
	if (arguments_parse(&call->arguments, argc, argv, error))
		return -1;
	call->quiet = call->quiet || call->arguments.quiet;
	call->log = refusal_log(&call->pamh, call->arguments.debug);
	/* Before the server is looked at: inside, /proc does not know this process. */
	if (state_occupied() && !stands(state_get(pamh)))
		return error_set(error, ERROR_HOST, "the server's process has a session open already");
	if (geteuid() != 0)
		return error_set(error, ERROR_HOST, "the server does not run as root (euid %u)",
				 geteuid());
	return server_identify(&call->server, &call->arguments, error);
}

/* Where a login comes from, for `confine ls`. */
static char *call_from(const struct call *call)
{
	static const int items[] = { PAM_SERVICE, PAM_TTY, PAM_RHOST };
	const char *texts[3] = { "", "", "" };
	char quoted[3][128];

	for (int i = 0; i < 3; i++) {
		const void *item = NULL;

		if (pam_get_item(call->pamh, items[i], &item) == PAM_SUCCESS && item)
			texts[i] = item;
		text_quote(texts[i], quoted[i], sizeof(quoted[i]));
	}
	return text_format("%s %s %s", quoted[0], quoted[1], quoted[2]);
}

/*
 * Policy, then plan. *ret_exempt is true where the person is not to be
 * confined, and then there is no plan.
 */
static int make_plan(const struct call *call, struct plan *ret_plan, bool *ret_exempt,
		     struct error *error)
{
	scope_of(host_user) struct host_user user = { 0 };
	scope_of(policy) struct policy policy = { 0 };
	scope_of(request) struct request request = { 0 };
	scope_memory char *reason = NULL;
	struct host host;
	struct plan_context context = {
		.conf = call->arguments.conf,
		.here = call->server.way == LOGIN_HERE,
		.groups_lost = call->server.groups_lost,
		.cache = RECORD_CACHE,
		.log = &call->log,
	};
	struct subject subject;

	*ret_exempt = true;
	if (host_user_find(call->name, &user, error))
		return -1;
	subject = (struct subject){ user.name, user.uid, user.groups.items, user.groups.count };
	if (exempt_reason(call->arguments.conf, call->arguments.exempt_group, &subject, &call->log,
			  &reason, error))
		return -1;
	if (reason) {
		log_debug(&call->log, "%s is not confined: %s", user.name, reason);
		return 0;
	}
	if (policy_load(&policy, call->arguments.conf, &subject, NULL, &call->log, error))
		return -1;
	if (policy_exempts(&policy))
		return 0;
	*ret_exempt = false;
	if (request_parse(&request, &policy, error) || host_init(&host, error) ||
	    plan_resolve(ret_plan, &request, &user, &host, &context, error))
		return -1;
	ret_plan->policy = policy_container_half(&policy);
	if (ret_plan->policy && !ret_plan->message)
		return 0;
	if (ret_plan->message)
		error_set(error, ERROR_DENIED, "%s", ret_plan->message);
	else
		error_memory(error);
	plan_clear(ret_plan);
	return -1;
}

/* What the person's programs find in their environment; it tells them, and proves nothing. */
static int put_environment(const struct call *call, const struct state *state, struct error *error)
{
	scope_memory char *id = text_format("CONFINE_SESSION=%s", state->login.container.id);

	if (!id || pam_putenv(call->pamh, id) != PAM_SUCCESS ||
	    pam_putenv(call->pamh, "container=confine") != PAM_SUCCESS)
		return error_memory(error);
	for (size_t i = 0; i < state->plan.env.count; i++)
		if (pam_putenv(call->pamh, state->plan.env.items[i]) != PAM_SUCCESS)
			return error_set(error, ERROR_SYSTEM, "cannot set '%s' in the environment",
					 state->plan.env.items[i]);
	return 0;
}

/* With setcred and fork the join hangs on our own auth line: without it nobody would join. */
static int check_auth_line(const struct call *call, struct error *error)
{
	if (call->server.way == LOGIN_HERE || state_setcred_noted(call->pamh))
		return 0;
	return error_set(error, ERROR_POLICY,
			 "this service's PAM stack has no auth line of pam_confine.so, or one before it"
			 " ends the stack");
}

static int open_login(const struct call *call, struct state *state, struct error *error)
{
	const char *const files[] = { pam_getenv(call->pamh, "KRB5CCNAME"), NULL };
	scope_memory char *from = call_from(call);
	bool inside = false;

	state->login.way = call->server.way;
	state->login.terminal = call->server.terminal;
	if (!from) {
		error_memory(error);
	} else if (!login_open(&state->login, &state->plan, call->arguments.conf, from,
			       files, &inside, error)) {
		*state->joined = state->joined_here = inside;
		if (!put_environment(call, state, error))
			return 0;
		state_close(state);
	}
	/* What is inside, or half inside, stays noted: no later open may take it for done. */
	state->refused = true;
	if (!inside)
		state_drop(call->pamh);
	return -1;
}

static int open_session(const struct call *call, struct error *error)
{
	struct plan plan = { 0 };
	struct state *state;
	bool exempt;

	if (make_plan(call, &plan, &exempt, error))
		return -1;
	if (exempt)
		return 0;
	state = check_auth_line(call, error) ? NULL : state_new(call->pamh, error);
	if (!state) {
		plan_clear(&plan);
		return -1;
	}
	state->plan = plan;
	return open_login(call, state, error);
}

/* Inside a container (su, sudo there) there is nothing left to do, and nothing to decide anew. */
static bool is_inside(pam_handle_t *pamh)
{
	return !state_get(pamh) && !state_occupied() && root_is_container(NULL);
}

__attribute__((visibility("default"))) int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
							       const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

/* The user's process, just before it changes its uid: it joins, or it ends. */
static void join_or_end(const struct call *call, struct state *state)
{
	const char *const files[] = { pam_getenv(call->pamh, "KRB5CCNAME"), NULL };
	struct error error = ERROR_INIT;
	char reason[1024];

	if (state->joined_here)
		return;
	state->joined_here = true;
	*state->joined = true;
	if (!login_join(&state->login, &state->plan, files, &error))
		return;
	pam_syslog(call->pamh, LOG_ERR, "ended the process of %s, which could not join: %s", call->name,
		   error_format(&error, reason, sizeof(reason)));
	_exit(255);
}

__attribute__((visibility("default"))) int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc,
							  const char **argv)
{
	struct state *state = state_get(pamh);
	struct error error = ERROR_INIT;
	struct call call;

	/* After an open that joined here (atd, login) nothing is left, nor is there a /proc/self. */
	if (is_inside(pamh) || ((unsigned)flags & PAM_DELETE_CRED) ||
	    (state && state->login.way == LOGIN_HERE))
		return PAM_SUCCESS;
	if (call_begin(&call, pamh, flags, argc, argv, &error)) {
		refusal_tell(pamh, call.name, &error, call.quiet);
		if (state && !state_is_opener(state))
			_exit(255);
		return PAM_CRED_ERR;
	}
	if (!state)
		return state_note_setcred(pamh) == PAM_SUCCESS ? PAM_SUCCESS : PAM_CRED_ERR;
	if (state->login.way != LOGIN_HERE && !state_is_opener(state))
		join_or_end(&call, state);
	return PAM_SUCCESS;
}

__attribute__((visibility("default"))) int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc,
							    const char **argv)
{
	struct error error = ERROR_INIT;
	struct plan plan = { 0 };
	struct call call;
	bool exempt;

	if (is_inside(pamh) || stands(state_get(pamh)))
		return PAM_SUCCESS;
	if (call_begin(&call, pamh, flags, argc, argv, &error) ||
	    make_plan(&call, &plan, &exempt, &error)) {
		refusal_tell(pamh, call.name, &error, call.quiet);
		return PAM_PERM_DENIED;
	}
	plan_clear(&plan);
	return PAM_SUCCESS;
}

static int refuse_session(const struct call *call, const struct error *error)
{
	refusal_tell(call->pamh, call->name, error, call->quiet);
	if (server_goes_on())
		_exit(1);
	return PAM_SESSION_ERR;
}

__attribute__((visibility("default"))) int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
							       const char **argv)
{
	struct error error = ERROR_INIT;
	struct call call;

	/* A second line in the same transaction (su-l includes su) has nothing to add. */
	if (is_inside(pamh) || stands(state_get(pamh)))
		return PAM_SUCCESS;
	if (call_begin(&call, pamh, flags, argc, argv, &error))
		return refuse_session(&call, &error);
	if (call.arguments.only_close)
		return PAM_IGNORE;
	if (open_session(&call, &error))
		return refuse_session(&call, &error);
	return PAM_SUCCESS;
}

__attribute__((visibility("default"))) int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
								const char **argv)
{
	struct state *state = state_get(pamh);
	struct error error = ERROR_INIT;
	struct arguments arguments;

	(void)flags;
	if (!state || !state_is_opener(state))
		return PAM_SUCCESS;
	if (!arguments_parse(&arguments, argc, argv, &error) && arguments.only_open)
		return PAM_IGNORE;
	if (state->login.stands && state->login.way == LOGIN_FORK && !*state->joined)
		pam_syslog(pamh, LOG_ALERT,
			   "a session of %s was closed and no process had joined: join=fork does not"
			   " suit this server", state->plan.user.name);
	state_close(state);
	return PAM_SUCCESS;
}
