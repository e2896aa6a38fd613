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
#include "../lib/session/login.h"
#include "../lib/session/record.h"
#include "../lib/session/root.h"
#include "arguments.h"
#include "call.h"
#include "decide.h"
#include "refusal.h"
#include "restrain.h"
#include "server.h"
#include "state.h"

/* Whether this transaction's session is open: one that was refused or closed is not. */
static bool stands(const struct state *state)
{
	return state && state->login.stands && !state->refused;
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
	static const char *const ways[] = {
		[LOGIN_SETCRED] = "by its user's process in setcred",
		[LOGIN_FORK] = "by a child of its user's process",
		[LOGIN_HERE] = "by this process",
	};
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
		log_debug(&call->log, "%s has a login in container %s, to be joined %s",
			  state->plan.user.name, state->login.container.id,
			  ways[state->login.way]);
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
	int confined = decide_plan(call, &plan, error);

	if (confined <= 0) {
		if (!confined)
			state_set_outcome(call->pamh, OUTCOME_EXEMPT);
		return confined;
	}
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
	/* Said before: inside, /dev/log need not be there. */
	log_debug(&call->log, "this process of %s joins", call->name);
	if (!login_join(&state->login, &state->plan, files, &error))
		return;
	pam_syslog(call->pamh, LOG_ERR, "ended the process of %s, which could not join: %s", call->name,
		   error_format(&error, reason, sizeof(reason)));
	_exit(255);
}

/*
 * A fault of the auth line is logged and no more: sshd ends on a setcred that fails, and who is
 * exempt must not be locked out. Whoever is not is refused by open, for nothing was noted.
 */
static int note_setcred(const struct call *call)
{
	struct error error = call->fault;
	char reason[1024];

	if (error.kind == ERROR_NONE && !state_note_setcred(call->pamh, &error))
		return PAM_SUCCESS;
	pam_syslog(call->pamh, LOG_ERR, "auth line: %s", error_format(&error, reason, sizeof(reason)));
	return PAM_SUCCESS;
}

/*
 * A user's process without a login to join. Where open refused, sshd goes on to tell the person why
 * and ends by itself; where the session line is `optional` it would go on for good, so the process
 * can start, open and reach nothing any more. Where open was not called at all, whoever is to be
 * confined ends here.
 */
static int hold_child(const struct call *call)
{
	struct plan plan = { 0 };
	struct error error = ERROR_INIT;
	char reason[1024];
	int confined = 0;

	if (state_outcome(call->pamh) == OUTCOME_EXEMPT)
		return PAM_SUCCESS;
	if (state_outcome(call->pamh) == OUTCOME_REFUSED) {
		if (restrain_process())
			_exit(255);
		return PAM_CRED_ERR;
	}
	confined = decide_plan(call, &plan, &error);
	if (!confined)
		return PAM_SUCCESS;
	if (confined > 0) {
		plan_clear(&plan);
		error_set(&error, ERROR_POLICY,
			  "this service's PAM stack has no session line of pam_confine.so");
	}
	pam_syslog(call->pamh, LOG_ERR, "ended the process of %s, which has no session to join: %s",
		   call->name, error_format(&error, reason, sizeof(reason)));
	_exit(255);
}

__attribute__((visibility("default"))) int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc,
							  const char **argv)
{
	struct state *state = state_get(pamh);
	struct call call;

	/* After an open that joined here (atd, login) nothing is left, nor is there a /proc/self. */
	if (is_inside(pamh) || ((unsigned)flags & PAM_DELETE_CRED) ||
	    (state && state->login.way == LOGIN_HERE))
		return PAM_SUCCESS;
	call_begin(&call, pamh, flags, argc, argv);
	if (!state)
		return state_is_child(pamh) && call.server.way != LOGIN_HERE ? hold_child(&call)
									      : note_setcred(&call);
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

	if (is_inside(pamh) || stands(state_get(pamh)))
		return PAM_SUCCESS;
	call_begin(&call, pamh, flags, argc, argv);
	if (decide_plan(&call, &plan, &error) < 0) {
		refusal_tell(pamh, call.name, &error, call.quiet);
		return PAM_PERM_DENIED;
	}
	plan_clear(&plan);
	return PAM_SUCCESS;
}

static int refuse_session(const struct call *call, const struct error *error)
{
	state_set_outcome(call->pamh, OUTCOME_REFUSED);
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
	call_begin(&call, pamh, flags, argc, argv);
	if (call.fault.kind == ERROR_NONE && call.arguments.only_close)
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
