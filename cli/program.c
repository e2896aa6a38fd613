/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

int program_env_default(struct strings *env, const char *pair, struct error *error)
{
	size_t length = strcspn(pair, "=") + 1;

	for (size_t i = 0; i < env->count; i++)
		if (!strncmp(env->items[i], pair, length))
			return 0;
	return strings_add(env, pair, error);
}

static const char *find_path(const struct strings *env)
{
	for (size_t i = 0; i < env->count; i++)
		if (text_starts(env->items[i], "PATH="))
			return env->items[i] + strlen("PATH=");
	return "";
}

/* Whether the search goes on: the errors of a folder that cannot hold the program. */
static bool is_elsewhere(int number)
{
	return number == ENOENT || number == ENOTDIR || number == EACCES || number == ENAMETOOLONG;
}

/* Sets errno as exec(3) does: EACCES where one was found that may not be executed. */
static void search(char *const *command, const char *program, const struct strings *env)
{
	const char *folder = find_path(env);
	char path[PATH_MAX];
	int found = ENOENT;

	for (;;) {
		int length = (int)strcspn(folder, ":");
		int wanted = snprintf(path, sizeof(path), "%.*s/%s", length ? length : 1,
				      length ? folder : ".", program);

		if (wanted < (int)sizeof(path))
			execve(path, command, env->items);
		if (wanted < (int)sizeof(path) && !is_elsewhere(errno))
			return;
		if (wanted < (int)sizeof(path) && errno == EACCES)
			found = EACCES;
		if (!folder[length])
			break;
		folder += length + 1;
	}
	errno = found;
}

static int fail(const char *program, struct error *error)
{
	bool missing = errno == ENOENT;
	char quoted[256];

	text_quote(program, quoted, sizeof(quoted));
	if (missing && !strchr(program, '/'))
		error_set(error, ERROR_USAGE, "'%s' is not found in PATH", quoted);
	else
		error_errno(error, "cannot execute '%s'", quoted);
	return missing ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

int program_execute(char *const *command, const char *fallback, const struct strings *env,
		    struct error *error)
{
	const char *program = command[0];

	if (strchr(program, '/'))
		execve(program, command, env->items);
	else if (*program)
		search(command, program, env);
	else
		errno = ENOENT;
	if (errno == ENOENT && fallback) {
		char *const words[] = { (char *)(uintptr_t)fallback, NULL };

		return program_execute(words, NULL, env, error);
	}
	return fail(program, error);
}
