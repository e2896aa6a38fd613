/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which settings of an sshd are doors: by them it does something for people
 * outside of their login shell, and so outside of a container that only the
 * shell enters.
 */
#ifndef CONFINE_CLI_SSHD_DOORS_H
#define CONFINE_CLI_SSHD_DOORS_H

#include "people.h"
#include "sshd_settings.h"

struct sshd_door {
	const char *keyword; /* as sshd -T writes it */
	const char *written; /* as sshd_config(5) does */
	const char *says; /* what sshd does by it */
	const char *shut; /* the line that ends it */
};

/* The door that this setting opens among the others, or NULL. */
const struct sshd_door *sshd_door_find(const char *keyword, const char *value,
				       const struct sshd_settings *settings,
				       const struct people *people);

#endif
