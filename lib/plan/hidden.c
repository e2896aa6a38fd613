/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is covered: the paths of `hide`, and in the host's view always the policy
 * folder. (/run/confine is not there: /run is the container's own.)
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* Whether the tree of `path` shows: in the host's own or in a bind, not in a mount of our own. */
static bool shows(const struct resolve *resolve, const char *path)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, path);

	return !row || row->kind == MOUNT_BIND;
}

/* A folder is covered by an empty one in which a later row can still be mounted. */
int mounts_hide(struct resolve *resolve, const char *target, mode_t mode, struct error *error)
{
	const struct plan_mount folder = { .kind = MOUNT_TMPFS,
					   .attributes = MOUNTS_NO_SUID_DEV_EXEC,
					   .optional = true,
					   .seal = true };
	const struct plan_mount file = { .kind = MOUNT_MASK, .optional = true };

	if (S_ISDIR(mode))
		return mounts_add(resolve, &folder, target, NULL, "mode=0755", error);
	return mounts_add(resolve, &file, target, NULL, NULL, error);
}

static bool below_home(const struct resolve *resolve, const char *path)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, path);

	return row && row->as_user;
}

/* The person's own home, that very folder theirs: what is in there no one hides from them. */
static bool is_own_home(const struct resolve *resolve, const struct concealed *item)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, item->path);

	return row && row->as_user && !strcmp(row->target, item->path) &&
	       item->uid == resolve->user->uid;
}

void concealed_list_clear(struct concealed_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	free(list->folder);
	free(list->folder_real);
	*list = (struct concealed_list){ 0 };
}

static bool is_built_in(const struct origin *origin)
{
	return !origin || !strcmp(origin->file, "built-in");
}

/* Takes `path` over. */
static int conceal(struct concealed_list *list, char *path, const struct host_file *file,
		   const struct origin *origin, struct error *error)
{
	struct concealed *item = array_add(&list->items, &list->count, sizeof(*item));

	if (!item) {
		free(path);
		return error_memory(error);
	}
	*item = (struct concealed){ .path = path,
				    .mode = file->mode,
				    .uid = file->uid,
				    .gid = file->gid,
				    .built_in = is_built_in(origin) };
	return 0;
}

/* Not covered, for another tree's link can lead anywhere. What the policy itself asks for so is a
 * finding: it is not carried out. */
static int tell_shown(struct resolve *resolve, const char *path, const struct origin *origin,
		      struct error *error)
{
	struct findings *warnings = &resolve->plan->warnings;
	char quoted[256];

	if (resolve_warn(resolve, origin, error, "'%s' is not hidden: it is behind a symlink",
			 text_quote(path, quoted, sizeof(quoted))))
		return -1;
	warnings->items[warnings->count - 1].kind = ERROR_POLICY;
	return 0;
}

static bool is_pattern(const char *path)
{
	return strpbrk(path, "*?[\\");
}

/*
 * `by_pattern`: it was found so. A link that is not root's is not followed; where a pattern finds
 * one, anybody who may write to that folder can have made it, and that is to refuse nobody's login.
 */
static int conceal_path(struct resolve *resolve, struct concealed_list *list, const char *path,
			bool by_pattern, const struct origin *origin, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (resolve_file(resolve, resolve->plan->rootfs, path, &file, &found, error)) {
		if (error->number == ELOOP && (by_pattern || !resolve_host_view(resolve)))
			return tell_shown(resolve, path, origin, error);
		return -1;
	}
	if (!found)
		return 0;
	if (!strcmp(file.real, "/"))
		return error_set(error, ERROR_POLICY, "'/' cannot be hidden");
	return conceal(list, take_pointer(&file.real), &file, origin, error);
}

/* Looks up the folder, which becomes the list's. */
static int find_folder(struct resolve *resolve, struct concealed_list *list, char *folder,
		       struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	scope_free(&list->folder);
	scope_free(&list->folder_real);
	list->folder = folder;
	list->folder_real = NULL;
	if (resolve_file(resolve, resolve->plan->rootfs, folder, &file, &found, error))
		return error->number == ELOOP ? 0 : -1;
	if (found && S_ISDIR(file.mode) && strcmp(file.real, "/"))
		list->folder_real = take_pointer(&file.real);
	return 0;
}

/* A plain name that nothing has yet, in a folder that is there. */
static int conceal_name(struct resolve *resolve, struct concealed_list *list, const char *path,
			const struct origin *origin, struct error *error)
{
	static const struct host_file nothing = { 0 };
	const char *name = strrchr(path, '/');
	scope_memory char *folder = strndup(path, (size_t)(name - path));
	char *real;

	if (!folder)
		return error_memory(error);
	if (!*folder || is_pattern(path))
		return 0;
	if ((!list->folder || strcmp(list->folder, folder)) &&
	    find_folder(resolve, list, take_pointer(&folder), error))
		return -1;
	if (!list->folder_real)
		return 0;
	real = text_format("%s%s", list->folder_real, name);
	return real ? conceal(list, real, &nothing, origin, error) : error_memory(error);
}

static int conceal_matches(struct resolve *resolve, struct concealed_list *list,
			   const struct path_request *hide, struct error *error)
{
	const char *root = resolve_host_view(resolve) ? "" : resolve->plan->rootfs;
	scope_memory char *path = expand_path(resolve, hide->text, error);
	scope_memory char *pattern = path ? text_format("%s%s", root, path) : NULL;
	scope_of(strings) struct strings paths = { 0 };

	if (!path)
		return -1;
	if (!pattern)
		return error_memory(error);
	if (resolve->host->glob(resolve->host, pattern, &paths, error))
		return -1;
	for (size_t i = 0; i < paths.count; i++)
		if (conceal_path(resolve, list, paths.items[i] + strlen(root), is_pattern(path),
				 &hide->origin, error))
			return -1;
	return paths.count ? 0 : conceal_name(resolve, list, path, &hide->origin, error);
}

static int conceal_policy(struct resolve *resolve, struct concealed_list *list, struct error *error)
{
	const char *conf = resolve->context->conf;

	if (!resolve_host_view(resolve))
		return 0;
	if (conceal_path(resolve, list, CONFINE_CONF, false, NULL, error))
		return -1;
	return conf ? conceal_path(resolve, list, conf, false, NULL, error) : 0;
}

int mounts_find_hidden(struct resolve *resolve, struct concealed_list *list, struct error *error)
{
	const struct request *request = resolve->request;

	if (conceal_policy(resolve, list, error))
		return -1;
	for (size_t i = 0; i < request->hide.count; i++) {
		const struct path_request *hide = &request->hide.items[i];

		/* The built-in ones are the host's secrets; another tree's accounts are its own. */
		if (is_built_in(&hide->origin) && !resolve_host_view(resolve))
			continue;
		if (conceal_matches(resolve, list, hide, error))
			return resolve_fault(&hide->origin, error);
	}
	return 0;
}

/* Covers it in each home that shows it: one behind a link appears twice (homes.c). */
static int hide_in_home(struct resolve *resolve, const struct concealed *item, struct error *error)
{
	const struct plan *plan = resolve->plan;
	size_t count = plan->mounts.count;

	if (mounts_hide(resolve, item->path, item->mode, error))
		return -1;
	for (size_t i = 0; resolve_host_view(resolve) && i < count; i++) {
		const struct plan_mount *row = &plan->mounts.items[i];
		scope_memory char *target = NULL;

		if (!row->as_user || !strcmp(row->target, row->source) ||
		    !path_within(item->path, row->source))
			continue;
		target = text_format("%s%s", row->target, item->path + strlen(row->source));
		if (!target)
			return error_memory(error);
		if (mounts_hide(resolve, target, item->mode, error))
			return -1;
	}
	return 0;
}

int mounts_add_hidden(struct resolve *resolve, const struct concealed_list *list, bool in_home,
		      struct error *error)
{
	if (!in_home && mounts_add_veils(resolve, list, error))
		return -1;
	for (size_t i = 0; i < list->count; i++) {
		const struct concealed *item = &list->items[i];

		if (!item->mode || !shows(resolve, item->path) ||
		    below_home(resolve, item->path) != in_home || is_own_home(resolve, item))
			continue;
		if (in_home ? hide_in_home(resolve, item, error)
			    : mounts_hide(resolve, item->path, item->mode, error))
			return -1;
	}
	return 0;
}
