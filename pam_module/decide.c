/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide.h"

#include "../lib/base/scope.h"
#include "../lib/policy/exempt.h"
#include "../lib/policy/policy.h"
#include "../lib/session/record.h"

/* 1 exempt, 0 not, -1 out of memory. */
static int is_exempt(const struct call *call, const struct subject *subject, struct error *error)
{
	scope_memory char *reason = NULL;

	if (exempt_reason(call->arguments.conf, call->arguments.exempt_group, subject, &call->log,
			  &reason, error))
		return -1;
	if (reason)
		log_debug(&call->log, "%s is not confined: %s", subject->user, reason);
	return reason != NULL;
}

static int resolve(const struct call *call, const struct policy *policy,
		   const struct host_user *user, struct plan *ret_plan, struct error *error)
{
	scope_of(request) struct request request = { 0 };
	struct host host;
	struct plan_context context = {
		.conf = call->arguments.conf,
		.here = call->server.way == LOGIN_HERE,
		.groups_lost = call->server.groups_lost,
		.cache = RECORD_CACHE,
		.log = &call->log,
	};

	if (request_parse(&request, policy, error) || host_init(&host, error) ||
	    plan_resolve(ret_plan, &request, user, &host, &context, error))
		return -1;
	ret_plan->policy = policy_container_half(policy);
	if (ret_plan->policy && !ret_plan->message)
		return 0;
	if (ret_plan->message)
		error_set(error, ERROR_DENIED, "%s", ret_plan->message);
	else
		error_memory(error);
	plan_clear(ret_plan);
	return -1;
}

int decide_plan(const struct call *call, struct plan *ret_plan, struct error *error)
{
	scope_of(host_user) struct host_user user = { 0 };
	scope_of(policy) struct policy policy = { 0 };
	struct subject subject;
	int exempt;

	if (!call->name[0])
		return error_set(error, ERROR_POLICY, "the server names no user");
	/* Asked first and alone: a directory server that is down answers nothing about groups. */
	if (host_user_is_root(call->name)) {
		log_debug(&call->log, "%s is not confined: uid 0", call->name);
		return 0;
	}
	if (host_user_find(call->name, &user, error))
		return -1;
	subject = (struct subject){ user.name, user.uid, user.groups.items, user.groups.count };
	exempt = is_exempt(call, &subject, error);
	if (exempt)
		return exempt < 0 ? -1 : 0;
	if (call->fault.kind != ERROR_NONE) {
		*error = call->fault;
		return -1;
	}
	if (policy_load(&policy, call->arguments.conf, &subject, NULL, &call->log, error))
		return -1;
	if (policy_exempts(&policy))
		return 0;
	return resolve(call, &policy, &user, ret_plan, error) ? -1 : 1;
}
