/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine-shell, setuid root: a person's login shell. Inside a container it
 * takes the last steps of the join and becomes the policy's shell; on the host
 * it makes or finds the container, starts the shell in there, and stands for it
 * outside as the person.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "../lib/base/refusal.h"
#include "../lib/base/scope.h"
#include "../lib/session/root.h"
#include "alone.h"
#include "inside.h"

enum { STATUS_REFUSED = 125 };

static void write_warning(void *context, enum log_level level, const char *line)
{
	(void)context;
	if (level == LOG_LEVEL_WARNING)
		syslog(LOG_WARNING, "%s", line);
}

/* The reason is the log's; the line is written by the person's own ids, whatever the stream is. */
static void tell(const struct caller *caller, const char *name, const struct error *error)
{
	unsigned reference = refusal_reference();
	char line[2048];

	syslog(LOG_ERR, "%s", refusal_reason(name, error, reference, line, sizeof(line)));
	closelog();
	if (setresgid(caller->gid, caller->gid, caller->gid) ||
	    setresuid(caller->uid, caller->uid, caller->uid))
		return;
	refusal_line(name, error, reference, line, sizeof(line) - 1);
	strcat(line, "\n");
	(void)!write(STDERR_FILENO, line, strlen(line));
}

/*
 * -1 where it cannot be told: short of descriptors inside, root would go on as if on the host. To
 * stat takes none. Without privilege nothing hangs on it.
 */
static int find_inside(const struct caller *caller, bool *ret_inside, struct error *error)
{
	struct stat st;

	*ret_inside = root_is_container(NULL);
	if (*ret_inside || !caller->privileged)
		return 0;
	if (!stat(ROOT_SELF, &st))
		return error_set(error, ERROR_SYSTEM, "cannot read '" ROOT_SELF "'");
	if (errno != ENOENT && errno != ENOTDIR)
		return error_errno(error, "cannot stat '" ROOT_SELF "'");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct log log = { .write = write_warning };
	scope_of(host_user) struct host_user user = { 0 };
	struct error error = ERROR_INIT;
	struct caller caller;
	char number[32];
	int status = STATUS_REFUSED;
	bool inside;

	if (!caller_take(&caller, argc, argv))
		_exit(STATUS_REFUSED);
	openlog("confine-shell", LOG_PID, LOG_AUTHPRIV);
	if (find_inside(&caller, &inside, &error))
		;
	else if (inside)
		status = inside_run(&caller, &error);
	else
		status = alone_run(&caller, &user, &log, &error);
	snprintf(number, sizeof(number), "uid %u", caller.uid);
	tell(&caller, user.name ? user.name : number, &error);
	_exit(status);
}
