/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's mount calls by descriptor, with errors that say what was tried
 * on what. Every function returns a mount that is attached nowhere yet.
 */
#ifndef CONFINE_SESSION_MOUNT_H
#define CONFINE_SESSION_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/error.h"

/* A new file system; `options` "name=value,flag", or NULL. */
int mount_new(const char *type, const char *options, uint64_t attributes, struct error *error);

/* A copy of what `source` (O_PATH) shows. `propagation`: MS_PRIVATE, MS_SLAVE, or 0: as the
 * source's. */
int mount_clone(int source, const char *name, bool recursive, uint64_t attributes,
		uint64_t propagation, struct error *error);

/* Attaches `mount` over `target` (O_PATH). */
int mount_attach(int mount, int target, const char *name, struct error *error);

/* Adds attributes to the mount whose root is `mount`, to those below it where `recursive`. */
int mount_restrict(int mount, const char *name, bool recursive, uint64_t attributes,
		   uint64_t propagation, struct error *error);

#endif
