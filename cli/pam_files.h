/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The PAM stacks of this host as text (pam.d(5)): a service's lines in the
 * order in which libpam calls them, includes resolved, each with its file and
 * line. Knows the syntax, and of no module what it does.
 */
#ifndef CONFINE_CLI_PAM_FILES_H
#define CONFINE_CLI_PAM_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "../lib/base/text.h"

enum pam_type { PAM_TYPE_AUTH, PAM_TYPE_ACCOUNT, PAM_TYPE_PASSWORD, PAM_TYPE_SESSION };

struct pam_line {
	char *file; /* where it stands: "/etc/pam.d/common-auth" */
	unsigned number; /* of its first line there */
	enum pam_type type;
	bool optional; /* "-session": a module that is missing is passed over in silence */
	char *control; /* "required", "[success=1 default=ignore]"; lower case */
	char *module; /* as written: "pam_unix.so", "/lib/security/pam_unix.so" */
	struct strings arguments;
	unsigned level; /* of substacks: 0 for the service's own lines and what it includes */
};

/* All lines of one service, of all types. All zero is the empty one. */
struct pam_stack {
	struct pam_line *items;
	size_t count;
};
void pam_stack_clear(struct pam_stack *stack);

/*
 * `folders` below: where services stand, the first that has one holds; NULL-terminated, and NULL
 * stands for libpam's own, /etc/pam.d and /usr/lib/pam.d.
 */

/* Names of all services, sorted; not of copies that editors and packages keep ("sshd.bak"). A folder
 * that is not there has none. */
int pam_files_services(const char *const *folders, struct strings *ret_names, struct error *error);

/*
 * Reads the stack of a service. -1 with error->number ENOENT where no folder
 * has its file; ERROR_HOST with file:line where a line is no PAM line or an
 * include is missing or goes around in a circle.
 */
int pam_files_read(struct pam_stack *ret_stack, const char *const *folders, const char *service,
		   struct error *error);

/* Whether a line of the service's own file that is no comment holds this text. */
bool pam_files_mention(const char *const *folders, const char *service, const char *text);

/* Whether the line's module is that file: "pam_confine.so", with or without a folder before it. */
bool pam_line_is(const struct pam_line *line, const char *module);

/* Whether it seems to be that file's name, mistyped: "pam_confin.so", "pam_confine". */
bool pam_line_seems(const struct pam_line *line, const char *module);

/* Whether the file of the line's module is there; `modules`: the folder of those without one. */
bool pam_line_loads(const struct pam_line *line, const char *modules);

/*
 * What libpam does after one answer of the line's module, "success" or any other of pam.d(5): "ok",
 * "done", "bad", "die", "ignore", "reset", or how many lines to jump over. An answer that the
 * control does not name is its "default", and without one "bad". Written to buffer, returned.
 */
const char *pam_line_action(const struct pam_line *line, const char *answer, char *buffer,
			    size_t size);

#endif
