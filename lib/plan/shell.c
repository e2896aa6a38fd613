/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shell that confine-shell starts inside, and whether a person comes
 * through confine-shell at all.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

enum { SHELLS_MOST = 64 * 1024 };

/* Whether that path of the host's is the installed confine-shell, by whatever name. */
static bool is_confine_shell(const struct host *host, const char *path)
{
	scope_of(host_file) struct host_file file = { 0 };
	struct error ignored = ERROR_INIT;

	if (!strcmp(path, CONFINE_SHELL))
		return true;
	return *path == '/' && !host->file(host, "/", path, &file, &ignored) &&
	       !strcmp(file.real, CONFINE_SHELL);
}

bool resolve_comes_by_shell(const struct resolve *resolve)
{
	return is_confine_shell(resolve->host, resolve->user->shell);
}

/*
 * A shell that can be started. In a foreign root symlinks are the tree's own matter and not
 * followed here: what is behind one is seen when it is executed.
 */
static int check_shell(const struct host *host, const char *rootfs, const char *path,
		       struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	struct error reason = ERROR_INIT;

	if (is_confine_shell(host, path))
		return error_set(error, ERROR_POLICY, "shell '%s' is confine-shell itself", path);
	if (host->file(host, rootfs, path, &file, &reason)) {
		if (reason.number == ELOOP && strcmp(rootfs, "/") != 0)
			return 0;
		return error_set(error, ERROR_POLICY, "shell '%s' does not exist", path);
	}
	if (!S_ISREG(file.mode) || !(file.mode & 0111))
		return error_set(error, ERROR_POLICY, "shell '%s' is not a program", path);
	return 0;
}

char *shell_default(const struct host *host, const char *rootfs, struct error *error)
{
	scope_memory char *text = NULL;
	struct error ignored = ERROR_INIT;
	char *shell = NULL;
	size_t size;

	/* shells(5). Without the file there is still sh. */
	if (host->read(host, "/etc/shells", true, SHELLS_MOST, &text, &size, &ignored))
		text = NULL;
	for (char *line = text, *next; line && !shell; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strcspn(line, " \t#")] = '\0';
		if (*line == '/' && !check_shell(host, rootfs, line, &ignored))
			shell = strdup(line);
	}
	if (!shell)
		shell = strdup("/bin/sh");
	if (!shell)
		error_memory(error);
	return shell;
}

int resolve_shell(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	struct plan *plan = resolve->plan;

	if (resolve->context->service)
		return 0;
	if (!request->shell) {
		plan->shell = shell_default(resolve->host, plan->rootfs, error);
		return plan->shell ? 0 : -1;
	}
	plan->shell = expand_path(resolve, request->shell, error);
	if (!plan->shell || check_shell(resolve->host, plan->rootfs, plan->shell, error))
		return resolve_fault(&request->shell_origin, error);
	return 0;
}
