/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names that stay hidden. A mount that covers a file goes away when the host
 * puts another file in its place by rename(2), as passwd does with /etc/shadow
 * (fs/namei.c, vfs_rename: detach_mounts), and what is put there shows. Beneath
 * a veil, a read-only overlay with the hidden names in its upper layer, the
 * name itself is taken.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* Whether uid 0 can come to be inside: who starts as it, or a setuid program. */
static bool root_possible(const struct resolve *resolve)
{
	return !resolve->user->uid || !resolve->request->no_new_privileges;
}

static bool in_group(const struct host_user *user, gid_t gid)
{
	for (size_t i = 0; i < user->groups.count; i++)
		if (user->gids[i] == gid)
			return true;
	return user->gid == gid;
}

/*
 * Whether the name needs more than its own mode to be kept from this person: what is built in is
 * root's alone, but for the policies. A veil has its price: it shows changes of other files in its
 * folder only to the next login (overlayfs keeps names in its cache).
 */
static bool needs_veil(const struct resolve *resolve, const struct concealed *item)
{
	if (root_possible(resolve))
		return true;
	if (item->built_in)
		return false;
	return !item->mode || item->uid || (item->mode & 07) ||
	       ((item->mode & 070) && in_group(resolve->user, item->gid));
}

/*
 * Folders of many daemons' own: what is hidden there is a folder, which nothing is renamed over,
 * and beneath a veil their sockets cannot be connected to (a socket is found by its inode, which is
 * the overlay's then: /var/lib/sss/pipes refused).
 */
static bool holds_sockets(const char *folder)
{
	static const char *const folders[] = { "/var",	     "/var/lib",  "/var/lib/sss",
					       "/var/spool", "/var/snap", "/var/snap/lxd" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (!strcmp(folder, folders[i]))
			return true;
	return false;
}

/* The folder that a name lies in; "" for the root. */
static char *folder_of(const char *path)
{
	return strndup(path, (size_t)(strrchr(path, '/') - path));
}

static int compare_texts(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The folders, sorted: those above come before those below. */
static int list_folders(const struct resolve *resolve, const struct concealed_list *list,
			struct strings *folders, struct error *error)
{
	for (size_t i = 0; i < list->count; i++) {
		scope_memory char *folder = folder_of(list->items[i].path);

		if (!folder)
			return error_memory(error);
		/* In / itself a cover has to do: a veil would hide every file system of the host's.
		 */
		if (*folder && !holds_sockets(folder) && needs_veil(resolve, &list->items[i]) &&
		    !mounts_cover(resolve->plan, folder) && strings_add(folders, folder, error))
			return -1;
	}
	if (folders->count)
		qsort(folders->items, folders->count, sizeof(*folders->items), compare_texts);
	return 0;
}

/* Whether a veil of this plan lies on the folder or above it. */
static bool veiled(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->mounts.count; i++)
		if (plan->mounts.items[i].kind == MOUNT_VEIL &&
		    path_within(path, plan->mounts.items[i].target))
			return true;
	return false;
}

int mounts_add_veils(struct resolve *resolve, const struct concealed_list *list,
		     struct error *error)
{
	const struct plan_mount veil = { .kind = MOUNT_VEIL, .optional = true };
	const struct plan_mount absent = { .kind = MOUNT_ABSENT };
	scope_of(strings) struct strings folders = { 0 };

	if (list_folders(resolve, list, &folders, error))
		return -1;
	if (folders.count && resolve->host->lacks_overlay)
		return resolve_warn(
			resolve, NULL, error,
			"this kernel has no overlayfs: a hidden file that the host replaces"
			" shows until the next container");
	for (size_t i = 0; i < folders.count; i++)
		if (!veiled(resolve->plan, folders.items[i]) &&
		    mounts_add(resolve, &veil, folders.items[i], NULL, NULL, error))
			return -1;
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].mode && veiled(resolve->plan, list->items[i].path) &&
		    mounts_add(resolve, &absent, list->items[i].path, NULL, NULL, error))
			return -1;
	return 0;
}
