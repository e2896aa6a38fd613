/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which AppArmor profile holds. What a policy names must be loaded; the default
 * is left out where Docker leaves its own out: on hosts without AppArmor, or
 * without what loads a profile.
 */
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

static const char default_profile[] = "confine-default";
static const char unconfined[] = "unconfined";

/* privileged means none, unless the policy names one (moby daemon/oci_linux.go, WithApparmor). */
static const char *profile_name(const struct request *request)
{
	if (request->apparmor)
		return request->apparmor;
	return request->privileged ? unconfined : default_profile;
}

static int fail(const char *name, enum host_profile found, struct error *error)
{
	static const char *const reasons[] = {
		[HOST_PROFILE_NO_APPARMOR] = "AppArmor is not on in this kernel",
		[HOST_PROFILE_UNSEEN] = "securityfs is not mounted on '/sys/kernel/security'",
		[HOST_PROFILE_UNLOADABLE] = "it is not loaded",
		[HOST_PROFILE_ABSENT] = "it is not loaded",
	};
	char quoted[128];

	text_quote(name, quoted, sizeof(quoted));
	if (found == HOST_PROFILE_ABSENT && !strcmp(name, default_profile))
		return error_set(error, ERROR_HOST,
				 "AppArmor profile '%s': it is not loaded (apparmor_parser -r "
				 "/etc/apparmor.d/%s)",
				 name, name);
	return error_set(error, ERROR_HOST, "AppArmor profile '%s': %s", quoted, reasons[found]);
}

/* The default where it cannot be had: silently where the kernel has no AppArmor, else with a word.
 */
static int leave_out(struct resolve *resolve, enum host_profile found, struct error *error)
{
	if (found == HOST_PROFILE_NO_APPARMOR)
		return 0;
	return resolve_warn(resolve, NULL, error, "AppArmor is on, but logins get no profile: %s",
			    found == HOST_PROFILE_UNSEEN
				    ? "securityfs is not mounted on '/sys/kernel/security'"
				    : "'confine-default' is not loaded, and apparmor_parser is not "
				      "installed");
}

static int take(struct resolve *resolve, const char *name, enum host_profile found,
		struct error *error)
{
	if (found == HOST_PROFILE_LENIENT &&
	    resolve_warn(
		    resolve, &resolve->request->apparmor_origin, error,
		    "AppArmor profile '%s' denies nothing: it is in complain or unconfined mode",
		    name))
		return -1;
	resolve->plan->apparmor = strdup(name);
	return resolve->plan->apparmor ? 0 : error_memory(error);
}

int resolve_apparmor(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	const char *name = profile_name(request);
	enum host_profile found;

	if (resolve->host->profile(resolve->host, name, &found, error))
		return resolve_fault(&request->apparmor_origin, error);
	if (!strcmp(name, unconfined))
		return found == HOST_PROFILE_NO_APPARMOR
			       ? 0
			       : take(resolve, name, HOST_PROFILE_ENFORCED, error);
	if (found >= HOST_PROFILE_LENIENT)
		return take(resolve, name, found, error);
	if (!request->apparmor && found != HOST_PROFILE_ABSENT)
		return leave_out(resolve, found, error);
	fail(name, found, error);
	return resolve_fault(&request->apparmor_origin, error);
}
