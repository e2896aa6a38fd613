/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of the machine a container's limits are made of: controllers of cgroup
 * v2, CPUs, memory, disks. Asked only where a policy has a limit.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "../base/cgroup_root.h"
#include "../base/path.h"
#include "../base/scope.h"
#include "host.h"

enum { FILE_MOST_BYTES = 65536 };

void host_resources_clear(struct host_resources *resources)
{
	strings_clear(&resources->controllers);
	free(resources->cpus);
	free(resources->nodes);
	*resources = (struct host_resources){ 0 };
}

/* A small file of the kernel's without the white space around it; a missing one is `fallback`. */
static char *read_text(int folder, const char *path, const char *fallback, struct error *error)
{
	scope_fd int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	scope_memory char *bytes = NULL;
	char *text;
	size_t size;

	if (fd < 0 && errno != ENOENT) {
		error_errno(error, "cannot open '%s'", path);
		return NULL;
	}
	if (fd >= 0 && path_read_all(fd, FILE_MOST_BYTES, &bytes, &size, error)) {
		error_prefix(error, "'%s'", path);
		return NULL;
	}
	text = bytes ? text_trim(bytes) : strdup(fallback);
	if (!text)
		error_memory(error);
	return text;
}

/*
 * Controllers that the root's children have or can be given. Only the tree's real root may hold
 * processes and give controllers to children at once (cgroup-v2.rst, "No Internal Process
 * Constraint"); what a cgroup namespace shows as root has a file cgroup.type.
 */
static int find_controllers(struct host_resources *resources, int root, struct error *error)
{
	scope_memory char *list = NULL, *members = NULL;
	const char *file = "cgroup.controllers";

	members = read_text(root, "cgroup.procs", "", error);
	if (!members)
		return -1;
	if (*members && !faccessat(root, "cgroup.type", F_OK, 0))
		file = "cgroup.subtree_control";
	list = read_text(root, file, "", error);
	if (!list)
		return -1;
	return *list ? text_split(&resources->controllers, list, ' ', error) : 0;
}

/* Whether a disk's requests are weighed by BFQ: the module may be there and no disk's scheduler. */
static int find_bfq(struct host_resources *resources, struct error *error)
{
	scope_dir DIR *disks = opendir("/sys/block");

	for (struct dirent *disk = disks ? readdir(disks) : NULL; disk; disk = readdir(disks)) {
		scope_memory char *path = text_format("%s/queue/scheduler", disk->d_name);
		scope_memory char *schedulers = NULL;

		if (!path)
			return error_memory(error);
		schedulers = read_text(dirfd(disks), path, "", error);
		if (!schedulers)
			return -1;
		if (strstr(schedulers, "[bfq]"))
			resources->has_bfq = true;
	}
	return 0;
}

/* io.weight is there wherever io is, and idle until io.cost is switched on for a disk
 * (cgroup-v2.rst, "IO Interface Files"). */
static int find_weights(struct host_resources *resources, int root, struct error *error)
{
	scope_memory char *costs = read_text(root, "io.cost.qos", "", error);

	if (!costs)
		return -1;
	resources->has_io_cost = strstr(costs, "enable=1");
	return find_bfq(resources, error);
}

int host_resources_find(const struct host *host, struct host_resources *ret_resources,
			struct error *error)
{
	scope_of(host_resources) struct host_resources found = { 0 };
	scope_fd int root = cgroup_root(error);
	struct sysinfo machine;

	(void)host;
	if (root < 0 || find_controllers(&found, root, error) || find_weights(&found, root, error))
		return -1;
	if (sysinfo(&machine))
		return error_errno(error, "cannot ask for the host's memory");
	found.memory_bytes = (uint64_t)machine.totalram * machine.mem_unit;
	found.systemd = !access("/run/systemd/system", F_OK); /* sd_booted(3) */
	found.has_swap = !access("/proc/swaps", F_OK);
	found.cpus = read_text(AT_FDCWD, "/sys/devices/system/cpu/online", "0", error);
	found.nodes =
		found.cpus ? read_text(AT_FDCWD, "/sys/devices/system/node/has_memory", "0", error)
			   : NULL;
	if (!found.nodes)
		return -1;
	*ret_resources = found;
	found = (struct host_resources){ 0 };
	return 0;
}
