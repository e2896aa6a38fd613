/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a name to a plan: who is exempt, what the policy says, what comes of it on this host. */
#ifndef CONFINE_PAM_DECIDE_H
#define CONFINE_PAM_DECIDE_H

#include "../lib/plan/plan.h"
#include "call.h"

/*
 * 1: the person is to be confined, by *ret_plan (the caller clears it). 0: they are not. -1: they
 * are refused, and why. uid 0 and the exempt groups come first, before any fault of the PAM line or
 * of a policy file.
 */
int decide_plan(const struct call *call, struct plan *ret_plan, struct error *error);

#endif
