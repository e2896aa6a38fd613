/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * People and groups as NSS knows them: files, LDAP, SSSD.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "../base/scope.h"
#include "host.h"

/* Calls of the getXXnam_r family want a buffer of unknown size: it grows until it is enough. */
static int grow_buffer(char **buffer, size_t *size, struct error *error)
{
	size_t larger = *size ? *size * 2 : 1024;
	char *grown = larger <= 16 * 1024 * 1024 ? realloc(*buffer, larger) : NULL;

	if (!grown)
		return error_memory(error);
	*buffer = grown;
	*size = larger;
	return 0;
}

/*
 * Whether a lookup failed: 0, ENOENT, ESRCH, ECONNREFUSED and more mean "not found", or a source
 * that is not there (getpwnam(3)). A group that goes unseen takes its policy with it.
 */
static bool lookup_failed(int number)
{
	static const int failures[] = { EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, EPERM, EACCES };

	for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++)
		if (number == failures[i])
			return true;
	return false;
}

/*
 * The name of a group, or its number as text where it has none. Asked twice before that is believed:
 * a source that ran out of memory may say "not found" (libnss_systemd), and with the name the
 * group's policy would be gone.
 */
static char *group_name(gid_t gid, struct error *error)
{
	scope_memory char *buffer = NULL;
	struct group record, *found = NULL;
	size_t size = 0;
	char *name;
	int number = 0, answers = 0;

	while (!found && answers < 2) {
		if (grow_buffer(&buffer, &size, error))
			return NULL;
		number = getgrgid_r(gid, &record, buffer, size, &found);
		answers += number != ERANGE && number != EINTR;
	}
	if (!found && lookup_failed(number)) {
		errno = number;
		error_errno(error, "cannot look up group %u", gid);
		return NULL;
	}
	name = found ? strdup(found->gr_name) : text_format("%u", gid);
	if (!name)
		error_memory(error);
	return name;
}

int host_group_find(const struct host *host, const char *name, gid_t *ret_gid, struct error *error)
{
	scope_memory char *buffer = NULL;
	struct group record, *found = NULL;
	struct error not_a_number = ERROR_INIT;
	uint64_t gid;
	size_t size = 0;
	int number;

	(void)host;
	do {
		if (grow_buffer(&buffer, &size, error))
			return -1;
		number = getgrnam_r(name, &record, buffer, size, &found);
	} while (number == ERANGE || number == EINTR);
	if (!found && lookup_failed(number)) {
		errno = number;
		return error_errno(error, "cannot look up group '%s'", name);
	}
	if (found) {
		*ret_gid = found->gr_gid;
		return 0;
	}
	/* (gid_t)-1 means "no change" to the kernel. */
	if (text_unsigned(name, UINT32_MAX - 1, &gid, &not_a_number))
		return error_set(error, ERROR_HOST, "no group named '%s'", name);
	*ret_gid = (gid_t)gid;
	return 0;
}

void host_user_clear(struct host_user *user)
{
	free(user->name);
	free(user->group);
	free(user->home);
	free(user->shell);
	free(user->gids);
	strings_clear(&user->groups);
	*user = (struct host_user){ 0 };
}

/* Numbers of all groups; how many, or -1. */
static int list_gids(const struct host_user *user, gid_t **gids, struct error *error)
{
	int room = 16, count;

	for (;;) {
		gid_t *grown = reallocarray(*gids, (size_t)room, sizeof(*grown));

		if (!grown)
			return error_memory(error);
		*gids = grown;
		count = room;
		errno = 0;
		if (getgrouplist(user->name, user->gid, *gids, &count) >= 0)
			break;
		if (room > 65536) /* NGROUPS_MAX */
			return error_set(error, ERROR_HOST, "user '%s' is in too many groups",
					 user->name);
		room = count > room ? count : room * 2;
	}
	if (lookup_failed(errno))
		return error_errno(error, "cannot look up the groups of '%s'", user->name);
	return count;
}

/*
 * The primary one first. getgrouplist(3) cannot say that it did not see all: errno may tell, and
 * asked twice it does not fail twice in the same way.
 */
static int find_gids(struct host_user *user, struct error *error)
{
	scope_memory gid_t *again = NULL;
	int count = list_gids(user, &user->gids, error);
	int second = count < 0 ? -1 : list_gids(user, &again, error);

	if (second < 0)
		return -1;
	if (second != count || memcmp(again, user->gids, (size_t)count * sizeof(*again)))
		return error_set(error, ERROR_SYSTEM, "the groups of '%s' cannot be told for sure",
				 user->name);
	for (int i = 0; i < count; i++)
		if (user->gids[i] == user->gid) {
			user->gids[i] = user->gids[0];
			user->gids[0] = user->gid;
		}
	return count;
}

static int find_groups(struct host_user *user, struct error *error)
{
	int count = find_gids(user, error);

	for (int i = 0; i < count; i++) {
		scope_memory char *name = group_name(user->gids[i], error);

		if (!name || strings_add(&user->groups, name, error))
			return -1;
	}
	if (count < 0)
		return -1;
	user->group = strdup(user->groups.items[0]);
	return user->group ? 0 : error_memory(error);
}

static int copy_record(struct host_user *user, const struct passwd *record, struct error *error)
{
	user->uid = record->pw_uid;
	user->gid = record->pw_gid;
	user->name = strdup(record->pw_name);
	user->home = strdup(record->pw_dir ? record->pw_dir : "");
	user->shell = strdup(record->pw_shell ? record->pw_shell : "");
	if (!user->name || !user->home || !user->shell)
		return error_memory(error);
	return find_groups(user, error);
}

/* The record of a name, or of a number where that is NULL; its texts lie in *buffer, the caller's
 * to free. NULL with the reason. */
static const struct passwd *find_record(const char *name, uid_t uid, struct passwd *record,
					char **buffer, struct error *error)
{
	struct passwd *found = NULL;
	char quoted[128];
	size_t size = 0;
	int number;

	snprintf(quoted, sizeof(quoted), "%u", uid);
	if (name)
		text_quote(name, quoted, sizeof(quoted));
	do {
		if (grow_buffer(buffer, &size, error))
			return NULL;
		number = name ? getpwnam_r(name, record, *buffer, size, &found)
			      : getpwuid_r(uid, record, *buffer, size, &found);
	} while (number == ERANGE || number == EINTR);
	if (!found && lookup_failed(number)) {
		errno = number;
		error_errno(error, "cannot look up user '%s'", quoted);
	} else if (!found) {
		error_set(error, ERROR_HOST, "no user named '%s'", quoted);
	}
	return found;
}

static int find_user(const char *name, uid_t uid, struct host_user *ret_user, struct error *error)
{
	scope_of(host_user) struct host_user user = { 0 };
	scope_memory char *buffer = NULL;
	struct passwd record;
	const struct passwd *found = find_record(name, uid, &record, &buffer, error);

	if (!found || copy_record(&user, found, error))
		return -1;
	*ret_user = user;
	user = (struct host_user){ 0 };
	return 0;
}

int host_user_find(const char *name, struct host_user *ret_user, struct error *error)
{
	return find_user(name, (uid_t)-1, ret_user, error);
}

int host_user_find_uid(uid_t uid, struct host_user *ret_user, struct error *error)
{
	return find_user(NULL, uid, ret_user, error);
}

bool host_user_is_root(const char *name)
{
	scope_memory char *buffer = NULL;
	struct error ignored;
	struct passwd record;
	const struct passwd *found = find_record(name, (uid_t)-1, &record, &buffer, &ignored);

	return found && found->pw_uid == 0;
}

int host_user_unlisted(const char *name, uid_t uid, const char *home, struct host_user *ret_user,
		       struct error *error)
{
	scope_of(host_user) struct host_user user = { .name = strdup(name),
						      .uid = uid,
						      .group = strdup("root"),
						      .home = strdup(home),
						      .shell = strdup("/bin/sh"),
						      .gids = calloc(1, sizeof(gid_t)) };

	if (!user.name || !user.group || !user.home || !user.shell || !user.gids)
		return error_memory(error);
	if (strings_add(&user.groups, "root", error))
		return -1;
	*ret_user = user;
	user = (struct host_user){ 0 };
	return 0;
}

int host_user_root(struct host_user *ret_user, struct error *error)
{
	return host_user_unlisted("root", 0, "/root", ret_user, error);
}
