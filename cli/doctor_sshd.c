/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine doctor: every sshd of this host. Where PAM does not confine, only a
 * login shell can, and what sshd does without starting it stays outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "doctor.h"
#include "pam_hold.h"
#include "running.h"
#include "sshd_config.h"
#include "sshd_settings.h"

/* One server under examination. */
struct patient {
	struct doctor *doctor;
	const struct sshd_server *server;
	struct sshd_config config;
	struct sshd_settings settings; /* where no Match block holds */
	struct pam_stack stack; /* of its PAM service; empty without PAM */
	bool pam; /* UsePAM */
};

static void patient_clear(struct patient *patient)
{
	sshd_config_clear(&patient->config);
	sshd_settings_clear(&patient->settings);
	pam_stack_clear(&patient->stack);
}

static bool is_word(const char *value, const char *word)
{
	return !strcasecmp(value, word);
}

static bool is_on(const char *value, const struct sshd_settings *settings,
		  const struct people *people)
{
	(void)settings;
	(void)people;
	return *value && !is_word(value, "no");
}

/* DisableForwarding leaves agents and X11 alone before OpenSSH 10.0 (CVE-2025-32728). */
static bool is_forwarded(const char *value, const struct sshd_settings *settings,
			 const struct people *people)
{
	return is_on(value, settings, people) &&
	       !is_word(sshd_settings_value(settings, "disableforwarding"), "yes");
}

static bool has_internal_sftp(const char *value, const struct sshd_settings *settings,
			      const struct people *people)
{
	static const char internal[] = "internal-sftp";

	(void)settings;
	(void)people;
	if (text_starts(value, "sftp "))
		value += strlen("sftp ");
	return text_starts(value, internal) && strchr(" ", value[strlen(internal)]);
}

/* Whether a client may send what the dynamic linker takes orders from (ld.so(8)). */
static bool lets_linker(const char *value, const struct sshd_settings *settings,
			const struct people *people)
{
	static const char *const names[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT" };

	(void)settings;
	(void)people;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!fnmatch(value, names[i], 0))
			return true;
	return false;
}

/* sshd_config(5), "TOKENS": %h, %u and %U of one person; malloc'ed. Below the home if not absolute.
 */
static char *expand(const char *pattern, size_t length, const struct host_user *user)
{
	char *path = *pattern == '/' || text_starts(pattern, "%h") ? strdup("")
								   : text_format("%s/", user->home);

	for (const char *at = pattern; path && at < pattern + length; at++) {
		scope_memory char *before = path;

		if (*at != '%' || at + 1 == pattern + length)
			path = text_format("%s%c", before, *at);
		else if (*++at == 'h' || *at == 'u')
			path = text_format("%s%s", before, *at == 'h' ? user->home : user->name);
		else if (*at == 'U')
			path = text_format("%s%u", before, user->uid);
		else
			path = text_format("%s%c", before, *at);
	}
	return path;
}

/* Whether someone but root may write the file or could put it there. */
static bool is_anyones(const char *pattern, size_t length, const struct host_user *user)
{
	scope_memory char *path = expand(pattern, length, user);
	struct error fault = ERROR_INIT;
	scope_fd int fd = path ? path_open_root_file(AT_FDCWD, path, &fault) : -1;

	return fd < 0 && !(path && fault.number == ENOENT);
}

/* Files by which people choose their own command=, which gives way to ForceCommand. */
static bool are_own(const char *value, const struct sshd_settings *settings,
		    const struct people *people)
{
	const char *forced = sshd_settings_value(settings, "forcecommand");

	if (*forced && !is_word(forced, "none"))
		return false;
	while (*(value += strspn(value, " \t\""))) {
		size_t length = strcspn(value, " \t\"");
		bool none = length == 4 && !strncasecmp(value, "none", 4);

		for (size_t i = 0; !none && i < people->count; i++)
			if (people->items[i].by_shell &&
			    is_anyones(value, length, &people->items[i].user))
				return true;
		value += length;
	}
	return false;
}

#define SFTP_SERVER "/usr/lib/openssh/sftp-server"

/* What sshd does outside of the login shell, and the line that ends it. */
static const struct door_row {
	const char *keyword; /* as sshd -T writes it */
	bool (*open)(const char *value, const struct sshd_settings *settings,
		     const struct people *people);
	const char *written, *says, *shut;
} rows[] = {
	{ "subsystem", has_internal_sftp, "Subsystem", "sshd itself serves sftp",
	  "Subsystem sftp " SFTP_SERVER },
	{ "forcecommand", has_internal_sftp, "ForceCommand", "sshd itself serves sftp",
	  "ForceCommand " SFTP_SERVER },
	{ "authorizedkeysfile", are_own, "AuthorizedKeysFile",
	  "command=\"internal-sftp\" before a key of one's own has sshd itself serve sftp",
	  "AuthorizedKeysFile /etc/ssh/authorized_keys/%u" },
	{ "authorizedprincipalsfile", are_own, "AuthorizedPrincipalsFile",
	  "command=\"internal-sftp\" before a principal has sshd itself serve sftp",
	  "AuthorizedPrincipalsFile /etc/ssh/authorized_principals/%u" },
	{ "allowtcpforwarding", is_forwarded, "AllowTcpForwarding", "sshd forwards ports",
	  "AllowTcpForwarding no" },
	{ "allowstreamlocalforwarding", is_forwarded, "AllowStreamLocalForwarding",
	  "sshd forwards unix sockets", "AllowStreamLocalForwarding no" },
	{ "allowagentforwarding", is_on, "AllowAgentForwarding",
	  "the agent's socket lies in the host's /tmp", "AllowAgentForwarding no" },
	{ "x11forwarding", is_on, "X11Forwarding", "sshd starts xauth and forwards X11",
	  "X11Forwarding no" },
	{ "permittunnel", is_on, "PermitTunnel", "sshd forwards a tun device", "PermitTunnel no" },
	{ "permituserenvironment", is_on, "PermitUserEnvironment",
	  "~/.ssh/environment puts a library into what sshd starts (rc, xauth)",
	  "PermitUserEnvironment no" },
	{ "acceptenv", lets_linker, "AcceptEnv",
	  "the client puts a library into what sshd starts (rc, xauth)", "AcceptEnv LANG LC_*" },
};

/* Where a setting is to be changed: its own line, or the file's beginning where it is a default. */
static struct door_place place_of(const struct patient *patient, const struct door_row *row,
				  const char *value)
{
	const struct sshd_line *line = sshd_config_find(&patient->config, row->keyword, value);
	struct door_place place = {
		.file = line ? line->file : patient->server->file,
		.line = line ? line->number : 0,
		.shut = row->shut,
	};

	place.shut_file = place.file;
	place.shut_line = place.line;
	return place;
}

static int add_door(const struct patient *patient, const struct door_row *row, const char *value,
		    const struct strings *users, struct error *error)
{
	const struct door_place place = place_of(patient, row, value);
	char quoted[128];

	return doors_add(&patient->doctor->doors, &place, users, error, "%s %s: %s, outside",
			 row->written, text_quote(value, quoted, sizeof(quoted)), row->says);
}

static int look_at_settings(const struct patient *patient, const struct sshd_settings *settings,
			    const struct strings *users, struct error *error)
{
	for (size_t i = 0; i < settings->keywords.count; i++)
		for (size_t j = 0; j < sizeof(rows) / sizeof(*rows); j++) {
			const char *value = settings->values.items[i];

			if (!strcmp(rows[j].keyword, settings->keywords.items[i]) &&
			    rows[j].open(value, settings, &patient->doctor->people) &&
			    add_door(patient, &rows[j], value, users, error))
				return -1;
		}
	return 0;
}

/* What opens in a Match block on an address or port, which cannot be tried for all of them. */
static int look_at_blocks(const struct patient *patient, struct error *error)
{
	const struct sshd_settings none = { 0 };

	for (size_t i = 0; i < patient->config.count; i++) {
		const struct sshd_line *line = &patient->config.items[i];

		for (size_t j = 0; j < sizeof(rows) / sizeof(*rows); j++) {
			const struct door_place place = { .file = line->file,
							  .line = line->number,
							  .shut = rows[j].shut,
							  .shut_file = line->file,
							  .shut_line = line->number };
			char quoted[128];

			if (!sshd_line_depends(line) || strcmp(rows[j].keyword, line->keyword) ||
			    !rows[j].open(line->value, &none, &patient->doctor->people))
				continue;
			if (doors_add(&patient->doctor->doors, &place, &patient->doctor->by_shell,
				      error, "%s %s: %s, outside, for whom 'Match %s' means",
				      rows[j].written,
				      text_quote(line->value, quoted, sizeof(quoted)), rows[j].says,
				      line->match))
				return -1;
		}
	}
	return 0;
}

/* The line with user_readenv=0 in place of 1; malloc'ed. */
static char *without_user_environment(const struct pam_line *line)
{
	char *text = text_format("session  %s   %s", line->control, line->module);

	for (size_t i = 0; text && i < line->arguments.count; i++) {
		const char *argument = line->arguments.items[i];
		scope_memory char *before = text;

		if (!strcmp(argument, "user_readenv=1"))
			argument = "user_readenv=0";
		text = text_format("%s %s", before, argument);
	}
	return text;
}

/* Debian's stack reads ~/.pam_environment; sshd takes it over for what it starts. */
static int look_at_pam_environment(const struct patient *patient, struct error *error)
{
	for (size_t i = 0; i < patient->stack.count; i++) {
		const struct pam_line *line = &patient->stack.items[i];
		scope_memory char *shut = NULL;
		struct door_place place = { .file = line->file,
					    .line = line->number,
					    .shut_file = line->file,
					    .shut_line = line->number };

		if (line->type != PAM_TYPE_SESSION || !pam_line_is(line, "pam_env.so") ||
		    !strings_contain(&line->arguments, "user_readenv=1"))
			continue;
		place.shut = shut = without_user_environment(line);
		if (!shut)
			return error_memory(error);
		if (doors_add(&patient->doctor->doors, &place, &patient->doctor->by_shell, error,
			      "user_readenv=1: ~/.pam_environment puts a library into what sshd "
			      "starts (rc, xauth), outside"))
			return -1;
	}
	return 0;
}

static bool has_match(const struct sshd_config *config)
{
	for (size_t i = 0; i < config->count; i++)
		if (*config->items[i].match)
			return true;
	return false;
}

/* Where no Match block is, what holds for one holds for all. */
static int look_at_doors(const struct patient *patient, struct error *error)
{
	const struct strings *users = &patient->doctor->by_shell;

	if (!has_match(&patient->config))
		return look_at_settings(patient, &patient->settings, users, error);
	for (size_t i = 0; i < users->count; i++) {
		scope_of(sshd_settings) struct sshd_settings settings = { 0 };
		const struct strings one = { &users->items[i], 1 };
		struct error fault = ERROR_INIT;

		if (sshd_settings_ask(&settings, patient->server, users->items[i], &fault)) {
			if (doctor_unseen(patient->doctor, &fault, error))
				return -1;
		} else if (look_at_settings(patient, &settings, &one, error)) {
			return -1;
		}
	}
	return look_at_blocks(patient, error);
}

static const struct door_row use_pam = { .keyword = "usepam", .shut = "UsePAM yes" };

/* Whom neither PAM nor the login shell confines. */
static int add_unconfined(const struct patient *patient, const struct pam_hold *hold,
			  const char *service, struct error *error)
{
	const struct strings *users = &patient->doctor->not_by_shell;
	struct door_place place = place_of(patient, &use_pam, "no");
	scope_memory char *file = text_format("/etc/pam.d/%s", service);

	if (!file)
		return error_memory(error);
	if (!users->count)
		return 0;
	if (!patient->pam)
		return doors_add(&patient->doctor->doors, &place, users, error,
				 "UsePAM no: logins by sshd are not confined");
	place = (struct door_place){ .note = hold->kind == PAM_HOLD_JUMPED,
				     .file = hold->line ? hold->line->file : file,
				     .line = hold->line ? hold->line->number : 0,
				     .shut = "auth     required   pam_confine.so\n"
					     "session  required   pam_confine.so",
				     .shut_file = file };
	return doors_add(&patient->doctor->doors, &place, users, error,
			 "logins by sshd are not confined: '%s' %s", service,
			 hold->kind == PAM_HOLD_NONE   ? "has no line of pam_confine"
			 : hold->kind == PAM_HOLD_WEAK ? "goes on where pam_confine fails"
						       : "may pass by the line of pam_confine");
}

static int examine(struct patient *patient, struct error *error)
{
	const char *named = sshd_settings_value(&patient->settings, "pamservicename");
	const char *service = *named ? named : patient->server->service;
	struct pam_hold hold = { .kind = PAM_HOLD_NONE };
	scope_memory char *name = text_format("sshd, %s", patient->server->file);
	struct error fault = ERROR_INIT;
	bool holds;

	if (!name)
		return error_memory(error);
	patient->pam = is_word(sshd_settings_value(&patient->settings, "usepam"), "yes");
	if (patient->pam && pam_hold_read(&patient->stack, NULL, service, &fault))
		return doctor_pam_unread(patient->doctor, name, &fault, error);
	if (patient->pam)
		hold = pam_hold_find(&patient->stack, true);
	if (hold.kind == PAM_HOLD_SHUT)
		return doctor_pam_shut(patient->doctor, name, hold.line, error);
	holds = hold.kind == PAM_HOLD_FULL;
	if (doctor_way(patient->doctor, name, holds ? "PAM" : "login shell",
		       patient->pam ? service : "UsePAM no", error))
		return -1;
	if (holds)
		return 0;
	if (add_unconfined(patient, &hold, service, error))
		return -1;
	if (!patient->doctor->by_shell.count)
		return 0;
	return look_at_pam_environment(patient, error) || look_at_doors(patient, error) ? -1 : 0;
}

/* Only a program that nobody but root can have put there is executed. */
static int check_program(const char *program, struct error *error)
{
	scope_memory char *real = NULL;
	scope_fd int fd = path_open_trusted(program, &real, error);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		return error_errno(error, "cannot stat '%s'", program);
	return path_unsafe(&st) ? error_set(error, ERROR_HOST, "'%s' %s: it is not asked", program,
					    path_unsafe(&st))
				: 0;
}

static int ask(struct patient *patient, struct error *error)
{
	const struct host *host = &patient->doctor->host;

	return check_program(patient->server->program, error) ||
			       sshd_config_read(&patient->config, host, patient->server->file,
						error) ||
			       sshd_settings_ask(&patient->settings, patient->server, NULL, error)
		       ? -1
		       : 0;
}

/* One that does not run and cannot say what it would do (no /run/sshd yet) lets no one in. */
static int look_at_server(struct doctor *doctor, const struct sshd_server *server,
			  struct error *error)
{
	scope_of(patient) struct patient patient = { .doctor = doctor, .server = server };
	const struct door_place place = { .note = true, .file = server->file };
	struct error fault = ERROR_INIT;

	if (!ask(&patient, &fault))
		return examine(&patient, error);
	if (server->pid || fault.kind == ERROR_MEMORY)
		return doctor_unseen(doctor, &fault, error);
	return doors_add(&doctor->doors, &place, NULL, error,
			 "sshd does not run, and was not looked at: %s", fault.text);
}

static bool same_server(const struct sshd_server *left, const struct sshd_server *right)
{
	if (strcmp(left->program, right->program) || strcmp(left->file, right->file) ||
	    strcmp(left->service, right->service) || left->options.count != right->options.count)
		return false;
	for (size_t i = 0; i < left->options.count; i++)
		if (strcmp(left->options.items[i], right->options.items[i]))
			return false;
	return true;
}

struct servers {
	struct sshd_server *items;
	size_t count;
};

static void servers_clear(struct servers *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		sshd_server_clear(&servers->items[i]);
	free(servers->items);
}

/* Takes the server over; one like it is enough. */
static int servers_add(struct servers *servers, struct sshd_server *server, struct error *error)
{
	struct sshd_server *item;

	for (size_t i = 0; i < servers->count; i++)
		if (same_server(&servers->items[i], server))
			return 0;
	item = array_add(&servers->items, &servers->count, sizeof(*item));
	if (!item)
		return error_memory(error);
	*item = *server;
	*server = (struct sshd_server){ 0 };
	return 0;
}

static int add_running(struct servers *servers, const struct running_server *running,
		       struct error *error)
{
	scope_of(sshd_server) struct sshd_server server = { 0 };
	bool listens;

	if (sshd_server_parse(&server, &running->argv, &listens, error))
		return -1;
	if (!listens)
		return 0;
	server.pid = running->pid;
	server.program = strdup(running->executable);
	return server.program ? servers_add(servers, &server, error) : error_memory(error);
}

/* The one that would be started with Debian's defaults, where it is installed. */
static int add_installed(struct servers *servers, const struct doctor *doctor, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	scope_of(sshd_server) struct sshd_server server = { 0 };
	struct error fault = ERROR_INIT;

	if (doctor->host.file(&doctor->host, "/", "/usr/sbin/sshd", &file, &fault))
		return 0;
	server.program = strdup(file.real);
	server.file = strdup("/etc/ssh/sshd_config");
	server.service = strdup("sshd");
	if (!server.program || !server.file || !server.service)
		return error_memory(error);
	return servers_add(servers, &server, error);
}

int doctor_sshd(struct doctor *doctor, struct error *error)
{
	static const char *const names[] = { "sshd", NULL };
	scope_of(running) struct running running = { 0 };
	scope_of(servers) struct servers servers = { 0 };

	if (running_find(&running, names, error))
		return -1;
	for (size_t i = 0; i < running.count; i++)
		if (add_running(&servers, &running.items[i], error))
			return -1;
	if (add_installed(&servers, doctor, error))
		return -1;
	for (size_t i = 0; i < servers.count; i++)
		if (look_at_server(doctor, &servers.items[i], error))
			return -1;
	return 0;
}
