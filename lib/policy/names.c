/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys whose value is a name, or a name and a text: host, groups, environment, sysctls, labels. */
#include <ctype.h>
#include <string.h>

#include "../base/scope.h"
#include "parsers.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { MOST_HOSTNAME = 64 /* __NEW_UTS_LEN */, MOST_MESSAGE = 512 };

KEY_PARSER(parse_hostname)
{
	const char *text = value->text;
	char quoted[128];

	text_quote(text, quoted, sizeof(quoted));
	if (!*text || *text == '-' || *text == '.' || text[strspn(text, LETTERS "-_.%")])
		return error_set(error, ERROR_POLICY, "'%s' is not a name for a host", quoted);
	if (strlen(text) > MOST_HOSTNAME)
		return error_set(error, ERROR_POLICY, "'%s' is longer than %d bytes", quoted,
				 MOST_HOSTNAME);
	if (value_percent(text, error) || value_copy(&request->hostname, text, error))
		return -1;
	return origin_copy(&request->hostname_origin, &value->origin, error);
}

KEY_PARSER(parse_message)
{
	/* An empty one takes an inherited message away. */
	if (strlen(value->text) > MOST_MESSAGE)
		return error_set(error, ERROR_POLICY, "longer than %d bytes", MOST_MESSAGE);
	return *value->text ? value_copy(&request->message, value->text, error) : 0;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

static bool has_space_or_control(const char *text)
{
	return strchr(text, ' ') || has_control(text);
}

KEY_PARSER(parse_group_add)
{
	struct path_request *item =
		array_add(&request->group_add.items, &request->group_add.count, sizeof(*item));
	char quoted[128];

	if (!item)
		return error_memory(error);
	/* Groups of a directory have spaces in their names ("domain users"). */
	if (!*value->text || *value->text == '-' || has_control(value->text))
		return error_set(error, ERROR_POLICY,
				 "'%s' is neither a group's name nor its number",
				 text_quote(value->text, quoted, sizeof(quoted)));
	if (value_copy(&item->text, value->text, error))
		return -1;
	return origin_copy(&item->origin, &value->origin, error);
}

/* Splits NAME=TEXT; without `=` the text stays NULL. */
static int pair_fill(struct pair_request *pair, const struct value *value, struct error *error)
{
	const char *equals = strchr(value->text, '=');
	scope_memory char *name =
		equals ? strndup(value->text, (size_t)(equals - value->text)) : strdup(value->text);

	if (!name)
		return error_memory(error);
	if (value_copy(&pair->name, name, error) ||
	    (equals && value_copy(&pair->text, equals + 1, error)))
		return -1;
	return origin_copy(&pair->origin, &value->origin, error);
}

KEY_PARSER(parse_env)
{
	struct pair_request *pair =
		array_add(&request->env.items, &request->env.count, sizeof(*pair));
	char quoted[128];

	if (!pair)
		return error_memory(error);
	if (pair_fill(pair, value, error))
		return -1;
	if (!*pair->name || has_space_or_control(pair->name))
		return error_set(error, ERROR_POLICY, "'%s' is not NAME=VALUE",
				 text_quote(value->text, quoted, sizeof(quoted)));
	return 0;
}

/* Those that a namespace of the container's holds; others would change the host (Docker's list). */
static bool sysctl_allowed(const char *name)
{
	static const char *const allowed[] = {
		"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
		"kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
	};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (!strcmp(name, allowed[i]))
			return true;
	return text_starts(name, "net.") || text_starts(name, "fs.mqueue.");
}

KEY_PARSER(parse_sysctl)
{
	struct pair_request *pair =
		array_add(&request->sysctls.items, &request->sysctls.count, sizeof(*pair));
	char quoted[128];
	const char *name;

	if (!pair)
		return error_memory(error);
	if (pair_fill(pair, value, error))
		return -1;
	name = text_quote(pair->name, quoted, sizeof(quoted));
	/* It becomes a path below /proc/sys. */
	if (!*name || !pair->text || name[strspn(name, LETTERS "-_.")] || strstr(name, "..") ||
	    *name == '.' || name[strlen(name) - 1] == '.')
		return error_set(error, ERROR_POLICY, "'%s' is not NAME=VALUE", name);
	if (!sysctl_allowed(name))
		return error_set(error, ERROR_POLICY,
				 "'%s' belongs to the host: only net.*, fs.mqueue.*, kernel.msg*, "
				 "kernel.sem and kernel.shm* can be set",
				 name);
	return 0;
}

KEY_PARSER(parse_apparmor)
{
	char quoted[128];

	if (!*value->text || has_space_or_control(value->text))
		return error_set(error, ERROR_POLICY, "'%s' is not the name of an AppArmor profile",
				 text_quote(value->text, quoted, sizeof(quoted)));
	if (value_copy(&request->apparmor, value->text, error))
		return -1;
	return origin_copy(&request->apparmor_origin, &value->origin, error);
}

KEY_PARSER(parse_selinux)
{
	static const char *const parts[] = { "user:", "role:", "type:", "level:" };
	const char *text = value->text;
	char quoted[128];

	(void)request;
	if (!strcmp(text, "disable"))
		return 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (text_starts(text, parts[i]) && text[strlen(parts[i])] &&
		    !has_space_or_control(text))
			return 0;
	return error_set(error, ERROR_POLICY,
			 "'%s' is none of user:USER, role:ROLE, type:TYPE, level:LEVEL, disable",
			 text_quote(text, quoted, sizeof(quoted)));
}
