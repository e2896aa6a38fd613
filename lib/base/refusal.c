/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "refusal.h"

#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "text.h"

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

unsigned refusal_reference(void)
{
	unsigned short reference;

	if (getrandom(&reference, sizeof(reference), GRND_NONBLOCK) != sizeof(reference))
		reference = (unsigned short)getpid(); /* early at boot: any mark will do */
	return reference;
}

const char *refusal_line(const char *user, const struct error *error, unsigned reference,
			 char *buffer, size_t size)
{
	char name[128];

	text_quote(user, name, sizeof(name));
	if (error->kind == ERROR_DENIED)
		snprintf(buffer, size, "confine: no session for %s: %s", name, error->text);
	else
		snprintf(buffer, size,
			 "confine: no session for %s: %s (ask the administrator, reference %04x)",
			 name, public_reasons[error->kind], reference);
	return buffer;
}

const char *refusal_reason(const char *user, const struct error *error, unsigned reference,
			   char *buffer, size_t size)
{
	char reason[1024], name[128];

	snprintf(buffer, size, "no session for %s: %s (reference %04x)",
		 text_quote(user, name, sizeof(name)), error_format(error, reason, sizeof(reason)),
		 reference);
	return buffer;
}
