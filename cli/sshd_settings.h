/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an sshd says that it would do for a user: the lines of `sshd -T -C user=…`. */
#ifndef CONFINE_CLI_SSHD_SETTINGS_H
#define CONFINE_CLI_SSHD_SETTINGS_H

#include "../lib/base/text.h"

/* One server: its program, and the options by which it was started that change its settings. */
struct sshd_server {
	char *program; /* absolute; root's, writable by no one else */
	char *file; /* its configuration, absolute or as it was given */
	char *service; /* the PAM service where the settings name none: argv[0]'s last part */
	struct strings options; /* "-o", "UsePAM=no", ... */
	int pid; /* 0: it does not run */
};
void sshd_server_clear(struct sshd_server *server);

/*
 * From a listening sshd's words, as /proc shows them: either its argv, or what
 * it has made of them, "sshd: /usr/sbin/sshd -D -f FILE [listener] 0 of 10-100
 * startups". What stands before the colon is the name it was started by. False
 * where it is no listening one, but serves a connection.
 */
int sshd_server_parse(struct sshd_server *ret_server, const struct strings *argv, bool *ret_listens,
		      struct error *error);

/* Keyword and value, in the order of the text; "subsystem" and others may come repeatedly. */
struct sshd_settings {
	struct strings keywords, values;
};
void sshd_settings_clear(struct sshd_settings *settings);

/* From the text that `sshd -T` prints. */
int sshd_settings_parse(struct sshd_settings *ret_settings, const char *text, struct error *error);

/* Asks the server's program. `user` NULL: what holds where no Match block does. */
int sshd_settings_ask(struct sshd_settings *ret_settings, const struct sshd_server *server,
		      const char *user, struct error *error);

/* The first value of a keyword; "" where there is none. */
const char *sshd_settings_value(const struct sshd_settings *settings, const char *keyword);

#endif
