/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: whether the AppArmor profile that logins get by default is there, and refuses
 * anything. */
#include "doctor.h"

static const char load[] = "apparmor_parser -r /etc/apparmor.d/confine-default";

/* What each state means; none where all is well, or AppArmor is not on. */
static const struct {
	const char *says;
	const char *shut;
	bool note; /* nobody is let in */
} findings[] = {
	[HOST_PROFILE_UNSEEN] = { "AppArmor is on, but logins get no profile: securityfs is not "
				  "mounted",
				  "mount -t securityfs securityfs /sys/kernel/security", false },
	[HOST_PROFILE_UNLOADABLE] = { "AppArmor is on, but logins get no profile: "
				      "'confine-default' is not loaded, and apparmor_parser is not "
				      "installed",
				      load, false },
	[HOST_PROFILE_ABSENT] = { "AppArmor profile 'confine-default' is not loaded: logins "
				  "without a profile of their own are refused",
				  load, true },
	[HOST_PROFILE_LENIENT] = { "AppArmor profile 'confine-default' denies nothing: it is in "
				   "complain or unconfined mode",
				   load, false },
	[HOST_PROFILE_ENFORCED] = { 0 },
};

int doctor_apparmor(struct doctor *doctor, struct error *error)
{
	struct error fault = ERROR_INIT;
	enum host_profile found;
	struct door_place place = { 0 };

	if (doctor->host.profile(&doctor->host, "confine-default", &found, &fault))
		return doctor_unseen(doctor, &fault, error);
	if (!findings[found].says)
		return 0;
	place.shut = findings[found].shut;
	place.note = findings[found].note;
	return doors_add(&doctor->doors, &place, NULL, error, "%s", findings[found].says);
}
