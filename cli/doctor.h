/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the checks of `confine doctor` share: whom it is about, and where they
 * put what they find. A check is one file and one row of the table in doctor.c.
 */
#ifndef CONFINE_CLI_DOCTOR_H
#define CONFINE_CLI_DOCTOR_H

#include "doors.h"
#include "people.h"

/* A way in, and what confines those who come by it. */
struct way_in {
	char *server, *where;
	const char *by; /* "PAM", "login shell", "nothing", "refuses all", "not known" */
};

struct doctor {
	const char *conf; /* the policy folder */
	struct host host;
	struct people people;
	struct strings all, by_shell, not_by_shell; /* names of the people */
	struct doors doors;
	struct way_in *ways;
	size_t way_count;
	struct strings unseen; /* what could not be looked at, and why */
	char *exempting; /* " exempt_group=NAME,...", for the lines of ours that it writes; or "" */
};

/* Each returns -1 only where it cannot go on (out of memory, /proc is not there). */
int doctor_pam(struct doctor *doctor, struct error *error);
int doctor_sshd(struct doctor *doctor, struct error *error);
int doctor_plain_servers(struct doctor *doctor, struct error *error);
int doctor_accounts(struct doctor *doctor, struct error *error);
int doctor_manager(struct doctor *doctor, struct error *error);
int doctor_mail(struct doctor *doctor, struct error *error);
int doctor_apparmor(struct doctor *doctor, struct error *error);

/* Notes a way in. `by` is a literal. */
int doctor_way(struct doctor *doctor, const char *server, const char *by, const char *where,
	       struct error *error);

/*
 * Finds `exempting`: what lines of ours have already, else the groups of the exempt file, so that
 * a broken policy folder locks none of them out.
 */
int doctor_exempting(struct doctor *doctor, struct error *error);

/* Our two lines for a PAM file, with `more` arguments; malloc'ed, NULL when out of memory. */
char *doctor_own_lines(const struct doctor *doctor, const char *more);

/* Whether the name is one of the PAM services that confine knows. */
bool doctor_pam_knows(const char *service);

struct pam_line;

/* A way in whose PAM lines cannot be read: a row, and what is wrong with them. */
int doctor_pam_unread(struct doctor *doctor, const char *server, const struct error *fault,
		      struct error *error);

/* A way in that a line refuses to everyone, for its module is not there: a row and a note. */
int doctor_pam_shut(struct doctor *doctor, const char *server, const struct pam_line *line,
		    struct error *error);

/* Notes, once, that something could not be looked at; out of memory stays an error. 0 or -1. */
int doctor_unseen(struct doctor *doctor, const struct error *fault, struct error *error);

/* The people of a list in whose home a file of this name is, a symlink or whatever it is. */
int doctor_with_file(const struct doctor *doctor, const char *name, struct strings *ret_names,
		     struct error *error);

/* Whether a file of the host's has that line, blanks around it cut; one that is not there has not.
 */
bool doctor_has_line(const struct doctor *doctor, const char *file, const char *line);

#endif
