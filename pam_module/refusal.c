/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "refusal.h"

#include <security/pam_ext.h>
#include <syslog.h>

#include "../lib/base/refusal.h"

void refusal_tell(pam_handle_t *pamh, const char *user, const struct error *error, bool quiet)
{
	unsigned reference = refusal_reference();
	char line[2048];

	pam_syslog(pamh, LOG_ERR, "%s", refusal_reason(user, error, reference, line, sizeof(line)));
	if (!quiet)
		pam_error(pamh, "%s", refusal_line(user, error, reference, line, sizeof(line)));
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
