/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which server this module is a guest of, by its executable, and how its logins join. */
#ifndef CONFINE_PAM_SERVER_H
#define CONFINE_PAM_SERVER_H

#include "arguments.h"

struct server {
	enum login_way way;
	bool groups_lost; /* sets the groups anew after open, and calls no setcred after that */
	bool terminal; /* changes the terminal's owner after open */
};

/*
 * The server's row of the table in server.c; join= overrides its way, unless
 * the server is known to execute the shell at once: then the override is
 * refused by name, for nothing would hold such a user's process.
 */
int server_identify(struct server *ret_server, const struct arguments *arguments,
		    struct error *error);

/* The same of a server whose executable bears that name. */
int server_named(struct server *ret_server, const char *name, const struct arguments *arguments,
		 struct error *error);

/*
 * Whether this server starts the command although open_session refused (sudo
 * does, 1.9.13: seen). Then only the end of its process keeps the refusal.
 */
bool server_goes_on(void);

#endif
