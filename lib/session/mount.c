/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "../base/scope.h"
#include "../base/text.h"

static int set_option(int context, char *option, struct error *error)
{
	char *value = strchr(option, '=');
	int failed;

	if (value)
		*value++ = '\0';
	failed = value ? fsconfig(context, FSCONFIG_SET_STRING, option, value, 0)
		       : fsconfig(context, FSCONFIG_SET_FLAG, option, NULL, 0);
	if (failed)
		return error_errno(error, "mount option '%s%s%s'", option, value ? "=" : "",
				   value ? value : "");
	return 0;
}

static int set_options(int context, const char *options, struct error *error)
{
	scope_memory char *copy = strdup(options);
	char *rest, *option;

	if (!copy)
		return error_memory(error);
	for (option = strtok_r(copy, ",", &rest); option; option = strtok_r(NULL, ",", &rest))
		if (set_option(context, option, error))
			return -1;
	return 0;
}

int mount_new(const char *type, const char *options, uint64_t attributes, struct error *error)
{
	scope_fd int context = fsopen(type, FSOPEN_CLOEXEC);
	int mount;

	if (context < 0)
		return error_errno(error, "cannot open file system '%s'", type);
	/* What /proc/mounts and df show in front of it; "none" otherwise. */
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0))
		return error_errno(error, "cannot name a %s", type);
	if (options && set_options(context, options, error))
		return error_prefix(error, "%s", type);
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return error_errno(error, "cannot make a %s", type);
	mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes);
	return mount < 0 ? error_errno(error, "cannot mount a %s", type) : mount;
}

int mount_restrict(int mount, const char *name, bool recursive, uint64_t attributes,
		   uint64_t propagation, struct error *error)
{
	struct mount_attr change = { .attr_set = attributes, .propagation = propagation };
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

	if (mount_setattr(mount, "", flags, &change, sizeof(change)))
		return error_errno(error, "mount_setattr '%s'", name);
	return 0;
}

int mount_clone(int source, const char *name, bool recursive, uint64_t attributes,
		uint64_t propagation, struct error *error)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
			 (recursive ? AT_RECURSIVE : 0);
	scope_fd int mount = open_tree(source, "", flags);

	if (mount < 0)
		return error_errno(error, "open_tree '%s'", name);
	if ((attributes || propagation) &&
	    mount_restrict(mount, name, recursive, attributes, propagation, error))
		return -1;
	return take_fd(&mount);
}

int mount_attach(int mount, int target, const char *name, struct error *error)
{
	if (move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH))
		return error_errno(error, "move_mount onto '%s'", name);
	return 0;
}
