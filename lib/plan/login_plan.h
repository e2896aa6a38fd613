/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A person's login, from the policy folder to the plan: the same for the module and for
 * confine-shell. */
#ifndef CONFINE_PLAN_LOGIN_PLAN_H
#define CONFINE_PLAN_LOGIN_PLAN_H

#include "plan.h"

/*
 * Exemption, then policy, then plan, with `policy` filled. Where the person is
 * not to be confined *ret_exempt is true and there is no plan, only its `shell`
 * where the policy names one. ERROR_DENIED with the policy's message where it
 * refuses the person. `exempt_group`: the module's argument, or NULL. `fault`:
 * a fault of the caller's own, which refuses all but the exempt, or NULL.
 */
int login_plan(struct plan *ret_plan, bool *ret_exempt, const struct host_user *user,
	       const char *exempt_group, const struct error *fault,
	       const struct plan_context *context, struct error *error);

#endif
