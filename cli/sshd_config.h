/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a setting of sshd_config(5) stands: the lines of a configuration and of
 * what it includes. What holds for whom is sshd's own to say (sshd_settings.h).
 */
#ifndef CONFINE_CLI_SSHD_CONFIG_H
#define CONFINE_CLI_SSHD_CONFIG_H

#include "../lib/plan/host.h"

struct sshd_line {
	char *file;
	unsigned number;
	char *keyword; /* lower case */
	char *value; /* what follows, blanks at both ends and a `=` cut */
	char *match; /* the criteria of the Match block it stands in, or "" */
};

/* All zero is the empty one. */
struct sshd_config {
	struct sshd_line *items;
	size_t count;
};
void sshd_config_clear(struct sshd_config *config);

/* Reads the file and what it includes, in sshd's order. Each must be root's, writable by no one
 * else. */
int sshd_config_read(struct sshd_config *ret_config, const struct host *host, const char *file,
		     struct error *error);

/*
 * The line that gives the keyword this value, as far as text can tell: outside
 * of Match blocks if there is one, else in one; NULL where it is the default.
 */
const struct sshd_line *sshd_config_find(const struct sshd_config *config, const char *keyword,
					 const char *value);

/* Whether a Match block asks for what is not the user: an address, a host, a port. */
bool sshd_line_depends(const struct sshd_line *line);

#endif
