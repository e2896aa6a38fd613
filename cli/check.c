/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine check: what is wrong with a policy folder, as text and on this host. */
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/scope.h"
#include "../lib/policy/keys.h"
#include "check_names.h"
#include "command.h"
#include "cron_jobs.h"
#include "effective.h"
#include "notes.h"
#include "options.h"
#include "pam_check.h"
#include "policy_names.h"

struct check {
	char *conf; /* absolute: plans compare paths with it */
	struct notes notes;
	struct strings users; /* who was looked at */
	const char *user; /* who is looked at */
	struct log log;
};

static void check_clear(struct check *check)
{
	notes_clear(&check->notes);
	strings_clear(&check->users);
	free(check->conf);
}

/* What the library warns of; without memory for it the check itself ends soon. */
static void keep_line(void *context, enum log_level level, const char *line)
{
	struct check *check = context;
	struct error said = ERROR_INIT, ignored = ERROR_INIT;

	if (level != LOG_LEVEL_WARNING)
		return;
	snprintf(said.text, sizeof(said.text), "%s", line);
	notes_add(&check->notes, NOTE_WARNING, check->user, &said, false, &ignored);
}

/*
 * Nobody confines a person whom default.ini lets go, whatever the files that speak of them hold:
 * the one that does so in a roll-out says confine = yes.
 */
static int check_released(struct check *check, const struct policy *policy, struct error *error)
{
	const struct origin *origin = &policy_value(policy, KEY_CONFINE)->origin;
	const char *last = policy->files.items[policy->files.count - 1];
	const char *name = strrchr(origin->file, '/');

	if (!strcmp(origin->file, last) || !name || strcmp(name, "/default.ini") != 0)
		return 0;
	return notes_add_file(&check->notes, NOTE_WARNING, last, error,
			      "confines no one while %s:%u says 'confine = no' and it does not "
			      "say 'confine = yes'",
			      origin->file, origin->line);
}

static int check_plan(struct check *check, struct effective *effective, struct error *error)
{
	const struct plan_context context = { .conf = check->conf };
	const struct findings *warnings = &effective->plan.warnings;
	const char *name = effective->user.name;
	struct error said = ERROR_INIT;

	if (effective_load(effective, check->conf, NULL, &said))
		return notes_add(&check->notes, NOTE_FINDING, name, &said, true, error);
	if (policy_exempts(&effective->policy))
		return check_released(check, &effective->policy, error);
	if (effective_plan(effective, &context, &said))
		return notes_add(&check->notes, NOTE_FINDING, name, &said, true, error);
	for (size_t i = 0; i < warnings->count; i++)
		if (notes_add(&check->notes, warnings->items[i].kind ? NOTE_FINDING : NOTE_WARNING,
			      name, &warnings->items[i], false, error))
			return -1;
	return 0;
}

/* Whether the user was looked at already; remembers them. -1 when out of memory. */
static int seen(struct check *check, const char *name, struct error *error)
{
	if (strings_contain(&check->users, name))
		return 1;
	check->user = name;
	return strings_add(&check->users, name, error);
}

/* Someone of whom no file of their own speaks: one who is only listed in a group may be gone. */
static int check_user(struct check *check, const char *name, struct error *error)
{
	scope_of(effective) struct effective effective = { .log = &check->log };
	struct error said = ERROR_INIT;
	int known = seen(check, name, error);

	if (known)
		return known < 0 ? -1 : 0;
	if (effective_find(&effective, name, check->conf, &said))
		return notes_add(&check->notes,
				 said.kind == ERROR_HOST ? NOTE_WARNING : NOTE_FINDING, name, &said,
				 false, error);
	return effective.exempt ? 0 : check_plan(check, &effective, error);
}

static int check_user_file(struct check *check, const char *name, const char *file,
			   struct error *error)
{
	scope_of(effective) struct effective effective = { .log = &check->log };
	struct error said = ERROR_INIT;

	/* The first to be looked at, and each by one file. */
	check->user = name;
	if (strings_add(&check->users, name, error))
		return -1;
	if (effective_find(&effective, name, check->conf, &said)) {
		if (said.kind == ERROR_HOST)
			return notes_add_file(&check->notes, NOTE_FINDING, file, error,
					      "no login reads this: %s", said.text);
		return notes_add(&check->notes, NOTE_FINDING, name, &said, false, error);
	}
	if (strcmp(name, effective.user.name))
		return notes_add_file(&check->notes, NOTE_FINDING, file, error,
				      "no login reads this: the user's name is '%s'",
				      effective.user.name);
	if (!effective.exempt)
		return check_plan(check, &effective, error);
	return notes_add_file(&check->notes, NOTE_WARNING, file, error,
			      "no login reads this: the user is exempt (%s)", effective.exempt);
}

/* Those whom the group's entry lists; whose primary group it is, only their own entry says. */
static int check_group_file(struct check *check, const char *name, const char *file,
			    struct error *error)
{
	scope_of(strings) struct strings members = { 0 };
	const struct group *entry = getgrnam(name);

	if (!entry)
		return notes_add_file(&check->notes, NOTE_FINDING, file, error,
				      "no login reads this: no group named '%s'", name);
	for (char **member = entry->gr_mem; *member; member++)
		if (strings_add(&members, *member, error))
			return -1;
	for (size_t i = 0; i < members.count; i++)
		if (check_user(check, members.items[i], error))
			return -1;
	return 0;
}

typedef int check_named(struct check *check, const char *name, const char *file,
			struct error *error);

/* Calls `each` for every NAME.ini in a folder of the policy. */
static int each_name(struct check *check, const char *folder, check_named *each,
		     struct error *error)
{
	scope_of(strings) struct strings names = { 0 };

	if (policy_names(check->conf, folder, &names, error))
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		scope_memory char *file =
			text_format("%s/%s/%s.ini", check->conf, folder, names.items[i]);

		if (!file)
			return error_memory(error);
		if (each(check, names.items[i], file, error))
			return -1;
	}
	return 0;
}

static int check_users(struct check *check, struct error *error)
{
	return each_name(check, "user", check_user_file, error);
}

static int check_groups(struct check *check, struct error *error)
{
	return each_name(check, "group", check_group_file, error);
}

/* Someone whom only default.ini may speak of: the first ordinary account. */
static int check_anyone(struct check *check, struct error *error)
{
	scope_memory char *name = NULL;
	const struct passwd *entry;

	setpwent();
	while (!name && (entry = getpwent()))
		if (entry->pw_uid >= 1000 && entry->pw_uid < 60000)
			name = strdup(entry->pw_name);
	endpwent();
	return name ? check_user(check, name, error) : 0;
}

/* Whose jobs cron's lines confine though nobody logs in as them. */
static int check_service(struct check *check, const char *user, const char *table,
			 struct error *error)
{
	scope_of(effective) struct effective effective = { .log = &check->log };
	struct error said = ERROR_INIT;

	if (effective_find(&effective, user, check->conf, &said) || effective.exempt ||
	    effective.user.uid >= 1000)
		return 0;
	if (!effective_load(&effective, check->conf, NULL, &said) &&
	    policy_exempts(&effective.policy))
		return 0;
	return notes_add_file(&check->notes, NOTE_WARNING, table, error,
			      "the lines for cron confine the jobs of '%s' too: confine = no in "
			      "%s/user/%s.ini leaves them alone",
			      user, check->conf, user);
}

static int check_services(struct check *check, struct error *error)
{
	scope_of(strings) struct strings users = { 0 }, tables = { 0 };

	if (cron_jobs_find(&users, &tables, error))
		return -1;
	for (size_t i = 0; i < users.count; i++)
		if (check_service(check, users.items[i], tables.items[i], error))
			return -1;
	return 0;
}

static int check_all(struct check *check, struct error *error)
{
	scope_of(strings) struct strings exempt = { 0 };

	if (check_shipped(check->conf, &check->notes, error) ||
	    check_exempt_names(check->conf, &check->notes, error) || check_users(check, error) ||
	    check_groups(check, error) || check_anyone(check, error) ||
	    check_services(check, error))
		return -1;
	return pam_check(check->conf, &exempt, &check->notes, error) ||
			       check_exempt_people(check->conf, &exempt, &check->notes, error)
		       ? -1
		       : 0;
}

/* A folder as logins name it: by its whole path, in which no symlink is followed. */
static char *whole_path(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return *path == '/' ? strndup(path, length) : realpath(path, NULL);
}

/* On this host: the whole policy, or one of its folders, which is told by its name. */
static int check_folder(struct check *check, struct error *error)
{
	static const struct {
		const char *name;
		int (*check)(struct check *check, struct error *error);
	} parts[] = { { "/user", check_users }, { "/group", check_groups }, { "/seccomp", NULL } };
	char *name = strrchr(check->conf, '/');

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!strcmp(name, parts[i].name)) {
			*name = '\0';
			return parts[i].check ? parts[i].check(check, error) : 0;
		}
	return check_all(check, error);
}

static int check_path(struct check *check, const char *path, struct error *error)
{
	scope_of(findings) struct findings findings = { 0 };
	struct stat st;

	if (stat(path, &st))
		return error_errno(error, "cannot open '%s'", path);
	check->conf = whole_path(path);
	if (!check->conf)
		return error_errno(error, "cannot open '%s'", path);
	if (policy_check(S_ISDIR(st.st_mode) ? check->conf : path, &findings, error) ||
	    notes_add_findings(&check->notes, &findings, error))
		return -1;
	return S_ISDIR(st.st_mode) ? check_folder(check, error) : 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ "help", 'h', .boolean = true, .take = option_take_boolean },
	};
	scope_of(check) struct check check = { .log = { keep_line, &check } };
	struct error error = ERROR_INIT;
	bool help = false;
	const struct options options = { rows, 1, .mixed = true, .context = &help };
	int status, words = command_parse(command, &options, &help, argc, argv, &status);

	if (words < 0)
		return status;
	if (check_path(&check, words ? argv[1] : CONFINE_CONF, &error))
		return command_fail(&error, STATUS_FAILED);
	return notes_print(&check.notes) ? STATUS_FAILED : STATUS_FINE;
}

const struct command command_check = {
	.name = "check",
	.usage = "[FILE|DIR]",
	.summary = "Check every policy, as text and against this host's users and devices",
	.help = "Without an argument: " CONFINE_CONF
		". A line a finding, 'file:line: message': what\n"
		"is wrong, or is not carried out, also on the PAM lines that name the folder. A\n"
		"'warning' tells of what is carried out as it is written. Of a FILE only the text\n"
		"is checked.\n\n"
		"Exit status: 0 nothing found, 1 findings, 2 wrong usage.\n",
	.most = 1,
	.needs = "more than one file or folder given",
	.run = run,
};
