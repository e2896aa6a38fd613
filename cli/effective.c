/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "effective.h"

#include "../lib/base/scope.h"
#include "../lib/policy/exempt.h"
#include "command.h"

static struct subject subject_of(const struct host_user *user)
{
	return (struct subject){
		.user = user->name,
		.uid = user->uid,
		.groups = user->groups.items,
		.group_count = user->groups.count,
	};
}

static const struct log *log_of(const struct effective *effective)
{
	return effective->log ? effective->log : &command_log;
}

int effective_find(struct effective *effective, const char *name, const char *conf,
		   struct error *error)
{
	struct subject subject;

	if (host_user_find(name, &effective->user, error))
		return -1;
	subject = subject_of(&effective->user);
	return exempt_reason(conf, NULL, &subject, log_of(effective), &effective->exempt, error);
}

int effective_find_root(struct effective *effective, struct error *error)
{
	return host_user_root(&effective->user, error);
}

int effective_load(struct effective *effective, const char *conf, const struct overrides *overrides,
		   struct error *error)
{
	struct subject subject = subject_of(&effective->user);

	return policy_load(&effective->policy, conf, &subject, overrides, log_of(effective), error);
}

int effective_plan(struct effective *effective, const struct plan_context *context,
		   struct error *error)
{
	struct host host;

	if (request_parse(&effective->request, &effective->policy, error) ||
	    host_init(&host, error) ||
	    plan_resolve(&effective->plan, &effective->request, &effective->user, &host, context,
			 error))
		return -1;
	effective->plan.policy = policy_container_half(&effective->policy);
	return effective->plan.policy ? 0 : error_memory(error);
}

void effective_clear(struct effective *effective)
{
	host_user_clear(&effective->user);
	free(effective->exempt);
	policy_clear(&effective->policy);
	request_clear(&effective->request);
	plan_clear(&effective->plan);
	*effective = (struct effective){ 0 };
}
