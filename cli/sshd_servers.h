/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every sshd of this host: those that run, and the one that Debian would start. */
#ifndef CONFINE_CLI_SSHD_SERVERS_H
#define CONFINE_CLI_SSHD_SERVERS_H

#include "../lib/plan/host.h"
#include "sshd_settings.h"

/* All zero is none. */
struct sshd_servers {
	struct sshd_server *items;
	size_t count;
};
void sshd_servers_clear(struct sshd_servers *servers);

/* Each once, however many processes of it run. */
int sshd_servers_find(struct sshd_servers *ret_servers, const struct host *host,
		      struct error *error);

#endif
