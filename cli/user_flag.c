/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "user_flag.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"

/* (uid_t)-1 means "leave as it is" to setresuid(2). */
#define USER_FLAG_MOST (UINT32_MAX - 1)

static int parse_part(struct user_flag_part *part, const char *text, const char *what,
		      struct error *error)
{
	uint64_t number;

	if (!*text)
		return 0;
	part->written = true;
	if (text[strspn(text, "0123456789")]) {
		char quoted[128];

		if (strspn(text, "-+") || strchr(text, ':'))
			return error_set(error, ERROR_USAGE, "'%s' is not a %s",
					 text_quote(text, quoted, sizeof(quoted)), what);
		part->name = strdup(text);
		return part->name ? 0 : error_memory(error);
	}
	if (text_unsigned(text, USER_FLAG_MOST, &number, error))
		return -1;
	part->id = (uint32_t)number;
	return 0;
}

int user_flag_parse(struct user_flag *ret_flag, const char *text, struct error *error)
{
	scope_of(user_flag) struct user_flag flag = { 0 };
	const char *colon = strchrnul(text, ':');
	scope_memory char *user = strndup(text, (size_t)(colon - text));

	if (!user)
		return error_memory(error);
	if (parse_part(&flag.user, user, "user", error) ||
	    parse_part(&flag.group, *colon ? colon + 1 : colon, "group", error))
		return -1;
	if (!flag.user.written && !flag.group.written)
		return error_set(error, ERROR_USAGE, "neither a user nor a group is given");
	*ret_flag = flag;
	flag = (struct user_flag){ 0 };
	return 0;
}

void user_flag_clear(struct user_flag *flag)
{
	free(flag->user.name);
	free(flag->group.name);
	*flag = (struct user_flag){ 0 };
}

/* The name of a uid (malloc'ed), or NULL where nobody has it. */
static int find_name(uint32_t uid, char **ret_name, struct error *error)
{
	scope_memory char *buffer = NULL;

	for (size_t size = 1024;; size *= 2) {
		char *grown = realloc(buffer, size);
		struct passwd entry, *found;
		int number;

		if (!grown)
			return error_memory(error);
		buffer = grown;
		number = getpwuid_r(uid, &entry, buffer, size, &found);
		if (number == ERANGE)
			continue;
		if (number) {
			errno = number;
			return error_errno(error, "cannot look up uid %u", uid);
		}
		*ret_name = found ? strdup(found->pw_name) : NULL;
		return found && !*ret_name ? error_memory(error) : 0;
	}
}

/* A number without a name: gid 0, no further groups, as Docker has it. */
static int nobody_known(uint32_t uid, struct host_user *ret_user, struct error *error)
{
	scope_memory char *name = text_format("%u", uid);

	return name ? host_user_unlisted(name, uid, "/", ret_user, error) : error_memory(error);
}

static int find_user(const struct user_flag_part *part, struct host_user *ret_user,
		     struct error *error)
{
	scope_memory char *name = NULL;

	if (part->name)
		return host_user_find(part->name, ret_user, error);
	if (find_name(part->id, &name, error))
		return -1;
	return name ? host_user_find(name, ret_user, error)
		    : nobody_known(part->id, ret_user, error);
}

/* The group that is written becomes the only one. */
static int set_group(const struct user_flag_part *part, const struct host *host,
		     struct host_user *user, struct error *error)
{
	scope_memory char *name = part->name ? strdup(part->name) : text_format("%u", part->id);
	scope_of(strings) struct strings groups = { 0 };
	scope_memory gid_t *gids = calloc(1, sizeof(*gids));

	if (!name || !gids)
		return error_memory(error);
	*gids = part->id;
	if (part->name && host->group(host, part->name, gids, error))
		return -1;
	if (strings_add(&groups, name, error))
		return -1;
	free(user->group);
	free(user->gids);
	strings_clear(&user->groups);
	user->gid = *gids;
	user->group = take_pointer(&name);
	user->gids = take_pointer(&gids);
	user->groups = groups;
	groups = (struct strings){ 0 };
	return 0;
}

int user_flag_apply(const struct user_flag *flag, const struct host *host, struct host_user *user,
		    struct error *error)
{
	if (flag->user.written) {
		struct host_user found;

		if (find_user(&flag->user, &found, error))
			return -1;
		host_user_clear(user);
		*user = found;
	}
	if (flag->group.written)
		return set_group(&flag->group, host, user, error);
	return 0;
}
