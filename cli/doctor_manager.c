/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: user managers of systemd, which run outside of every container. */
#include <string.h>

#include "../lib/base/scope.h"
#include "doctor.h"
#include "pam_files.h"

static const char linger_folder[] = "/var/lib/systemd/linger";

/* systemctl(1), mask: the unit's name is a link to /dev/null. */
static bool is_masked(const char *unit)
{
	static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		scope_memory char *path = text_format("%s/%s", folders[i], unit);
		char target[32];
		ssize_t length = path ? readlink(path, target, sizeof(target)) : -1;

		if (length == (ssize_t)strlen("/dev/null") &&
		    !memcmp(target, "/dev/null", (size_t)length))
			return true;
	}
	return false;
}

/* Whose manager would start. */
static int find_unmasked(const struct doctor *doctor, struct strings *names, struct error *error)
{
	if (is_masked("user@.service"))
		return 0;
	for (size_t i = 0; i < doctor->people.count; i++) {
		const struct host_user *user = &doctor->people.items[i].user;
		scope_memory char *unit = text_format("user@%u.service", user->uid);

		if (!unit)
			return error_memory(error);
		if (!is_masked(unit) && strings_add(names, user->name, error))
			return -1;
	}
	return 0;
}

static bool is_installed(const struct doctor *doctor, const char *const *patterns)
{
	for (; *patterns; patterns++) {
		scope_of(strings) struct strings found = { 0 };
		struct error fault = ERROR_INIT;

		if (!doctor->host.glob(&doctor->host, *patterns, &found, &fault) && found.count)
			return true;
	}
	return false;
}

/* The line of pam_systemd in a stack, and whether the line before it can jump over it. */
static const struct pam_line *find_systemd(const struct pam_stack *stack, bool *ret_jumped)
{
	const struct pam_line *before = NULL;
	char buffer[64];

	for (size_t i = 0; i < stack->count; i++) {
		const struct pam_line *line = &stack->items[i];

		if (line->type != PAM_TYPE_SESSION)
			continue;
		*ret_jumped = before &&
			      *pam_line_action(before, "success", buffer, sizeof(buffer)) == '1';
		if (pam_line_is(line, "pam_systemd.so"))
			return line;
		before = line;
	}
	return NULL;
}

static int add_door(struct doctor *doctor, const struct pam_line *line, bool jumped,
		    const struct strings *users, struct error *error)
{
	const struct door_place place = { .note = jumped,
					  .file = line->file,
					  .line = line->number,
					  .shut = "systemctl mask user@.service" };

	return doors_add(&doctor->doors, &place, users, error,
			 "pam_systemd starts a user manager: units of the home run outside%s",
			 jumped ? ", unless the line before jumps over it" : "");
}

/* The same line of common-session is seen in many services: one door. */
static int look_at_services(struct doctor *doctor, const struct strings *users, struct error *error)
{
	scope_of(strings) struct strings names = { 0 };

	if (pam_files_services(NULL, &names, error))
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		scope_of(pam_stack) struct pam_stack stack = { 0 };
		struct error fault = ERROR_INIT; /* doctor_pam tells of it */
		const struct pam_line *line;
		bool jumped;

		/* systemd-user is the manager's own stack. */
		if (!strcmp(names.items[i], "systemd-user") ||
		    pam_files_read(&stack, NULL, names.items[i], &fault))
			continue;
		line = find_systemd(&stack, &jumped);
		if (line && add_door(doctor, line, jumped, users, error))
			return -1;
	}
	return 0;
}

static int look_at_lingering(struct doctor *doctor, const struct strings *users,
			     struct error *error)
{
	scope_dir DIR *dir = opendir(linger_folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const struct strings one = { &(char *){ (char *)(uintptr_t)entry->d_name }, 1 };
		scope_memory char *shut = text_format("loginctl disable-linger %s", entry->d_name);
		scope_memory char *file = text_format("%s/%s", linger_folder, entry->d_name);
		const struct door_place place = { .file = file, .shut = shut };

		if (!shut || !file)
			return error_memory(error);
		if (strings_contain(users, entry->d_name) &&
		    doors_add(
			    &doctor->doors, &place, &one, error,
			    "lingers: the user manager runs outside from boot on, without a login"))
			return -1;
	}
	return 0;
}

int doctor_manager(struct doctor *doctor, struct error *error)
{
	static const char *const units[] = { "/usr/lib/systemd/system/user@.service",
					     "/lib/systemd/system/user@.service",
					     "/etc/systemd/system/user@.service", NULL };
	static const char *const modules[] = {
		"/lib/security/pam_systemd.so",	      "/lib*/security/pam_systemd.so",
		"/lib/*/security/pam_systemd.so",     "/usr/lib*/security/pam_systemd.so",
		"/usr/lib/*/security/pam_systemd.so", NULL
	};
	scope_of(strings) struct strings users = { 0 };

	if (!is_installed(doctor, units))
		return 0;
	if (find_unmasked(doctor, &users, error))
		return -1;
	if (!users.count)
		return 0;
	if (is_installed(doctor, modules) && look_at_services(doctor, &users, error))
		return -1;
	return look_at_lingering(doctor, &users, error);
}
