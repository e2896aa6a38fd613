/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One person's policy and what it comes to on this host, step by step, so that
 * a command can show the steps that went well before the one that did not.
 */
#ifndef CONFINE_CLI_EFFECTIVE_H
#define CONFINE_CLI_EFFECTIVE_H

#include "../lib/plan/plan.h"
#include "../lib/policy/policy.h"

struct effective {
	const struct log *log; /* where the library's warnings go; NULL: to standard error */
	struct host_user user;
	char *exempt; /* why the person is never confined at login, or NULL */
	struct policy policy;
	struct request request;
	struct plan plan;
};

/* The user and whether the policy folder `conf` exempts them. ERROR_HOST where there is none. */
int effective_find(struct effective *effective, const char *name, const char *conf,
		   struct error *error);

/* For `confine run` without --as: root, with nothing of anyone's. */
int effective_find_root(struct effective *effective, struct error *error);

/* The merged policy: of `conf` (NULL: the built-in one), with flags (may be NULL). */
int effective_load(struct effective *effective, const char *conf, const struct overrides *overrides,
		   struct error *error);

/* The plan. A login's unless `context` says otherwise. */
int effective_plan(struct effective *effective, const struct plan_context *context,
		   struct error *error);

void effective_clear(struct effective *effective);

#endif
