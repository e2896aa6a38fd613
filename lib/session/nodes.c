/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nodes.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../base/path.h"
#include "../base/scope.h"

/* The row of the tmpfs that holds `path`, or the number of rows. */
static size_t holder(const struct plan *plan, const char *path)
{
	size_t best = plan->mounts.count;

	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct plan_mount *row = &plan->mounts.items[i];

		if (row->kind == MOUNT_TMPFS && path_beneath(path, row->target) &&
		    (best == plan->mounts.count ||
		     strlen(row->target) > strlen(plan->mounts.items[best].target)))
			best = i;
	}
	return best;
}

/* The mode is mknod's: the umask of the builder is 0, and a tmpfs just made has no default ACL. */
static int make_node(const struct plan_node *node, int folder, const char *name,
		     struct error *error)
{
	mode_t type = node->type == 'b' ? S_IFBLK : S_IFCHR;

	if (node->link) {
		if (symlinkat(node->link, folder, name))
			return error_errno(error, "cannot make link '%s'", node->path);
		return 0;
	}
	if (mknodat(folder, name, type | node->mode, makedev(node->major, node->minor)) ||
	    ((node->uid || node->gid) &&
	     fchownat(folder, name, node->uid, node->gid, AT_SYMLINK_NOFOLLOW)))
		return error_errno(error, "cannot make device node '%s'", node->path);
	return 0;
}

int nodes_make(const struct plan *plan, size_t index, int mount, struct error *error)
{
	const char *target = plan->mounts.items[index].target;

	for (size_t i = 0; i < plan->nodes.count; i++) {
		const struct plan_node *node = &plan->nodes.items[i];
		scope_memory char *above = NULL;
		scope_fd int folder = -1;
		const char *name = strrchr(node->path, '/') + 1;

		if (holder(plan, node->path) != index)
			continue;
		above = strndup(node->path + strlen(target),
				(size_t)(name - 1 - node->path) - strlen(target));
		if (!above)
			return error_memory(error);
		folder = path_make_in(mount, above, true, error);
		if (folder < 0 || make_node(node, folder, name, error))
			return -1;
	}
	return 0;
}
