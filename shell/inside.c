/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inside.h"

#include "../lib/base/scope.h"
#include "../lib/session/privilege.h"
#include "../lib/session/root.h"

int inside_run(const struct caller *caller, struct error *error)
{
	scope_of(strings) struct strings added = { 0 };
	scope_memory char *shell = NULL;

	/* Where no_new_privs is set, or the tree says nosuid, there is nothing to finish or give
	 * up. */
	if (caller->privileged && privilege_finish(caller->uid, caller->gid, error))
		return 125;
	shell = root_shell();
	if (!shell) {
		error_set(error, ERROR_SYSTEM,
			  "'" ROOT_SHELL "' does not say which shell to start");
		return 125;
	}
	if (strings_addf(&added, error, "SHELL=%s", shell))
		return 125;
	return caller_execute(caller, shell, NULL, 0, &added, error);
}
