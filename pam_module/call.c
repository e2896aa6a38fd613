/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call.h"

#include <unistd.h>

#include "../lib/base/text.h"
#include "refusal.h"
#include "state.h"

static int find_fault(struct call *call, int argc, const char **argv, struct error *error)
{
	int failed = arguments_parse(&call->arguments, argc, argv, error);
	struct state *state = state_get(call->pamh);

	call->quiet = call->quiet || call->arguments.quiet;
	call->log = refusal_log(&call->pamh, call->arguments.debug);
	if (failed)
		return -1;
	/* Before the server is looked at: inside, /proc does not know this process. */
	if (state_occupied() && !(state && state->login.stands && !state->refused))
		return error_set(error, ERROR_HOST, "the server's process has a session open already");
	if (geteuid() != 0)
		return error_set(error, ERROR_HOST, "the server does not run as root (euid %u)",
				 geteuid());
	return server_identify(&call->server, &call->arguments, error);
}

void call_begin(struct call *call, pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct error fault = ERROR_INIT;

	*call = (struct call){ .pamh = pamh, .quiet = ((unsigned)flags & PAM_SILENT) != 0 };
	if (pam_get_user(pamh, &call->name, NULL) != PAM_SUCCESS || !call->name)
		call->name = "";
	if (find_fault(call, argc, argv, &fault))
		call->fault = fault;
}

char *call_from(const struct call *call)
{
	static const int items[] = { PAM_SERVICE, PAM_TTY, PAM_RHOST };
	const char *texts[3] = { "", "", "" };
	char quoted[3][128];

	for (int i = 0; i < 3; i++) {
		const void *item = NULL;

		if (pam_get_item(call->pamh, items[i], &item) == PAM_SUCCESS && item)
			texts[i] = item;
		text_quote(texts[i], quoted[i], sizeof(quoted[i]));
	}
	return text_format("%s %s %s", quoted[0], quoted[1], quoted[2]);
}
