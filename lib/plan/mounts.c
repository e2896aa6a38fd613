/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ordered list of what is mounted. The order is the meaning: what stands
 * later covers what stood before, and every target is a real path as it is seen
 * when its row's turn comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

bool path_within(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (!strcmp(folder, "/"))
		return true;
	return !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

bool resolve_host_view(const struct resolve *resolve)
{
	return !strcmp(resolve->plan->rootfs, "/");
}

static int copy_text(char **to, const char *from, struct error *error)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? error_memory(error) : 0;
}

int mounts_add(struct resolve *resolve, const struct plan_mount *mount, const char *target,
	       const char *source, const char *options, struct error *error)
{
	struct plan *plan = resolve->plan;
	struct plan_mount *row = array_add(&plan->mounts.items, &plan->mounts.count, sizeof(*row));

	if (!row)
		return error_memory(error);
	*row = *mount;
	row->target = row->source = row->options = NULL;
	if (copy_text(&row->target, target, error) || copy_text(&row->source, source, error) ||
	    copy_text(&row->options, options, error))
		return -1;
	return 0;
}

const struct plan_mount *mounts_cover(const struct plan *plan, const char *path)
{
	for (size_t i = plan->mounts.count; i--;) {
		const struct plan_mount *row = &plan->mounts.items[i];

		/* These show what was there before. */
		if (row->kind == MOUNT_FOLDER || row->kind == MOUNT_READONLY ||
		    row->kind == MOUNT_VEIL || row->kind == MOUNT_ABSENT)
			continue;
		if (path_within(path, row->target))
			return row;
	}
	return NULL;
}

bool mounts_own(const struct plan *plan, const char *path)
{
	const struct plan_mount *row = mounts_cover(plan, path);

	return row && row->kind == MOUNT_TMPFS && !(row->attributes & MOUNT_ATTR_RDONLY) &&
	       strcmp(row->target, path);
}

/* The tree in which `path` is looked up, and its name there; *ret_seen NULL: nothing is there. */
static int look_through(const struct resolve *resolve, const struct plan_mount *row,
			const char *path, const char **ret_root, char **ret_seen,
			struct error *error)
{
	*ret_root = row ? "/" : resolve->plan->rootfs;
	*ret_seen = NULL;
	if (!row || row->kind == MOUNT_SYSFS)
		*ret_seen = strdup(path);
	else if (row->kind == MOUNT_BIND)
		*ret_seen = text_format("%s%s", strcmp(row->source, "/") ? row->source : "",
					path + strlen(row->target));
	else
		return 0;
	return *ret_seen ? 0 : error_memory(error);
}

/*
 * What is at `path` in the tree that shows there: the root's, or what a bind
 * brought in; *ret_real is NULL where nothing is. A symlink within a bind is
 * refused: who owns what was bound could have made it.
 */
static int find_existing(const struct resolve *resolve, const char *path, char **ret_real,
			 struct error *error)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, path);
	scope_of(host_file) struct host_file file = { 0 };
	scope_memory char *seen = NULL;
	bool found, itself = row && !strcmp(row->target, path);
	const char *root;

	*ret_real = NULL;
	if (itself) {
		*ret_real = strdup(path);
		return *ret_real ? 0 : error_memory(error);
	}
	if (look_through(resolve, row, path, &root, &seen, error))
		return -1;
	if (!seen)
		return 0;
	if (resolve_file(resolve, root, seen, &file, &found, error))
		return -1;
	if (!found)
		return 0;
	if (row && strcmp(file.real, seen))
		return error_set(error, ERROR_POLICY, "'%s' goes through a symlink", path);
	*ret_real = row ? strdup(path) : take_pointer(&file.real);
	return *ret_real ? 0 : error_memory(error);
}

static int find_target(const struct resolve *resolve, const char *path, char **ret_real,
		       bool *ret_make, struct error *error);

/* `path` itself is not there: it can be made where its folder leads into a tmpfs of our own. */
static int find_below(const struct resolve *resolve, const char *path, char **ret_real,
		      bool *ret_make, struct error *error)
{
	const char *name = strrchr(path, '/');
	scope_memory char *parent = strndup(path, (size_t)(name - path));
	scope_memory char *folder = NULL, *joined = NULL;
	bool make;

	if (!parent)
		return error_memory(error);
	if (!*parent)
		return 0;
	if (find_target(resolve, parent, &folder, &make, error))
		return -1;
	if (!folder)
		return 0;
	joined = text_format("%s%s", folder, name);
	if (!joined)
		return error_memory(error);
	if (mounts_own(resolve->plan, joined)) {
		*ret_make = true;
		*ret_real = take_pointer(&joined);
	}
	return 0;
}

static int find_target(const struct resolve *resolve, const char *path, char **ret_real,
		       bool *ret_make, struct error *error)
{
	*ret_make = mounts_own(resolve->plan, path);
	if (*ret_make) {
		*ret_real = strdup(path);
		return *ret_real ? 0 : error_memory(error);
	}
	if (find_existing(resolve, path, ret_real, error))
		return -1;
	if (!*ret_real)
		return find_below(resolve, path, ret_real, ret_make, error);
	/* A link of the host's may have led beneath a tmpfs of our own: /var/run to /run. */
	*ret_make = mounts_own(resolve->plan, *ret_real);
	return 0;
}

int mounts_find_target(const struct resolve *resolve, const char *path, char **ret_real,
		       bool *ret_make, bool *ret_missing, struct error *error)
{
	scope_memory char *real = NULL;

	if (find_target(resolve, path, &real, ret_make, error))
		return -1;
	*ret_missing = !real;
	*ret_real = take_pointer(&real);
	return 0;
}

/*
 * The order. What a former row covered, a later one can open again: a hidden
 * folder holds a volume, covered homes hold the person's own. What is hidden
 * within that home is covered after it.
 */
int resolve_mounts(struct resolve *resolve, struct error *error)
{
	scope_of(concealed_list) struct concealed_list hidden = { 0 };

	if (mounts_find_hidden(resolve, &hidden, error) || mounts_add_system(resolve, error) ||
	    mounts_add_run(resolve, error) || mounts_add_network_files(resolve, error) ||
	    mounts_add_homes(resolve, error) || mounts_add_hidden(resolve, &hidden, false, error) ||
	    mounts_add_home(resolve, error) || mounts_add_pins(resolve, error) ||
	    mounts_add_hidden(resolve, &hidden, true, error))
		return -1;
	return mounts_add_volumes(resolve, error);
}
