/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's view of files, built from the plan's rows by init's builder
 * in its new mount namespace. Sources are opened before anything is covered;
 * targets are walked by openat2, mounts moved by descriptor, and nothing is
 * made in the host's tree.
 */
#ifndef CONFINE_SESSION_ROOT_H
#define CONFINE_SESSION_ROOT_H

#include "../plan/plan.h"

/* In every container, a root-owned file on a read-only mount that holds the container's id: by it,
 * and never by the environment, a program tells that it is inside. */
#define ROOT_SELF "/run/confine/self"

/* Beside it, what confine-shell starts there. */
#define ROOT_SHELL "/run/confine/shell"

/*
 * Makes the calling process's mount namespace what `plan` says. The process
 * must be alone in it and root.
 */
int root_build(const struct plan *plan, const char *id, struct error *error);

/* Whether this process's root is that of container `id` (NULL: of any). */
bool root_is_container(const char *id);

/* Inside: what ROOT_SHELL says (malloc'ed), or NULL. */
char *root_shell(void);

/* Writes the plan's sysctls through a procfs of our own (checked by fstatfs). */
int root_sysctls(const struct plan *plan, struct error *error);

#endif
