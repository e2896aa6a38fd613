/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys whose value is a path: of the host, of the root, or below a folder of ours. */
#include <string.h>

#include "parsers.h"

/* Adds the value to a list of paths, as it is written. */
#define ADD_PATH(list)                                                           \
	__extension__({                                                          \
		struct path_request *item_ =                                     \
			array_add(&(list).items, &(list).count, sizeof(*item_)); \
		!item_ ? error_memory(error)                                     \
		: value_copy(&item_->text, value->text, error)                   \
			? -1                                                     \
			: origin_copy(&item_->origin, &value->origin, error);    \
	})

static bool from_flag(const struct value *value)
{
	return value->origin.line == 0;
}

KEY_PARSER(parse_seccomp)
{
	const char *text = value->text, *end;
	char quoted[128];

	if (!strcmp(text, "builtin"))
		text = "default";
	end = strrchr(text, '.');
	if (!*text)
		return error_set(error, ERROR_POLICY, "an empty name of a profile");
	/* A flag names the caller's own file; a policy one below CONF/seccomp. */
	if (!from_flag(value) && strcmp(text, "default") && strcmp(text, "unconfined")) {
		if (!end || strcmp(end, ".json"))
			return error_set(error, ERROR_POLICY,
					 "'%s' is none of default, builtin, unconfined, FILE.json",
					 text_quote(text, quoted, sizeof(quoted)));
		if (value_path_below(text, "", error))
			return -1;
	}
	if (value_copy(&request->seccomp, text, error))
		return -1;
	return origin_copy(&request->seccomp_origin, &value->origin, error);
}

KEY_PARSER(parse_env_file)
{
	if (from_flag(value) && !*value->text)
		return error_set(error, ERROR_POLICY, "an empty name of a file");
	if (!from_flag(value) && value_path(value->text, "", error))
		return -1;
	return ADD_PATH(request->env_files);
}

KEY_PARSER(parse_rootfs)
{
	if (value_path(value->text, "", error) || value_copy(&request->rootfs, value->text, error))
		return -1;
	return origin_copy(&request->rootfs_origin, &value->origin, error);
}

KEY_PARSER(parse_shell)
{
	if (value_path(value->text, "", error) || value_copy(&request->shell, value->text, error))
		return -1;
	return origin_copy(&request->shell_origin, &value->origin, error);
}

KEY_PARSER(parse_homes)
{
	return value_path(value->text, "", error) ? -1 : ADD_PATH(request->homes);
}

KEY_PARSER(parse_hide)
{
	return value_path(value->text, "", error) ? -1 : ADD_PATH(request->hide);
}

KEY_PARSER(parse_run)
{
	return value_path_below(value->text, "", error) ? -1 : ADD_PATH(request->run);
}
