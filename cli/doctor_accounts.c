/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: what an account has that no container takes away, and who is let go. */
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "doctor.h"

/* Groups whose members have the host's power wherever the group's file, socket or rule is seen. */
static const struct {
	const char *name, *power;
} groups[] = {
	{ "root", "writes what root's group may write" },
	{ "sudo", "may become root" },
	{ "wheel", "may become root" },
	{ "admin", "may become root" },
	{ "docker", "starts containers as root on the host" },
	{ "podman", "starts containers as root on the host" },
	{ "lxd", "starts containers as root on the host" },
	{ "incus", "starts containers by a daemon of root's" },
	{ "incus-admin", "starts containers as root on the host" },
	{ "libvirt", "starts virtual machines with the host's disks" },
	{ "disk", "reads and writes the host's disks" },
	{ "kmem", "reads the kernel's memory" },
	{ "shadow", "reads everyone's password hash" },
	{ "staff", "writes /usr/local, which is in root's PATH" },
};

static int look_at_groups(struct doctor *doctor, const struct person *person, struct error *error)
{
	const struct strings one = { &(char *){ person->user.name }, 1 };

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		bool primary = !strcmp(person->user.group, groups[i].name);
		scope_memory char *shut =
			primary ? text_format("usermod -g users %s", person->user.name)
				: text_format("gpasswd -d %s %s", person->user.name,
					      groups[i].name);
		const struct door_place place = { .shut = shut };

		if (!shut)
			return error_memory(error);
		if (strings_contain(&person->user.groups, groups[i].name) &&
		    doors_add(&doctor->doors, &place, &one, error, "group '%s' %s", groups[i].name,
			      groups[i].power))
			return -1;
	}
	return 0;
}

/* Not open, and not what the policy says either. */
static int look_at_capabilities(struct doctor *doctor, const struct person *person,
				struct error *error)
{
	const struct strings one = { &(char *){ person->user.name }, 1 };
	const struct door_place place = { .note = true, .shut = "chsh -s " CONFINE_SHELL " USER" };

	if (!person->unreached)
		return 0;
	return doors_add(&doctor->doors, &place, &one, error,
			 "cap_add of %s does not reach the user's own processes: the login shell "
			 "is '%s', not confine-shell",
			 person->unreached, person->user.shell);
}

/* Why confine-shell would refuse to run, and the command that mends it; NULL where it would not. */
static const char *shell_fault(const struct stat *st, bool has_capabilities, const char **ret_shut)
{
	const char *unsafe = path_unsafe(st);

	*ret_shut = "chown root:root " CONFINE_SHELL " && chmod 4755 " CONFINE_SHELL;
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (unsafe)
		return unsafe;
	if (!(st->st_mode & S_ISUID))
		return "is not setuid root";
	*ret_shut = "setcap -r " CONFINE_SHELL;
	return has_capabilities ? "has file capabilities" : NULL;
}

static int look_at_installation(struct doctor *doctor, struct error *error)
{
	struct door_place place = { .file = CONFINE_SHELL };
	const char *fault;
	struct stat st;

	if (lstat(CONFINE_SHELL, &st)) {
		place.shut = "make install";
		return doors_add(&doctor->doors, &place, &doctor->by_shell, error,
				 "is a login shell and is not there");
	}
	fault = shell_fault(&st, getxattr(CONFINE_SHELL, "security.capability", NULL, 0) >= 0,
			    &place.shut);
	if (!fault)
		return 0;
	return doors_add(&doctor->doors, &place, &doctor->by_shell, error, "%s: it refuses to run",
			 fault);
}

static int look_at_shells(struct doctor *doctor, struct error *error)
{
	static const struct door_place place = { .file = "/etc/shells",
						 .shut = CONFINE_SHELL,
						 .shut_file = "/etc/shells" };

	if (doctor_has_line(doctor, "/etc/shells", CONFINE_SHELL))
		return 0;
	return doors_add(&doctor->doors, &place, &doctor->by_shell, error,
			 "does not list confine-shell: some servers refuse these people");
}

static int add_released(struct doctor *doctor, struct error *error)
{
	static const struct door_place place = { .note = true };
	const struct people *people = &doctor->people;

	for (size_t i = 0; i < people->released.count; i++) {
		const struct strings one = { &people->released.items[i], 1 };

		if (doors_add(&doctor->doors, &place, &one, error, "never confined at login: %s",
			      people->reasons.items[i]))
			return -1;
	}
	return 0;
}

int doctor_accounts(struct doctor *doctor, struct error *error)
{
	for (size_t i = 0; i < doctor->people.count; i++)
		if (look_at_groups(doctor, &doctor->people.items[i], error) ||
		    look_at_capabilities(doctor, &doctor->people.items[i], error))
			return -1;
	if (doctor->by_shell.count &&
	    (look_at_installation(doctor, error) || look_at_shells(doctor, error)))
		return -1;
	return add_released(doctor, error);
}
