/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The variables that the plan sets: for `confine run` a whole environment as
 * Docker's, for a login only what the policy adds to what the server made.
 */
#include <ctype.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

#define ENV_FILE_MOST (64 * 1024)

/* Sets NAME=text in place of what bears that name. */
static int set_variable(struct strings *env, const char *name, size_t length, const char *text,
			struct error *error)
{
	char *variable;

	for (size_t i = 0; i < env->count; i++) {
		if (strncmp(env->items[i], name, length) || env->items[i][length] != '=')
			continue;
		variable = text_format("%.*s=%s", (int)length, name, text);
		if (!variable)
			return error_memory(error);
		free(env->items[i]);
		env->items[i] = variable;
		return 0;
	}
	return strings_addf(env, error, "%.*s=%s", (int)length, name, text);
}

/* What tells a process inside where it is: systemd and the like read `container`. */
static const char *const own_names[] = { "CONFINE_SESSION", "container" };

static int check_name(const char *name, size_t length, struct error *error)
{
	scope_memory char *copy = strndup(name, length);
	char quoted[128];

	if (!copy)
		return error_memory(error);
	text_quote(copy, quoted, sizeof(quoted));
	for (size_t i = 0; i < sizeof(own_names) / sizeof(*own_names); i++)
		if (!strcmp(copy, own_names[i]))
			return error_set(error, ERROR_POLICY,
					 "variable '%s' is confine's own to set", copy);
	for (size_t i = 0; i < length; i++)
		if (isspace((unsigned char)name[i]) || iscntrl((unsigned char)name[i]))
			return error_set(error, ERROR_POLICY, "'%s' is not a variable's name",
					 quoted);
	return length ? 0 : error_set(error, ERROR_POLICY, "a variable without a name");
}

/* A name alone is taken from the caller's environment; where it is not set there, it is not set. */
static int pass_variable(struct resolve *resolve, const char *name, size_t length,
			 struct error *error)
{
	char *const *caller = resolve->context->environment;

	if (!caller)
		return error_set(error, ERROR_POLICY, "variable '%.*s' has no value", (int)length,
				 name);
	for (; *caller; caller++)
		if (!strncmp(*caller, name, length) && (*caller)[length] == '=')
			return set_variable(&resolve->plan->env, name, length, *caller + length + 1,
					    error);
	return 0;
}

static int add_variable(struct resolve *resolve, const char *name, size_t length, const char *text,
			struct error *error)
{
	if (check_name(name, length, error))
		return -1;
	if (!text)
		return pass_variable(resolve, name, length, error);
	return set_variable(&resolve->plan->env, name, length, text, error);
}

/* A line of docker's --env-file: NAME=value as it stands, NAME alone, a comment, or nothing. */
static int add_line(struct resolve *resolve, char *line, struct error *error)
{
	size_t length;

	line += strspn(line, " \t");
	length = strcspn(line, "=");
	if (!*line || *line == '#')
		return 0;
	return add_variable(resolve, line, length, line[length] ? line + length + 1 : NULL, error);
}

static int add_file(struct resolve *resolve, const struct path_request *file, struct error *error)
{
	bool flag = resolve_from_flag(&file->origin);
	scope_memory char *path =
		flag ? strdup(file->text) : expand_path(resolve, file->text, error);
	scope_memory char *bytes = NULL;
	unsigned number = 0;
	size_t size;

	if (!path)
		return flag ? error_memory(error) : -1;
	if (resolve->host->read(resolve->host, path, !flag, ENV_FILE_MOST, &bytes, &size, error))
		return error_prefix(error, "env_file");
	if (strlen(bytes) != size)
		return error_set(error, ERROR_POLICY, "env_file '%s' holds a NUL byte", path);
	for (char *line = bytes, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		number++;
		if (add_line(resolve, line, error)) {
			error_locate(error, path, number);
			return -1;
		}
	}
	return 0;
}

/* What a command has that no server made an environment for (Docker's words). */
static int add_service(struct resolve *resolve, struct error *error)
{
	const struct plan *plan = resolve->plan;
	const char *host = plan->hostname ? plan->hostname : resolve->host->name;
	struct strings *env = &resolve->plan->env;

	if (strings_add(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			error) ||
	    strings_addf(env, error, "HOSTNAME=%s", host))
		return -1;
	return strings_addf(env, error, "HOME=%s", resolve->user->home);
}

int resolve_environment(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	if (resolve->context->service && add_service(resolve, error))
		return -1;
	for (size_t i = 0; i < request->env_files.count; i++)
		if (add_file(resolve, &request->env_files.items[i], error))
			return resolve_fault(&request->env_files.items[i].origin, error);
	for (size_t i = 0; i < request->env.count; i++) {
		const struct pair_request *pair = &request->env.items[i];

		if (add_variable(resolve, pair->name, strlen(pair->name), pair->text, error))
			return resolve_fault(&pair->origin, error);
	}
	return 0;
}
