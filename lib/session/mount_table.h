/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts of this process's mount namespace, as /proc/self/mountinfo lists them. */
#ifndef CONFINE_SESSION_MOUNT_TABLE_H
#define CONFINE_SESSION_MOUNT_TABLE_H

#include <stddef.h>

#include "../base/error.h"

struct mount_entry {
	unsigned long long id; /* as statx(2) has it, STATX_MNT_ID */
	char *point, *type;
};

struct mount_table {
	struct mount_entry *items;
	size_t count;
};

void mount_table_clear(struct mount_table *table);
int mount_table_read(struct mount_table *ret_table, struct error *error);

#endif
