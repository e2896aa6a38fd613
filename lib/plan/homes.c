/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Homes: where they stand an empty folder is laid over them, and in it only the
 * person's own comes back, writable. In another rootfs nothing is covered, and
 * the person's home is brought to where that tree has it.
 */
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* Empty, root's; read-only once what is let through has been mounted in it. */
static const struct plan_mount cover_mount = { .kind = MOUNT_TMPFS,
					       .attributes = MOUNTS_NO_SUID_DEV_EXEC,
					       .seal = true };

static int cover_folder(struct resolve *resolve, const char *path, struct error *error)
{
	scope_memory char *real = NULL;
	bool make, missing;

	if (mounts_find_target(resolve, path, &real, &make, &missing, error))
		return -1;
	if (missing || make)
		return 0;
	if (!strcmp(real, "/"))
		return error_set(error, ERROR_POLICY, "homes cannot be '/'");
	return mounts_add(resolve, &cover_mount, real, NULL, "mode=0755", error);
}

/* Whether the person's own home is to be there, and not a service's or root's. */
static bool has_home(const struct resolve *resolve)
{
	return !resolve->context->no_home && (!resolve->context->service || resolve->user->uid);
}

int mounts_add_homes(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	if (!resolve_host_view(resolve) || (request->home == HOME_ALL && has_home(resolve)))
		return 0;
	for (size_t i = 0; i < request->homes.count; i++) {
		scope_memory char *path = expand_path(resolve, request->homes.items[i].text, error);

		if (!path || cover_folder(resolve, path, error))
			return resolve_fault(&request->homes.items[i].origin, error);
	}
	return 0;
}

/* An empty home of the person's own. */
static int add_empty(struct resolve *resolve, const char *target, bool make, struct error *error)
{
	const struct plan_mount tmpfs = { .kind = MOUNT_TMPFS,
					  .attributes = MOUNTS_NO_SUID_DEV,
					  .make_target = make };
	scope_memory char *options =
		text_format("mode=0700,uid=%u,gid=%u", resolve->user->uid, resolve->user->gid);

	if (!options)
		return error_memory(error);
	return mounts_add(resolve, &tmpfs, target, NULL, options, error);
}

static int bind_home(struct resolve *resolve, const char *source, const char *target, bool make,
		     struct error *error)
{
	/* As the person: root may be nobody on an NFS server; and it is what mounts an
	 * automounter's. */
	const struct plan_mount bind = { .kind = MOUNT_BIND,
					 .attributes = MOUNT_ATTR_NODEV,
					 .recursive = true,
					 .as_user = resolve->user->uid != 0,
					 .make_target = make };

	return mounts_add(resolve, &bind, target, source, NULL, error);
}

/* Whether a home lies in one of the covered places (by its real path). */
static bool is_covered(const struct resolve *resolve, const char *real)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, real);

	return row && row->kind == MOUNT_TMPFS;
}

/*
 * Where the way to the home leads through a link that a cover hides, the home also
 * appears in the cover under the name that the person and all programs know.
 */
static int bind_at_link(struct resolve *resolve, const char *path, const char *real,
			struct error *error)
{
	const char *name = strrchr(path, '/');
	scope_memory char *parent = strndup(path, (size_t)(name - path));
	scope_memory char *folder = NULL, *target = NULL;
	bool make, missing;

	if (!parent)
		return error_memory(error);
	if (!*parent)
		return 0;
	if (mounts_find_target(resolve, parent, &folder, &make, &missing, error))
		return -1;
	if (missing)
		return 0;
	target = text_format("%s%s", folder, name);
	if (!target)
		return error_memory(error);
	if (!strcmp(target, real) || !mounts_own(resolve->plan, target))
		return 0;
	return bind_home(resolve, real, target, true, error);
}

/* A home in the host's view. */
static int add_host_home(struct resolve *resolve, const char *path, const struct host_file *home,
			 struct error *error)
{
	static const char *const no_places[] = { "/proc", "/sys", "/dev", "/run/confine",
						 CONFINE_CONF };
	bool covered = is_covered(resolve, home->real);

	for (size_t i = 0; i < sizeof(no_places) / sizeof(*no_places); i++)
		if (path_within(home->real, no_places[i]))
			return resolve_warn(resolve, NULL, error, "home '%s' is no place for one",
					    path);
	if (covered || home->uid == resolve->user->uid)
		return bind_home(resolve, home->real, home->real, covered, error) ||
				       bind_at_link(resolve, path, home->real, error)
			       ? -1
			       : 0;
	return resolve_warn(resolve, NULL, error,
			    "home '%s' does not belong to '%s' and is read-only", path,
			    resolve->user->name);
}

/*
 * Where a home goes in the tree that shows. In another tree that only has the
 * folder where homes stand, that one is covered and the home made in it.
 */
static int find_home_target(struct resolve *resolve, const char *path, char **ret_target,
			    bool *ret_make, bool *ret_missing, struct error *error)
{
	const struct request *request = resolve->request;

	if (mounts_find_target(resolve, path, ret_target, ret_make, ret_missing, error))
		return -1;
	for (size_t i = 0; *ret_missing && i < request->homes.count; i++) {
		scope_memory char *folder =
			expand_path(resolve, request->homes.items[i].text, error);

		if (!folder || (path_within(path, folder) && cover_folder(resolve, folder, error)))
			return resolve_fault(&request->homes.items[i].origin, error);
		if (mounts_find_target(resolve, path, ret_target, ret_make, ret_missing, error))
			return -1;
	}
	return 0;
}

/* A home that is empty (no `source`), or one of the host's in another tree. */
static int place_home(struct resolve *resolve, const char *path, const char *source,
		      struct error *error)
{
	scope_memory char *target = NULL;
	bool make, missing;

	if (find_home_target(resolve, path, &target, &make, &missing, error))
		return -1;
	if (missing)
		return resolve_warn(resolve, NULL, error, "home '%s' does not exist in rootfs '%s'",
				    path, resolve->plan->rootfs);
	if (!source)
		return add_empty(resolve, target, make, error);
	return bind_home(resolve, source, target, make, error);
}

static int add_own_home(struct resolve *resolve, const char *path, struct error *error)
{
	scope_of(host_file) struct host_file home = { 0 };
	bool found;

	if (resolve_file(resolve, "/", path, &home, &found, error))
		return -1;
	if (!found || !S_ISDIR(home.mode))
		return resolve_warn(resolve, NULL, error, "home '%s' does not exist on this host",
				    path);
	if (!strcmp(home.real, "/"))
		return 0;
	if (resolve_host_view(resolve))
		return add_host_home(resolve, path, &home, error);
	return place_home(resolve, path, home.real, error);
}

int mounts_add_home(struct resolve *resolve, struct error *error)
{
	const struct host_user *user = resolve->user;
	bool root = resolve->context->service && !user->uid;
	scope_memory char *path = NULL;
	int failed;

	if (user->home[0] != '/' || (!has_home(resolve) && !root))
		return 0;
	path = tidy_path(user->home, error);
	if (!path)
		failed = -1;
	else if (!strcmp(path, "/"))
		return 0;
	else if (root || resolve->request->home == HOME_TMPFS)
		failed = place_home(resolve, path, NULL, error);
	else
		failed = add_own_home(resolve, path, error);
	return failed ? error_prefix(error, "home of '%s'", user->name) : 0;
}
