/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What matches a pattern on this machine. Not glob(3): where memory runs out while it puts a folder
 * before names, it frees them twice (glibc 2.36, prefix_array), and it takes a folder that cannot
 * be opened for want of descriptors for an empty one, so that what is to be hidden would be seen.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "host.h"

/*
 * Whether nothing can have that name. EACCES is root's on a root-squashed NFS, where nothing can be
 * hidden either.
 */
static bool says_absent(int number)
{
	return number == ENOENT || number == ENOTDIR || number == EACCES || number == ELOOP ||
	       number == ENAMETOOLONG;
}

static int fail_at(const char *path, struct error *error)
{
	char quoted[256];

	if (says_absent(errno))
		return 0;
	return error_errno(error, "cannot look for '%s'", text_quote(path, quoted, sizeof(quoted)));
}

static int match_below(const char *folder, const char *rest, struct strings *paths,
		       struct error *error);

/* The names in a folder that match the pattern's next component. */
static int match_names(const char *folder, const char *component, const char *rest,
		       struct strings *paths, struct error *error)
{
	scope_dir DIR *entries = opendir(*folder ? folder : "/");
	struct dirent *entry;

	if (!entries)
		return fail_at(folder, error);
	while ((errno = 0, entry = readdir(entries))) {
		int differs = fnmatch(component, entry->d_name, FNM_PERIOD);
		scope_memory char *path = NULL;

		if (differs == FNM_NOMATCH)
			continue;
		path = differs ? NULL : text_format("%s/%s", folder, entry->d_name);
		if (!path)
			return error_memory(error);
		if (match_below(path, rest, paths, error))
			return -1;
	}
	return errno ? fail_at(folder, error) : 0;
}

/* `folder` is a path that matched so far, without a slash at its end; `rest` begins with one. */
static int match_below(const char *folder, const char *rest, struct strings *paths,
		       struct error *error)
{
	const char *name = rest + strspn(rest, "/");
	size_t length = strcspn(name, "/");
	scope_memory char *component = strndup(name, length);
	scope_memory char *path = NULL;
	struct stat st;

	if (!component)
		return error_memory(error);
	if (!length) {
		folder = *folder ? folder : "/";
		return lstat(folder, &st) ? fail_at(folder, error)
					  : strings_add(paths, folder, error);
	}
	if (strpbrk(component, "*?[\\"))
		return match_names(folder, component, name + length, paths, error);
	path = text_format("%s/%s", folder, component);
	return path ? match_below(path, name + length, paths, error) : error_memory(error);
}

static int compare(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

int host_glob(const struct host *host, const char *pattern, struct strings *ret_paths,
	      struct error *error)
{
	scope_of(strings) struct strings paths = { 0 };

	(void)host;
	if (match_below("", pattern, &paths, error))
		return -1;
	if (paths.count)
		qsort(paths.items, paths.count, sizeof(*paths.items), compare);
	*ret_paths = paths;
	paths = (struct strings){ 0 };
	return 0;
}
