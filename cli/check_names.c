/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check_names.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"
#include "../lib/policy/exempt.h"

int check_shipped(const char *conf, struct notes *notes, struct error *error)
{
	static const struct {
		const char *name, *follows;
	} files[] = {
		{ "default.ini", "its values are nobody's any more, and what no other file "
				 "says is as 'docker run' has it" },
		{ "exempt", "no group is exempt but those of exempt_group= on PAM lines" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		scope_memory char *path = text_format("%s/%s", conf, files[i].name);

		if (!path)
			return error_memory(error);
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) && errno == ENOENT &&
		    notes_add_file(notes, NOTE_WARNING, path, error, "does not exist: %s",
				   files[i].follows))
			return -1;
	}
	return 0;
}

static int check_name(const struct exempt_entry *entry, const char *file, struct notes *notes,
		      struct error *error)
{
	struct error said = ERROR_INIT;

	if (getgrnam(entry->name))
		return 0;
	error_set(&said, ERROR_POLICY, "no group named '%s': it exempts no one%s", entry->name,
		  getpwnam(entry->name) ? " (a user is exempted by confine = no)" : "");
	error_locate(&said, file, entry->line);
	return notes_add(notes, NOTE_FINDING, NULL, &said, true, error);
}

int check_read_exempt(const char *conf, char **ret_file, struct exempt_list *list,
		      struct error *error)
{
	scope_memory char *file = text_format("%s/exempt", conf);
	struct error said = ERROR_INIT;
	scope_fd int fd = -1;

	if (!file)
		return error_memory(error);
	fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if ((fd < 0 || exempt_read(fd, file, list, &said)) && said.kind == ERROR_MEMORY)
		return error_memory(error);
	*ret_file = take_pointer(&file);
	return 0;
}

int check_exempt_names(const char *conf, struct notes *notes, struct error *error)
{
	scope_memory char *file = NULL;
	scope_of(exempt_list) struct exempt_list list = { 0 };

	if (check_read_exempt(conf, &file, &list, error))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (check_name(&list.items[i], file, notes, error))
			return -1;
	return 0;
}

/* Whether anyone but uid 0 is in the group, by its entry or by their own. */
static bool has_members(const char *name)
{
	const struct group *entry = getgrnam(name);
	const struct passwd *person;
	bool found = false;
	gid_t gid;

	if (!entry)
		return false;
	for (char **member = entry->gr_mem; *member; member++)
		if (strcmp(*member, "root") != 0)
			return true;
	gid = entry->gr_gid;
	setpwent();
	while (!found && (person = getpwent()))
		found = person->pw_uid && person->pw_gid == gid;
	endpwent();
	return found;
}

int check_exempt_people(const char *conf, const struct strings *others, struct notes *notes,
			struct error *error)
{
	scope_memory char *file = NULL;
	scope_of(exempt_list) struct exempt_list list = { 0 };

	if (check_read_exempt(conf, &file, &list, error))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (has_members(list.items[i].name))
			return 0;
	for (size_t i = 0; i < others->count; i++)
		if (has_members(others->items[i]))
			return 0;
	return notes_add_file(notes, NOTE_WARNING, file, error,
			      "no one but uid 0 is exempt: a broken policy locks every "
			      "administrator out who does not log in as root");
}
