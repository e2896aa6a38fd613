/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide.h"

#include "../lib/base/scope.h"
#include "../lib/plan/login_plan.h"
#include "../lib/session/record.h"

int decide_plan(const struct call *call, struct plan *ret_plan, struct error *error)
{
	scope_of(host_user) struct host_user user = { 0 };
	scope_of(plan) struct plan plan = { 0 };
	const struct plan_context context = {
		.conf = call->arguments.conf,
		.here = call->server.way == LOGIN_HERE,
		.groups_lost = call->server.groups_lost,
		.cache = RECORD_CACHE,
		.log = &call->log,
	};
	bool exempt;

	if (!call->name[0])
		return error_set(error, ERROR_POLICY, "the server names no user");
	/* Asked first and alone: a directory server that is down answers nothing about groups. */
	if (host_user_is_root(call->name)) {
		log_debug(&call->log, "%s is not confined: uid 0", call->name);
		return 0;
	}
	if (host_user_find(call->name, &user, error) ||
	    login_plan(&plan, &exempt, &user, call->arguments.exempt_group, &call->fault, &context,
		       error))
		return -1;
	if (exempt)
		return 0;
	*ret_plan = plan;
	plan = (struct plan){ 0 };
	return 1;
}
