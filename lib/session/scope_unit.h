/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks systemd for a scope unit, a cgroup that it sees and leaves to us
 * (org.freedesktop.systemd1(5), StartTransientUnit). Through libsystemd's
 * sd-bus, which is loaded for the moment: no login but such a one pays for it.
 */
#ifndef CONFINE_SESSION_SCOPE_UNIT_H
#define CONFINE_SESSION_SCOPE_UNIT_H

#include <sys/types.h>

#include "../base/error.h"

struct scope_unit {
	const char *id; /* of the container: confine-ID.scope */
	const char *user, *home;
	uid_t uid; /* in whose slice it stands */
	pid_t pid; /* the process that is moved in */
};

/*
 * Returns when `pid` stands in the scope. ERROR_HOST where systemd or its bus
 * refuses or does not answer within ten seconds.
 */
int scope_unit_start(const struct scope_unit *unit, struct error *error);

#endif
