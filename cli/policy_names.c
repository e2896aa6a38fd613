/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/policy/layers.h"

static int add_name(struct strings *names, const char *entry, struct error *error)
{
	static const char ending[] = ".ini";
	scope_memory char *name = NULL;

	if (!text_ends(entry, ending))
		return 0;
	name = strndup(entry, strlen(entry) - strlen(ending));
	if (!name)
		return error_memory(error);
	return layer_name_fault(name) ? 0 : strings_add(names, name, error);
}

int policy_names(const char *conf, const char *folder, struct strings *names, struct error *error)
{
	scope_fd int top = open(conf, O_PATH | O_DIRECTORY | O_CLOEXEC);
	scope_fd int fd = openat(top, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scope_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (top < 0)
		return error_errno(error, "cannot open '%s'", conf);
	if (!dir)
		return errno == ENOENT ? 0
				       : error_errno(error, "cannot list '%s/%s'", conf, folder);
	take_fd(&fd);
	while (errno = 0, (entry = readdir(dir)))
		if (add_name(names, entry->d_name, error))
			return -1;
	return errno ? error_errno(error, "cannot list '%s/%s'", conf, folder) : 0;
}
