/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy's own volumes and tmpfs: in the order of their depth, so that one
 * may lie in another, and where they are as deep, as they are written.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

struct wanted {
	const struct volume_request *volume; /* or else */
	const struct tmpfs_request *tmpfs;
	const struct origin *origin;
	char *target;
	size_t depth, order;
};

struct wanted_list {
	struct wanted *items;
	size_t count;
};

static void wanted_list_clear(struct wanted_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].target);
	free(list->items);
}

/* What a container cannot do without, or what would be no longer its own. */
static const struct {
	const char *path;
	bool below; /* with all that lies below it */
} reserved[] = {
	{ "/", false },	   { "/dev", false }, { "/dev/pts", true },	{ "/proc", true },
	{ "/run", false }, { "/sys", false }, { "/run/confine", true },
};

/* The policy is covered in every view, and nothing takes the place of the cover: what lies there
 * would be taken for it. */
static int check_cover(const struct resolve *resolve, const char *kind, const char *target,
		       struct error *error)
{
	const char *folders[] = { CONFINE_CONF, resolve->context->conf };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (folders[i] &&
		    (path_within(target, folders[i]) || path_within(folders[i], target)))
			return error_set(error, ERROR_POLICY,
					 "%s target '%s' takes the place of the cover of '%s'",
					 kind, target, folders[i]);
	return 0;
}

static int check_reserved(const struct resolve *resolve, const char *kind, const char *target,
			  struct error *error)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (reserved[i].below ? path_within(target, reserved[i].path)
				      : !strcmp(target, reserved[i].path))
			return error_set(error, ERROR_POLICY,
					 "%s target '%s' is the container's own", kind, target);
	return check_cover(resolve, kind, target, error);
}

static int refuse_twice(const char *target, const struct origin *first, struct error *error)
{
	char line[16] = "";

	if (first->line)
		snprintf(line, sizeof(line), ":%u", first->line);
	return error_set(error, ERROR_POLICY,
			 "target '%s' is given twice, also in %s%s: an entry of the same suffix "
			 "takes the other's place",
			 target, first->file, line);
}

static int want(struct resolve *resolve, struct wanted_list *list, const struct wanted *item,
		const char *text, struct error *error)
{
	scope_memory char *target = expand_path(resolve, text, error);
	struct wanted *added;

	if (!target)
		return -1;
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].target, target))
			return refuse_twice(target, list->items[i].origin, error);
	added = array_add(&list->items, &list->count, sizeof(*added));
	if (!added)
		return error_memory(error);
	*added = *item;
	added->order = list->count;
	for (const char *at = target; *at; at++)
		added->depth += *at == '/';
	added->target = take_pointer(&target);
	return 0;
}

static int compare_wanted(const void *left, const void *right)
{
	const struct wanted *a = left, *b = right;

	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int collect(struct resolve *resolve, struct wanted_list *list, struct error *error)
{
	const struct request *request = resolve->request;

	for (size_t i = 0; i < request->volumes.count; i++) {
		const struct volume_request *volume = &request->volumes.items[i];
		struct wanted item = { .volume = volume, .origin = &volume->origin };

		if (want(resolve, list, &item, volume->target, error))
			return resolve_fault(item.origin, error);
	}
	for (size_t i = 0; i < request->tmpfs.count; i++) {
		const struct tmpfs_request *tmpfs = &request->tmpfs.items[i];
		struct wanted item = { .tmpfs = tmpfs, .origin = &tmpfs->origin };

		if (want(resolve, list, &item, tmpfs->target, error))
			return resolve_fault(item.origin, error);
	}
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_wanted);
	return 0;
}

static int find_wanted_target(struct resolve *resolve, const struct wanted *item, char **ret_real,
			      bool *ret_make, struct error *error)
{
	const char *kind = item->volume ? "volume" : "tmpfs";
	scope_memory char *real = NULL;
	bool missing;

	if (check_reserved(resolve, kind, item->target, error))
		return -1;
	if (mounts_find_target(resolve, item->target, &real, ret_make, &missing, error))
		return error_prefix(error, "%s target '%s'", kind, item->target);
	if (missing)
		return error_set(error, ERROR_HOST, "%s target '%s' does not exist %s%s%s", kind,
				 item->target,
				 resolve_host_view(resolve) ? "on this host" : "in rootfs '",
				 resolve_host_view(resolve) ? "" : resolve->plan->rootfs,
				 resolve_host_view(resolve) ? "" : "'");
	if (check_reserved(resolve, kind, real, error))
		return -1;
	*ret_real = take_pointer(&real);
	return 0;
}

/* ",NAME=NUMBER" behind the options so far, where the policy gives the number. */
static void add_number(char *options, size_t size, bool given, const char *name, int64_t number)
{
	size_t length = strlen(options);

	if (given)
		snprintf(options + length, size - length, ",%s=%" PRId64, name, number);
}

static int add_tmpfs(struct resolve *resolve, const struct tmpfs_request *tmpfs, const char *target,
		     bool make, struct error *error)
{
	struct plan_mount mount = { .kind = MOUNT_TMPFS, .make_target = make };
	char options[192];

	snprintf(options, sizeof(options), "mode=%04o", tmpfs->mode);
	add_number(options, sizeof(options), tmpfs->size_bytes, "size", (int64_t)tmpfs->size_bytes);
	if (tmpfs->size_percent)
		snprintf(options + strlen(options), sizeof(options) - strlen(options),
			 ",size=%" PRId64 "%%", tmpfs->size_percent);
	add_number(options, sizeof(options), tmpfs->size_pages, "nr_blocks",
		   (int64_t)tmpfs->size_pages);
	add_number(options, sizeof(options), tmpfs->inodes, "nr_inodes", (int64_t)tmpfs->inodes);
	add_number(options, sizeof(options), tmpfs->uid >= 0, "uid", tmpfs->uid);
	add_number(options, sizeof(options), tmpfs->gid >= 0, "gid", tmpfs->gid);
	mount.attributes |= tmpfs->exec ? 0 : MOUNT_ATTR_NOEXEC;
	mount.attributes |= tmpfs->suid ? 0 : MOUNT_ATTR_NOSUID;
	mount.attributes |= tmpfs->dev ? 0 : MOUNT_ATTR_NODEV;
	mount.attributes |= tmpfs->read_only ? MOUNT_ATTR_RDONLY : 0;
	return mounts_add(resolve, &mount, target, NULL, options, error);
}

/* What a row of the plan's own shows at `target`; *ret_found is false where that is not known. */
static int find_in_row(const struct resolve *resolve, const struct plan_mount *row,
		       const char *target, struct host_file *ret_file, bool *ret_found,
		       struct error *error)
{
	const char *rest = target + strlen(row->target);
	scope_memory char *source = NULL;

	*ret_found = false;
	if (row->kind != MOUNT_BIND) {
		*ret_found = !*rest && row->kind != MOUNT_MASK;
		ret_file->mode = S_IFDIR;
		return 0;
	}
	source = text_format("%s%s", strcmp(row->source, "/") ? row->source : "", rest);
	if (!source)
		return error_memory(error);
	return resolve_file(resolve, "/", source, ret_file, ret_found, error);
}

/* A folder goes on a folder, a file on a file (move_mount(2): ENOTDIR). */
static int check_kinds(struct resolve *resolve, const char *kind, const char *target, bool folder,
		       struct error *error)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, target);
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (row ? find_in_row(resolve, row, target, &file, &found, error)
		: resolve_file(resolve, resolve->plan->rootfs, target, &file, &found, error))
		return -1;
	if (found && S_ISDIR(file.mode) != folder)
		return error_set(error, row ? ERROR_POLICY : ERROR_HOST, "%s target '%s' is %s",
				 kind, target,
				 folder ? "no folder" : "a folder, and its source is none");
	return 0;
}

/* A volume of more than it should show: the policy and our records are covered in it again. */
static int hide_within(struct resolve *resolve, const char *source, const char *target,
		       const char *secret, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	scope_memory char *inside = NULL;
	bool found;

	if (resolve_file(resolve, "/", secret, &file, &found, error))
		return -1;
	if (!found)
		return 0;
	if (path_within(source, file.real))
		return error_set(error, ERROR_POLICY, "volume source '%s' lies in '%s'", source,
				 secret);
	if (!path_within(file.real, source))
		return 0;
	inside =
		text_format("%s%s", target, file.real + (strcmp(source, "/") ? strlen(source) : 0));
	if (!inside)
		return error_memory(error);
	return mounts_hide(resolve, inside, file.mode, error);
}

static int add_bind(struct resolve *resolve, const struct volume_request *volume,
		    const char *source, const char *target, bool make, struct error *error)
{
	const char *conf = resolve->context->conf;
	const char *secrets[] = { CONFINE_CONF, "/run/confine", conf };
	size_t count = conf && strcmp(conf, CONFINE_CONF) ? 3 : 2;
	struct plan_mount mount = { .kind = MOUNT_BIND,
				    .recursive = volume->recursive,
				    .propagate = volume->propagation == VOLUME_SLAVE ||
						 volume->propagation == VOLUME_RSLAVE,
				    .make_target = make };

	mount.attributes |= volume->read_only ? MOUNT_ATTR_RDONLY : 0;
	/* Nodes in what a person can write to are none; in the host's /dev they are root's, and the
	 * device rules hold. */
	mount.attributes |= path_within(source, "/dev") ? 0 : MOUNT_ATTR_NODEV;
	if (mounts_add(resolve, &mount, target, source, NULL, error))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (hide_within(resolve, source, target, secrets[i], error))
			return -1;
	return 0;
}

static int add_volume(struct resolve *resolve, const struct volume_request *volume,
		      const char *target, bool make, struct error *error)
{
	scope_memory char *source = expand_path(resolve, volume->source, error);
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (!source)
		return -1;
	if (resolve_file(resolve, "/", source, &file, &found, error))
		return error_prefix(error, "volume source '%s'", source);
	if (!found)
		return error_set(error, ERROR_HOST,
				 "volume source '%s' does not exist on this host", source);
	if (path_within(file.real, "/run") && run_leads_out(file.real) &&
	    resolve_warn(resolve, &volume->origin, error,
			 "volume source '%s' is a way out of the container", file.real))
		return -1;
	if (!make && check_kinds(resolve, "volume", target, S_ISDIR(file.mode), error))
		return -1;
	return add_bind(resolve, volume, file.real, target, make, error);
}

static int add_wanted(struct resolve *resolve, const struct wanted *item, struct error *error)
{
	scope_memory char *target = NULL;
	bool make;

	if (find_wanted_target(resolve, item, &target, &make, error))
		return -1;
	if (item->volume)
		return add_volume(resolve, item->volume, target, make, error);
	if (!make && check_kinds(resolve, "tmpfs", target, true, error))
		return -1;
	return add_tmpfs(resolve, item->tmpfs, target, make, error);
}

/* One folder of the home on itself: what is a mount point cannot be renamed from inside (EBUSY). */
static int pin_folder(struct resolve *resolve, const char *folder, const char *source,
		      struct error *error)
{
	const struct plan_mount pin = { .kind = MOUNT_BIND,
					.attributes = MOUNT_ATTR_NODEV,
					.recursive = true,
					.as_user = true,
					.optional = true };

	return mounts_add(resolve, &pin, folder, source, NULL, error);
}

/* The folders between the home (or one that is pinned already) and `target`. */
static int pin_above(struct resolve *resolve, const char *target, struct error *error)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, target);
	scope_memory char *source = NULL;
	size_t length;

	if (!row || !row->as_user)
		return 0;
	source = strdup(row->source);
	length = strlen(row->target);
	if (!source)
		return error_memory(error);
	for (const char *end = strchr(target + length, '/'); end; end = strchr(end + 1, '/')) {
		scope_memory char *folder = strndup(target, (size_t)(end - target));
		scope_memory char *from =
			folder ? text_format("%s%s", source, folder + length) : NULL;

		if (!from)
			return error_memory(error);
		if (folder[length] && pin_folder(resolve, folder, from, error))
			return -1;
	}
	return 0;
}

int mounts_add_pins(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	for (size_t i = 0; i < request->volumes.count; i++) {
		const struct volume_request *volume = &request->volumes.items[i];
		scope_memory char *target = expand_path(resolve, volume->target, error);

		if (!target || (volume->read_only && pin_above(resolve, target, error)))
			return resolve_fault(&volume->origin, error);
	}
	return 0;
}

int mounts_add_volumes(struct resolve *resolve, struct error *error)
{
	__attribute__((cleanup(wanted_list_clear))) struct wanted_list list = { 0 };

	if (collect(resolve, &list, error))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (add_wanted(resolve, &list.items[i], error))
			return resolve_fault(list.items[i].origin, error);
	return 0;
}
