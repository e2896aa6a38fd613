/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login_plan.h"

#include <string.h>

#include "../base/scope.h"
#include "../policy/exempt.h"
#include "../policy/keys.h"
#include "../policy/policy.h"

static struct subject subject_of(const struct host_user *user)
{
	return (struct subject){ user->name, user->uid, user->groups.items, user->groups.count };
}

/* `confine = no`, perhaps with a shell. */
static int leave_alone(struct plan *ret_plan, const struct policy *policy, struct error *error)
{
	const struct value *shell = policy_value(policy, KEY_SHELL);

	if (!shell)
		return 0;
	ret_plan->shell = strdup(shell->text);
	return ret_plan->shell ? 0 : error_memory(error);
}

static int make_plan(struct plan *ret_plan, const struct policy *policy,
		     const struct host_user *user, const struct plan_context *context,
		     struct error *error)
{
	scope_of(request) struct request request = { 0 };
	scope_of(plan) struct plan plan = { 0 };
	struct host host;

	if (request_parse(&request, policy, error) || host_init(&host, error) ||
	    plan_resolve(&plan, &request, user, &host, context, error))
		return -1;
	if (plan.message)
		return error_set(error, ERROR_DENIED, "%s", plan.message);
	plan.policy = policy_container_half(policy);
	if (!plan.policy)
		return error_memory(error);
	for (size_t i = 0; i < plan.warnings.count; i++)
		log_debug(context->log, "plan of %s: %s", user->name, plan.warnings.items[i].text);
	*ret_plan = plan;
	plan = (struct plan){ 0 };
	return 0;
}

int login_plan(struct plan *ret_plan, bool *ret_exempt, const struct host_user *user,
	       const char *exempt_group, const struct error *fault,
	       const struct plan_context *context, struct error *error)
{
	const struct subject subject = subject_of(user);
	scope_of(policy) struct policy policy = { 0 };
	scope_memory char *reason = NULL;

	*ret_exempt = true;
	if (exempt_reason(context->conf, exempt_group, &subject, context->log, &reason, error))
		return -1;
	if (reason) {
		log_debug(context->log, "%s is not confined: %s", user->name, reason);
		return 0;
	}
	if (fault && fault->kind != ERROR_NONE) {
		*error = *fault;
		return -1;
	}
	if (policy_load(&policy, context->conf, &subject, NULL, context->log, error))
		return -1;
	for (size_t i = 0; i < policy.files.count; i++)
		log_debug(context->log, "policy of %s: %s", user->name, policy.files.items[i]);
	if (policy_exempts(&policy))
		return leave_alone(ret_plan, &policy, error);
	*ret_exempt = false;
	return make_plan(ret_plan, &policy, user, context, error);
}
