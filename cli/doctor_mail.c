/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: programs that a mail server starts as the person who gets the mail. */
#include <string.h>

#include "../lib/base/scope.h"
#include "doctor.h"

static const struct mailer {
	const char *program;
	const char *reads; /* in the home */
	const char *says;
	/* Only where that file has that line; NULL: always. */
	const char *when_file, *when_line;
	const char *shut, *shut_file; /* no file: a command that makes the program root's alone */
} mailers[] = {
	{ "/usr/sbin/postfix", ".forward", "postfix starts what ~/.forward says as the person",
	  NULL, NULL, "forward_path =", "/etc/postfix/main.cf" },
	{ "/usr/sbin/exim4", ".forward", "exim starts what ~/.forward says as the person",
	  "/etc/exim4/update-exim4.conf.conf", "dc_use_split_config='true'", "forbid_pipe",
	  "/etc/exim4/conf.d/router/600_exim4-config_userforward" },
	{ "/usr/sbin/exim4", ".forward", "exim starts what ~/.forward says as the person",
	  "/etc/exim4/update-exim4.conf.conf", "dc_use_split_config='false'", "forbid_pipe",
	  "/etc/exim4/exim4.conf.template" },
	{ "/usr/bin/procmail", ".procmailrc", "procmail starts what ~/.procmailrc says", NULL, NULL,
	  "chmod 0700 /usr/bin/procmail", NULL },
	{ "/usr/bin/maildrop", ".mailfilter", "maildrop starts what ~/.mailfilter says", NULL, NULL,
	  "chmod 0700 /usr/bin/maildrop", NULL },
};

static bool is_open(const struct doctor *doctor, const struct mailer *mailer)
{
	scope_of(host_file) struct host_file file = { 0 };
	struct error fault = ERROR_INIT;

	if (doctor->host.file(&doctor->host, "/", mailer->program, &file, &fault) ||
	    (mailer->when_file && !doctor_has_line(doctor, mailer->when_file, mailer->when_line)))
		return false;
	return mailer->shut_file ? !doctor_has_line(doctor, mailer->shut_file, mailer->shut)
				 : file.mode & 0001;
}

static int add_door(struct doctor *doctor, const struct mailer *mailer, struct error *error)
{
	const struct door_place place = { .file = mailer->shut_file ? mailer->shut_file
								    : mailer->program,
					  .shut = mailer->shut,
					  .shut_file = mailer->shut_file };
	const struct door_place there = { .note = true };
	scope_of(strings) struct strings with = { 0 };

	if (doors_add(&doctor->doors, &place, &doctor->all, error, "%s, outside", mailer->says) ||
	    doctor_with_file(doctor, mailer->reads, &with, error))
		return -1;
	return with.count ? doors_add(&doctor->doors, &there, &with, error, "~/%s is there",
				      mailer->reads)
			  : 0;
}

int doctor_mail(struct doctor *doctor, struct error *error)
{
	if (!doctor->all.count)
		return 0;
	for (size_t i = 0; i < sizeof(mailers) / sizeof(*mailers); i++)
		if (is_open(doctor, &mailers[i]) && add_door(doctor, &mailers[i], error))
			return -1;
	return 0;
}
