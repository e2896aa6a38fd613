/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "refusal.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <sys/random.h>
#include <syslog.h>
#include <unistd.h>

#include "../lib/base/text.h"

/* What a person may know, by kind. */
static const char *const public_reasons[] = {
	[ERROR_NONE] = "error",
	[ERROR_USAGE] = "policy error",
	[ERROR_POLICY] = "policy error",
	[ERROR_UNSUPPORTED] = "policy error",
	[ERROR_HOST] = "this host cannot provide it",
	[ERROR_LIMIT] = "too many sessions or processes are open",
	[ERROR_DENIED] = "access denied",
	[ERROR_SYSTEM] = "system error",
	[ERROR_MEMORY] = "out of memory",
};

void refusal_tell(pam_handle_t *pamh, const char *user, const struct error *error, bool quiet)
{
	char reason[1024], name[128];
	unsigned short reference;

	if (getrandom(&reference, sizeof(reference), GRND_NONBLOCK) != sizeof(reference))
		reference = (unsigned short)getpid(); /* early at boot: any mark will do */
	text_quote(user, name, sizeof(name));
	error_format(error, reason, sizeof(reason));
	pam_syslog(pamh, LOG_ERR, "no session for %s: %s (reference %04x)", name, reason, reference);
	if (quiet)
		return;
	if (error->kind == ERROR_DENIED)
		pam_error(pamh, "confine: no session for %s: %s", name, error->text);
	else
		pam_error(pamh, "confine: no session for %s: %s (ask the administrator, reference %04x)",
			  name, public_reasons[error->kind], reference);
}

static void write_warning(void *context, enum log_level level, const char *line)
{
	if (level == LOG_LEVEL_WARNING)
		pam_syslog(*(pam_handle_t **)context, LOG_WARNING, "%s", line);
}

static void write_all(void *context, enum log_level level, const char *line)
{
	pam_syslog(*(pam_handle_t **)context, level == LOG_LEVEL_WARNING ? LOG_WARNING : LOG_DEBUG, "%s",
		   line);
}

struct log refusal_log(pam_handle_t **pamh, bool debug)
{
	return (struct log){ .write = debug ? write_all : write_warning, .context = pamh };
}
