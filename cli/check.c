/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine check: what is wrong with a policy folder, as text and on this host. */
#include <dirent.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/scope.h"
#include "command.h"
#include "effective.h"
#include "options.h"

/* The same warning for a thousand people is one line. */
struct shared_warning {
	char *text, *user;
	size_t users;
};

struct check {
	char *conf; /* absolute: plans compare paths with it */
	struct findings findings;
	struct shared_warning *warnings;
	size_t warning_count;
	struct strings users; /* who was looked at */
};

static void check_clear(struct check *check)
{
	findings_clear(&check->findings);
	for (size_t i = 0; i < check->warning_count; i++) {
		free(check->warnings[i].text);
		free(check->warnings[i].user);
	}
	free(check->warnings);
	strings_clear(&check->users);
	free(check->conf);
}

static int warn(struct check *check, const char *user, const char *text, struct error *error)
{
	struct shared_warning *warning = NULL;

	for (size_t i = 0; i < check->warning_count; i++)
		if (!strcmp(check->warnings[i].text, text))
			warning = &check->warnings[i];
	if (!warning) {
		warning = array_add(&check->warnings, &check->warning_count, sizeof(*warning));
		if (!warning)
			return error_memory(error);
		warning->text = strdup(text);
		warning->user = strdup(user);
		if (!warning->text || !warning->user)
			return error_memory(error);
	}
	warning->users++;
	return 0;
}

/* Whether the same place was found at fault already: by policy_check, or for someone else. */
static bool is_known(const struct findings *findings, const struct error *finding)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct error *known = &findings->items[i];

		if (!strcmp(known->file, finding->file) && known->line == finding->line &&
		    (known->line || !strcmp(known->text, finding->text)))
			return true;
	}
	return false;
}

static int add_finding(struct check *check, const char *user, struct error *finding,
		       struct error *error)
{
	char place[128];

	if (finding->kind == ERROR_MEMORY) {
		*error = *finding;
		return -1;
	}
	snprintf(place, sizeof(place), "user %s", user);
	error_locate(finding, place, 0);
	return is_known(&check->findings, finding) ? 0
						   : findings_add(&check->findings, finding, error);
}

static int check_plan(struct check *check, struct effective *effective, struct error *error)
{
	const struct plan_context context = { .conf = check->conf };
	const char *name = effective->user.name;
	struct error finding = ERROR_INIT;

	if (effective_load(effective, check->conf, NULL, &finding))
		return add_finding(check, name, &finding, error);
	if (policy_exempts(&effective->policy))
		return 0;
	if (effective_plan(effective, &context, &finding))
		return add_finding(check, name, &finding, error);
	for (size_t i = 0; i < effective->plan.warnings.count; i++)
		if (warn(check, name, effective->plan.warnings.items[i], error))
			return -1;
	return 0;
}

static int check_user(struct check *check, const char *name, struct error *error)
{
	scope_of(effective) struct effective effective = { 0 };
	struct error finding = ERROR_INIT;

	if (strings_contain(&check->users, name))
		return 0;
	if (strings_add(&check->users, name, error))
		return -1;
	if (effective_find(&effective, name, check->conf, &finding)) {
		if (finding.kind == ERROR_HOST)
			return warn(check, name, finding.text, error);
		return add_finding(check, name, &finding, error);
	}
	return effective.exempt ? 0 : check_plan(check, &effective, error);
}

/* Those whom the group's entry lists; whose primary group it is, only their own entry says. */
static int check_members(struct check *check, const char *group, struct error *error)
{
	scope_of(strings) struct strings members = { 0 };
	const struct group *entry = getgrnam(group);

	for (char **member = entry ? entry->gr_mem : NULL; member && *member; member++)
		if (strings_add(&members, *member, error))
			return -1;
	for (size_t i = 0; i < members.count; i++)
		if (check_user(check, members.items[i], error))
			return -1;
	return 0;
}

/* Calls `each` with NAME of every NAME.ini in a folder of the policy. */
static int each_name(struct check *check, const char *folder,
		     int (*each)(struct check *, const char *, struct error *), struct error *error)
{
	scope_memory char *path = text_format("%s/%s", check->conf, folder);
	scope_dir DIR *dir = path ? opendir(path) : NULL;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		size_t length = strlen(entry->d_name);
		scope_memory char *name = NULL;

		if (length <= 4 || strcmp(entry->d_name + length - 4, ".ini"))
			continue;
		name = strndup(entry->d_name, length - 4);
		if (!name)
			return error_memory(error);
		if (each(check, name, error))
			return -1;
	}
	return path ? 0 : error_memory(error);
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

static int check_folder(struct check *check, struct error *error)
{
	return each_name(check, "user", check_user, error) ||
			       each_name(check, "group", check_members, error) ||
			       check_anyone(check, error)
		       ? -1
		       : 0;
}

static void print_warning(const struct shared_warning *warning)
{
	printf("warning: %s: %s", warning->user, warning->text);
	if (warning->users > 1)
		printf(" (and %zu more users)", warning->users - 1);
	putchar('\n');
}

static int print(const struct check *check)
{
	char line[sizeof(struct error)];

	for (size_t i = 0; i < check->findings.count; i++)
		puts(error_format(&check->findings.items[i], line, sizeof(line)));
	for (size_t i = 0; i < check->warning_count; i++)
		print_warning(&check->warnings[i]);
	return check->findings.count ? STATUS_FAILED : STATUS_FINE;
}

static int check_path(struct check *check, const char *path, struct error *error)
{
	struct stat st;

	check->conf = realpath(path, NULL);
	if (!check->conf || stat(check->conf, &st))
		return error_errno(error, "cannot open '%s'", path);
	if (policy_check(path, &check->findings, error))
		return -1;
	return S_ISDIR(st.st_mode) ? check_folder(check, error) : 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ "help", 'h', .boolean = true, .take = option_take_boolean },
	};
	__attribute__((cleanup(check_clear))) struct check check = { 0 };
	struct error error = ERROR_INIT;
	bool help = false;
	const struct options options = { rows, 1, .mixed = true, .context = &help };
	int status, words = command_parse(command, &options, &help, argc, argv, &status);

	if (words < 0)
		return status;
	if (check_path(&check, words ? argv[1] : CONFINE_CONF, &error))
		return command_fail(&error, STATUS_FAILED);
	return print(&check);
}

const struct command command_check = {
	.name = "check",
	.usage = "[FILE|DIR]",
	.summary = "Check every policy, as text and against this host's users and devices",
	.help = "Without an argument: " CONFINE_CONF ". One line a finding, 'file:line: message';\n"
		"warnings are no findings. Of a FILE only the text is checked.\n\n"
		"Exit status: 0 nothing found, 1 findings, 2 wrong usage.\n",
	.most = 1,
	.needs = "more than one file or folder given",
	.run = run,
};
