/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "veil.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "mount.h"
#include "mount_table.h"

/* Where the upper layers hang while the overlays are made: in the container's own /dev. */
#define SCRATCH "/dev/.veil"

void veils_clear(struct veils *veils)
{
	scope_close(&veils->layers);
	mount_table_clear(&veils->before);
	*veils = (struct veils)VEILS_INIT;
}

/* A merged folder has the attributes of its upper layer's. */
static int copy_attributes(int from, int to, struct error *error)
{
	struct stat st;

	if (fstat(from, &st) || fchownat(to, "", st.st_uid, st.st_gid, AT_EMPTY_PATH) ||
	    fchmodat(to, ".", st.st_mode & 07777, 0))
		return error_errno(error, "cannot copy a folder's attributes");
	return 0;
}

/* The last name of `name`, made in the upper layer as the row wants it. */
static int make_name(int upper, const char *name, enum mount_kind kind, struct error *error)
{
	int failed;

	if (kind == MOUNT_TMPFS)
		failed = mkdirat(upper, name, 0755);
	else if (kind == MOUNT_ABSENT)
		failed = mknodat(upper, name, S_IFCHR, makedev(0, 0)); /* a whiteout */
	else
		failed = mknodat(upper, name, S_IFREG, 0);
	if (failed && errno != EEXIST)
		return error_errno(error, "cannot make '%s'", name);
	return 0;
}

/* `name` below both layers; folders on the way are made like those of the lower one. */
static int make_entry(int lower, int upper, const char *name, enum mount_kind kind,
		      struct error *error)
{
	scope_memory char *copy = strdup(name);
	scope_fd int above = -1, below = -1; /* the folders on the way */
	char *rest = copy, *part;

	if (!copy)
		return error_memory(error);
	for (part = strsep(&rest, "/"); rest; part = strsep(&rest, "/")) {
		int next = path_open_in(lower, part, O_PATH | O_DIRECTORY | O_NOFOLLOW, error);

		if (next < 0)
			return error->number == ENOENT ? 0 : -1;
		scope_close(&below);
		lower = below = next;
		next = path_make_in(upper, part, true, error);
		if (next < 0)
			return -1;
		scope_close(&above);
		upper = above = next;
		if (copy_attributes(lower, upper, error))
			return -1;
	}
	return make_name(upper, part, kind, error);
}

/* overlayfs takes only layers that are attached somewhere in this mount namespace. */
static int make_layers(int root, struct error *error)
{
	scope_fd int scratch = path_make_in(root, SCRATCH, true, error);
	scope_fd int layers = -1;

	if (scratch < 0)
		return -1;
	layers = mount_new("tmpfs", "size=1m,mode=0755",
			   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, error);
	if (layers < 0 || mount_attach(layers, scratch, SCRATCH, error))
		return -1;
	return take_fd(&layers);
}

/* The upper layer of one veil: a folder of its own among the layers. */
static int make_upper(int layers, const struct plan *plan, size_t index, int folder,
		      struct error *error)
{
	scope_fd int upper = -1;
	char number[24];

	snprintf(number, sizeof(number), "%zu", index);
	upper = path_make_in(layers, number, true, error);
	if (upper < 0 || copy_attributes(folder, upper, error))
		return -1;
	for (size_t i = index + 1; i < plan->mounts.count; i++) {
		const struct plan_mount *row = &plan->mounts.items[i];
		const char *name = path_beneath(row->target, plan->mounts.items[index].target);
		bool hides = row->kind == MOUNT_ABSENT || row->kind == MOUNT_MASK ||
			     (row->kind == MOUNT_TMPFS && row->optional);

		if (name && hides && make_entry(folder, upper, name, row->kind, error))
			return -1;
	}
	return take_fd(&upper);
}

/* What the host's mount forbids stays forbidden. */
static int find_attributes(int folder, unsigned *ret_attributes, struct error *error)
{
	unsigned attributes = MOUNT_ATTR_RDONLY;
	struct statvfs fs;

	if (fstatvfs(folder, &fs))
		return error_errno(error, "cannot look at a mount");
	attributes |= fs.f_flag & ST_NOSUID ? MOUNT_ATTR_NOSUID : 0;
	attributes |= fs.f_flag & ST_NODEV ? MOUNT_ATTR_NODEV : 0;
	attributes |= fs.f_flag & ST_NOEXEC ? MOUNT_ATTR_NOEXEC : 0;
	*ret_attributes = attributes;
	return 0;
}

/* The overlay, attached nowhere. */
static int make_overlay(int upper, int lower, struct error *error)
{
	scope_fd int context = fsopen("overlay", FSOPEN_CLOEXEC);
	unsigned attributes = 0;
	char layers[64];
	int overlay;

	if (find_attributes(lower, &attributes, error))
		return -1;
	if (context < 0)
		return error_errno(error, "cannot open file system 'overlay'");
	snprintf(layers, sizeof(layers), "/proc/self/fd/%d:/proc/self/fd/%d", upper, lower);
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", "confine", 0) ||
	    fsconfig(context, FSCONFIG_SET_STRING, "lowerdir", layers, 0) ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return error_errno(error, "cannot make an overlay");
	overlay = fsmount(context, FSMOUNT_CLOEXEC, attributes);
	return overlay < 0 ? error_errno(error, "cannot mount an overlay") : overlay;
}

/* The mounts beneath a folder that no other of them lies beneath, to be moved onto the veil. */
struct carried {
	const char *name; /* from the folder */
	int mount;
};
struct carried_list {
	struct carried *items;
	size_t count;
};

static void carried_list_clear(struct carried_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		scope_close(&list->items[i].mount);
	free(list->items);
}

static bool carries(const struct carried_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name) || path_beneath(name, list->items[i].name))
			return true;
	return false;
}

static int pick_up(const struct mount_table *table, const char *target, int root,
		   struct carried_list *list, struct error *error)
{
	for (size_t i = 0; i < table->count; i++) {
		const char *name = path_beneath(table->items[i].point, target);
		struct carried *item;
		int mount;

		if (!name || carries(list, name))
			continue;
		mount = path_open_in(root, table->items[i].point, O_PATH | O_NOFOLLOW, error);
		if (mount < 0 && error->number == ENOENT)
			continue; /* covered by the host itself */
		item = mount < 0 ? NULL : array_add(&list->items, &list->count, sizeof(*item));
		if (!item) {
			scope_close(&mount);
			return mount < 0 ? -1 : error_memory(error);
		}
		*item = (struct carried){ name, mount };
	}
	return 0;
}

static int put_down(const struct carried_list *list, int veil, struct error *error)
{
	for (size_t i = 0; i < list->count; i++) {
		scope_fd int target =
			path_open_in(veil, list->items[i].name, O_PATH | O_NOFOLLOW, error);

		if (target < 0 ||
		    mount_attach(list->items[i].mount, target, list->items[i].name, error))
			return -1;
	}
	return 0;
}

static int begin(struct veils *veils, int root, struct error *error)
{
	if (veils->layers >= 0)
		return 0;
	if (mount_table_read(&veils->before, error))
		return -1;
	veils->layers = make_layers(root, error);
	return veils->layers < 0 ? -1 : 0;
}

int veil_lay(struct veils *veils, const struct plan *plan, size_t index, int root, int folder,
	     struct error *error)
{
	const char *target = plan->mounts.items[index].target;
	scope_of(carried_list) struct carried_list carried = { 0 };
	scope_fd int upper = -1, veil = -1;

	if (begin(veils, root, error))
		return -1;
	upper = make_upper(veils->layers, plan, index, folder, error);
	veil = upper < 0 ? -1 : make_overlay(upper, folder, error);
	if (veil < 0 || pick_up(&veils->before, target, root, &carried, error) ||
	    mount_attach(veil, folder, target, error))
		return -1;
	return put_down(&carried, veil, error);
}

int veils_finish(struct veils *veils, struct error *error)
{
	if (veils->layers < 0)
		return 0;
	veils_clear(veils);
	if (umount2(SCRATCH, MNT_DETACH | UMOUNT_NOFOLLOW) || rmdir(SCRATCH))
		return error_errno(error, "cannot remove '" SCRATCH "'");
	return 0;
}

int veil_refresh(const struct plan *plan, struct error *error)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct plan_mount *row = &plan->mounts.items[i];
		scope_fd int context = -1;
		struct statfs fs = { 0 };

		if (row->kind != MOUNT_VEIL)
			continue;
		if (statfs(row->target, &fs) && errno != ENOENT)
			return error_errno(error, "cannot look at '%s'", row->target);
		if (fs.f_type != OVERLAYFS_SUPER_MAGIC)
			continue;
		/*
		 * Nothing is asked for, and a read-only overlay answers EROFS; but the names in its
		 * cache have been dropped by then (fs/super.c, reconfigure_super:
		 * shrink_dcache_sb).
		 */
		context = fspick(AT_FDCWD, row->target,
				 FSPICK_CLOEXEC | FSPICK_NO_AUTOMOUNT | FSPICK_SYMLINK_NOFOLLOW);
		if (context < 0 ||
		    (fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) && errno != EROFS))
			return error_errno(error, "cannot refresh the view of '%s'", row->target);
	}
	return 0;
}
