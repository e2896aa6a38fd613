/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine doctor: every sshd of this host. Where PAM does not confine, only a
 * login shell can, and what sshd does without starting it stays outside.
 */
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "doctor.h"
#include "pam_hold.h"
#include "sshd_config.h"
#include "sshd_doors.h"
#include "sshd_servers.h"

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

static struct door_place place_at(const char *file, unsigned line, const char *shut)
{
	return (struct door_place){
		.file = file, .line = line, .shut = shut, .shut_file = file, .shut_line = line
	};
}

/* Where a setting is to be changed: its own line, or the file's beginning where it is a default. */
static struct door_place place_of(const struct patient *patient, const char *keyword,
				  const char *value, const char *shut)
{
	const struct sshd_line *line = sshd_config_find(&patient->config, keyword, value);

	return line ? place_at(line->file, line->number, shut)
		    : place_at(patient->server->file, 0, shut);
}

static int add_door(const struct patient *patient, const struct sshd_door *door, const char *value,
		    const struct strings *users, struct error *error)
{
	const struct door_place place = place_of(patient, door->keyword, value, door->shut);
	char quoted[128];

	return doors_add(&patient->doctor->doors, &place, users, error, "%s %s: %s, outside",
			 door->written, text_quote(value, quoted, sizeof(quoted)), door->says);
}

static int look_at_settings(const struct patient *patient, const struct sshd_settings *settings,
			    const struct strings *users, struct error *error)
{
	for (size_t i = 0; i < settings->keywords.count; i++) {
		const char *value = settings->values.items[i];
		const struct sshd_door *door = sshd_door_find(settings->keywords.items[i], value,
							      settings, &patient->doctor->people);

		if (door && add_door(patient, door, value, users, error))
			return -1;
	}
	return 0;
}

/* A door that opens in a Match block on an address or port, which cannot be tried for all of them.
 */
static int look_at_block_line(const struct patient *patient, const struct sshd_line *line,
			      struct error *error)
{
	static const struct sshd_settings none;
	const struct sshd_door *door =
		sshd_door_find(line->keyword, line->value, &none, &patient->doctor->people);
	struct door_place place;
	char quoted[128];

	if (!door)
		return 0;
	place = place_at(line->file, line->number, door->shut);
	return doors_add(&patient->doctor->doors, &place, &patient->doctor->by_shell, error,
			 "%s %s: %s, outside, for whom 'Match %s' means", door->written,
			 text_quote(line->value, quoted, sizeof(quoted)), door->says, line->match);
}

static int look_at_blocks(const struct patient *patient, struct error *error)
{
	for (size_t i = 0; i < patient->config.count; i++) {
		const struct sshd_line *line = &patient->config.items[i];

		if (sshd_line_depends(line) && look_at_block_line(patient, line, error))
			return -1;
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
		struct door_place place;

		if (line->type != PAM_TYPE_SESSION || !pam_line_is(line, "pam_env.so") ||
		    !strings_contain(&line->arguments, "user_readenv=1"))
			continue;
		shut = without_user_environment(line);
		if (!shut)
			return error_memory(error);
		place = place_at(line->file, line->number, shut);
		if (doors_add(&patient->doctor->doors, &place, &patient->doctor->by_shell, error,
			      "user_readenv=1: ~/.pam_environment puts a library into what sshd "
			      "starts (rc, xauth), outside"))
			return -1;
	}
	return 0;
}

/* It works, but for one thing that is nowhere said to who uploads: the view is read-only. */
static int look_at_chroots(const struct patient *patient, struct error *error)
{
	for (size_t i = 0; i < patient->config.count; i++) {
		const struct sshd_line *line = &patient->config.items[i];
		struct door_place place = place_at(line->file, line->number, NULL);
		char quoted[128];

		place.note = true;
		if (strcmp(line->keyword, "chrootdirectory") || !strcasecmp(line->value, "none"))
			continue;
		text_quote(line->value, quoted, sizeof(quoted));
		if (doors_add(&patient->doctor->doors, &place, NULL, error,
			      "ChrootDirectory %s: who is confined cannot write there, unless "
			      "volume.NAME = %s:%s is in the policy",
			      quoted, quoted, quoted))
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

/* Whom neither PAM nor the login shell confines. */
static int add_unconfined(const struct patient *patient, const struct pam_hold *hold,
			  const char *service, struct error *error)
{
	const struct strings *users = &patient->doctor->not_by_shell;
	struct door_place place = place_of(patient, "usepam", "no", "UsePAM yes");
	scope_memory char *file = text_format("/etc/pam.d/%s", service);
	scope_memory char *lines = doctor_own_lines(patient->doctor, "");

	if (!file || !lines)
		return error_memory(error);
	if (!users->count)
		return 0;
	if (!patient->pam)
		return doors_add(&patient->doctor->doors, &place, users, error,
				 "UsePAM no: logins by sshd are not confined");
	place = (struct door_place){ .note = hold->kind == PAM_HOLD_JUMPED,
				     .file = hold->line ? hold->line->file : file,
				     .line = hold->line ? hold->line->number : 0,
				     .shut = lines,
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
	patient->pam = !strcasecmp(sshd_settings_value(&patient->settings, "usepam"), "yes");
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
		return look_at_chroots(patient, error);
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

int doctor_sshd(struct doctor *doctor, struct error *error)
{
	scope_of(sshd_servers) struct sshd_servers servers = { 0 };

	if (sshd_servers_find(&servers, &doctor->host, error))
		return -1;
	for (size_t i = 0; i < servers.count; i++)
		if (look_at_server(doctor, &servers.items[i], error))
			return -1;
	return 0;
}
