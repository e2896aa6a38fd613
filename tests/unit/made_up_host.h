/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host of a table, for tests of the plan: its files, links and devices are
 * rows, so that every refusal can be had without root and on any machine.
 */
#ifndef CONFINE_TESTS_MADE_UP_HOST_H
#define CONFINE_TESTS_MADE_UP_HOST_H

#include <errno.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/base/scope.h"
#include "../../lib/plan/host.h"

struct made_file {
	const char *path;
	mode_t mode;
	uid_t uid;
	const char *link; /* a symlink's text, absolute */
	uint32_t major, minor;
	const char *text; /* what read() gives */
};

#define FOLDER (S_IFDIR | 0755)
#define REGULAR (S_IFREG | 0644)
#define SOCKET (S_IFSOCK | 0666)

static const struct made_file made_files[] = {
	{ .path = "/", .mode = FOLDER },
	{ .path = "/dev", .mode = FOLDER },
	{ .path = "/dev/pts", .mode = FOLDER },
	{ .path = "/dev/log", .link = "/run/systemd/journal/dev-log" },
	{ .path = "/dev/null", .mode = S_IFCHR | 0666, .major = 1, .minor = 3 },
	{ .path = "/dev/loop0", .mode = S_IFBLK | 0660, .major = 7, .minor = 0 },
	{ .path = "/dev/loop0p1", .mode = S_IFBLK | 0660, .major = 259, .minor = 1 },
	{ .path = "/sys/dev/block/259:1/partition", .mode = REGULAR },
	{ .path = "/dev/disk", .link = "/dev/loop0" },
	{ .path = "/dev/snd", .mode = FOLDER },
	{ .path = "/dev/snd/by-path", .mode = FOLDER },
	{ .path = "/dev/snd/by-path/card", .mode = S_IFCHR | 0660, .major = 116, .minor = 9 },
	{ .path = "/dev/snd/timer", .mode = S_IFCHR | 0660, .major = 116, .minor = 33 },
	{ .path = "/dev/empty", .mode = FOLDER },
	{ .path = "/proc", .mode = FOLDER },
	{ .path = "/sys", .mode = FOLDER },
	{ .path = "/sys/devices/system/cpu/cpu0/thermal_throttle", .mode = FOLDER },
	{ .path = "/tmp", .mode = S_IFDIR | 01777 },
	{ .path = "/tmp/evil", .link = "/etc", .uid = 1001 },
	{ .path = "/var", .mode = FOLDER },
	{ .path = "/var/tmp", .mode = S_IFDIR | 01777 },
	{ .path = "/var/run", .link = "/run" },
	{ .path = "/run", .mode = FOLDER },
	{ .path = "/run/confine", .mode = S_IFDIR | 0700 },
	{ .path = "/run/dbus", .mode = FOLDER },
	{ .path = "/run/dbus/system_bus_socket", .mode = SOCKET },
	{ .path = "/run/nscd", .mode = FOLDER },
	{ .path = "/run/printer", .mode = SOCKET },
	{ .path = "/run/away", .link = "/etc" },
	{ .path = "/run/systemd/journal/dev-log", .mode = SOCKET },
	{ .path = "/srv/notes", .mode = REGULAR },
	{ .path = "/run/systemd/resolve/stub-resolv.conf", .mode = REGULAR },
	{ .path = "/etc", .mode = FOLDER },
	{ .path = "/etc/resolv.conf", .link = "/run/systemd/resolve/stub-resolv.conf" },
	{ .path = "/etc/shadow", .mode = S_IFREG | 0640 },
	{ .path = "/etc/ssl/private", .mode = S_IFDIR | 0710 },
	{ .path = "/etc/confine.d", .mode = FOLDER },
	{ .path = "/etc/confine.d/seccomp", .mode = FOLDER },
	{ .path = "/etc/confine.d/env",
	  .mode = REGULAR,
	  .text = "# pager\n\n  PAGER=less -R\nEDITOR=vi\r\n" },
	{ .path = "/etc/confine.d/bare", .mode = REGULAR, .text = "A=1\nB\n" },
	{ .path = "/etc/confine.d/inside",
	  .mode = REGULAR,
	  .text = "containers=1\ncontainer=lxc\n" },
	{ .path = "/etc/confine.d/spaced", .mode = REGULAR, .text = "A B=1\n" },
	{ .path = "/etc/confine.d/nameless", .mode = REGULAR, .text = "=1\n" },
	{ .path = "/etc/confine.d/seccomp/open.json",
	  .mode = REGULAR,
	  .text = "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}" },
	{ .path = "/etc/confine.d/seccomp/broken.json", .mode = REGULAR, .text = "{" },
	{ .path = "/etc/confine.d/seccomp/dead.json",
	  .mode = REGULAR,
	  .text = "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}" },
	{ .path = "/root", .mode = S_IFDIR | 0700 },
	{ .path = "/home", .mode = FOLDER },
	{ .path = "/home/alice", .mode = S_IFDIR | 0700, .uid = 1000 },
	{ .path = "/home/alice/.ssh", .mode = S_IFDIR | 0700, .uid = 1000 },
	{ .path = "/home/alice/link", .link = "/etc", .uid = 1000 },
	{ .path = "/home/bob", .mode = S_IFDIR | 0700, .uid = 1001 },
	{ .path = "/home/bob/root", .mode = FOLDER },
	{ .path = "/home/linked", .link = "/opt/alice" },
	{ .path = "/home/nick", .link = "/home/alice" },
	{ .path = "/opt", .mode = FOLDER },
	{ .path = "/opt/alice", .mode = S_IFDIR | 0700, .uid = 1000 },
	{ .path = "/srv", .mode = FOLDER },
	{ .path = "/srv/data", .mode = FOLDER },
	{ .path = "/srv/data/deep", .mode = FOLDER },
	{ .path = "/srv/link", .link = "/srv/data" },
	{ .path = "/srv/way", .link = "/etc" },
	/* another tree, and trees with one fault each */
	{ .path = "/srv/tree", .mode = FOLDER },
	{ .path = "/srv/tree/dev", .mode = FOLDER },
	{ .path = "/srv/tree/proc", .mode = FOLDER },
	{ .path = "/srv/tree/sys", .mode = FOLDER },
	{ .path = "/srv/tree/run", .mode = FOLDER },
	{ .path = "/srv/tree/tmp", .mode = S_IFDIR | 01777 },
	{ .path = "/srv/tree/home", .mode = FOLDER },
	{ .path = "/srv/tree/etc", .mode = FOLDER },
	{ .path = "/srv/tree/etc/resolv.conf", .mode = REGULAR },
	{ .path = "/srv/tree/etc/shadow", .mode = REGULAR },
	{ .path = "/srv/tree/etc/hosts", .link = "/etc/shadow" },
	{ .path = "/srv/linked", .mode = FOLDER },
	{ .path = "/srv/linked/dev", .link = "/etc" },
	{ .path = "/srv/bare", .mode = FOLDER },
	{ .path = "/srv/shared", .mode = S_IFDIR | 0775 },
	{ .path = "/srv/alien", .mode = FOLDER },
	{ .path = "/srv/alien/dev", .mode = FOLDER, .uid = 1000 },
};

static const struct made_file *made_find(const char *path)
{
	for (size_t i = 0; i < sizeof(made_files) / sizeof(*made_files); i++)
		if (!strcmp(made_files[i].path, path))
			return &made_files[i];
	return NULL;
}

/* Replaces the first link on the way of `path`; 1 when one was, 0 when there is none, -1 with
 * errno. */
static int made_follow(char **path, const char *root)
{
	for (size_t length = 1; length <= strlen(*path); length++) {
		scope_memory char *part = strndup(*path, length);
		const struct made_file *file = NULL;
		char *longer;

		if ((*path)[length] == '/' || !(*path)[length])
			file = made_find(part);
		if (!file || !file->link)
			continue;
		if (strcmp(root, "/") || file->uid) {
			errno = ELOOP;
			return -1;
		}
		longer = text_format("%s%s", file->link, *path + length);
		free(*path);
		*path = longer;
		return 1;
	}
	return 0;
}

static int made_fail(struct error *error, int number, const char *path)
{
	errno = number;
	return error_errno(error, "cannot open '%s'", path);
}

static int made_file(const struct host *host, const char *root, const char *path,
		     struct host_file *ret_file, struct error *error)
{
	bool own = !strcmp(root, "/");
	scope_memory char *whole = text_format("%s%s", own ? "" : root, path);
	const struct made_file *file;
	int followed;

	(void)host;
	while ((followed = made_follow(&whole, root)) > 0)
		;
	if (followed < 0)
		return made_fail(error, errno, path);
	file = made_find(whole);
	if (!file)
		return made_fail(error, ENOENT, path);
	*ret_file = (struct host_file){ .mode = file->mode,
					.uid = file->uid,
					.real = own ? take_pointer(&whole) : strdup(path) };
	return 0;
}

static int made_add(struct host_nodes *nodes, const struct made_file *file, const char *path)
{
	struct host_node *node = array_add(&nodes->items, &nodes->count, sizeof(*node));

	*node = (struct host_node){ .path = strdup(path),
				    .type = S_ISCHR(file->mode) ? 'c' : 'b',
				    .major = file->major,
				    .minor = file->minor,
				    .mode = file->mode & 07777,
				    .gid = 29 };
	return 0;
}

static int made_devices(const struct host *host, const char *path, struct host_nodes *ret_nodes,
			struct error *error)
{
	scope_of(host_file) struct host_file found = { 0 };
	struct host_nodes nodes = { 0 };

	if (made_file(host, "/", path, &found, error))
		return error->number == ENOENT
			       ? error_set(error, ERROR_HOST, "device '%s' does not exist", path)
			       : -1;
	nodes.folder = S_ISDIR(found.mode);
	for (size_t i = 0; i < sizeof(made_files) / sizeof(*made_files); i++) {
		const struct made_file *file = &made_files[i];
		size_t length = strlen(found.real);

		if (!S_ISCHR(file->mode) && !S_ISBLK(file->mode))
			continue;
		if (!strcmp(file->path, found.real))
			made_add(&nodes, file, path);
		else if (!strncmp(file->path, found.real, length) && file->path[length] == '/')
			made_add(&nodes, file, file->path);
	}
	if (!nodes.count)
		return error_set(error, ERROR_HOST, "'%s' is not a device node", path);
	*ret_nodes = nodes;
	return 0;
}

static int made_glob(const struct host *host, const char *pattern, struct strings *ret_paths,
		     struct error *error)
{
	(void)host;
	for (size_t i = 0; i < sizeof(made_files) / sizeof(*made_files); i++)
		if (!fnmatch(pattern, made_files[i].path, FNM_PATHNAME) &&
		    strings_add(ret_paths, made_files[i].path, error))
			return -1;
	return 0;
}

static int made_read(const struct host *host, const char *path, bool trusted, size_t most,
		     char **ret_bytes, size_t *ret_size, struct error *error)
{
	const struct made_file *file = made_find(path);

	(void)host;
	/* What a flag names is the caller's own: a name that needs no slash. */
	if (!file && !trusted && !strcmp(path, "mine"))
		file = made_find("/etc/confine.d/env");
	if (!file || !file->text)
		return made_fail(error, ENOENT, path);
	if (strlen(file->text) > most)
		return error_set(error, ERROR_POLICY, "longer than %zu bytes", most);
	*ret_bytes = strdup(file->text);
	*ret_size = strlen(file->text);
	return 0;
}

static int made_sysctl(const struct host *host, const char *name, char **ret_text,
		       struct error *error)
{
	static const struct {
		const char *name, *text;
	} rows[] = { { "kernel.msgmax", "8192\n" },
		     { "kernel.sem", "32000\t1024000000\t500\t32000\n" },
		     { "net.ipv4.ip_unprivileged_port_start", "1024\n" },
		     { "net.ipv4.conf.lo.forwarding", "0\n" },
		     { "net.ipv4.tcp_congestion_control", "cubic\n" },
		     { "net.ipv4.route.flush", "" } };

	(void)host;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].name, name)) {
			*ret_text = strdup(rows[i].text);
			return 0;
		}
	return error_set(error, ERROR_HOST, "sysctl '%s' does not exist on this host", name);
}

static int made_group(const struct host *host, const char *name, gid_t *ret_gid,
		      struct error *error)
{
	static const struct {
		const char *name;
		gid_t gid;
	} groups[] = { { "audio", 29 }, { "alice", 1000 }, { "4242", 4242 } };

	(void)host;
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (!strcmp(groups[i].name, name)) {
			*ret_gid = groups[i].gid;
			return 0;
		}
	return error_set(error, ERROR_HOST, "no group named '%s'", name);
}

/* All controllers but rdma and misc, four CPUs, 8 GiB, no weights for disks. A test may look at
 * less, by the host's context. */
static int made_resources(const struct host *host, struct host_resources *ret_resources,
			  struct error *error)
{
	const struct host_resources *other = host->context;
	static const char *const names[] = { "cpuset", "cpu", "io", "memory", "pids" };

	*ret_resources = (struct host_resources){ .has_swap = true,
						  .cpus = strdup("0-2,5"),
						  .nodes = strdup("0"),
						  .memory_bytes = UINT64_C(8) << 30 };
	if (other) {
		ret_resources->has_swap = other->has_swap;
		ret_resources->systemd = other->systemd;
		ret_resources->has_bfq = other->has_bfq;
		ret_resources->has_io_cost = other->has_io_cost;
		for (size_t i = 0; i < other->controllers.count; i++)
			if (strings_add(&ret_resources->controllers, other->controllers.items[i],
					error))
				return -1;
		return 0;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strings_add(&ret_resources->controllers, names[i], error))
			return -1;
	return 0;
}

static int made_profile(const struct host *host, const char *name, enum host_profile *ret_profile,
			struct error *error)
{
	(void)host;
	(void)name;
	(void)error;
	*ret_profile = HOST_PROFILE_NO_APPARMOR;
	return 0;
}

/* A Linux 6.1 of all capabilities but SYS_RESOURCE, as developers' machines here are. */
static inline void made_up_host(struct host *host)
{
	*host = (struct host){ .kernel_major = 6,
			       .kernel_minor = 1,
			       .last_cap = 40,
			       .bounding = ((UINT64_C(1) << 41) - 1) &
					   ~(UINT64_C(1) << CAP_SYS_RESOURCE),
			       .name = "tower",
			       .arch = "amd64",
			       .has_seccomp = true,
			       .most_files = 1048576,
			       .devices = made_devices,
			       .file = made_file,
			       .glob = made_glob,
			       .read = made_read,
			       .sysctl = made_sysctl,
			       .resources = made_resources,
			       .profile = made_profile,
			       .group = made_group };
	for (size_t i = 0; i < RLIM_NLIMITS; i++)
		host->hard_limits[i] = 4096;
}

/* alice, uid 1000, at home in /home/alice. */
static inline void made_up_user(struct host_user *user)
{
	struct error error = ERROR_INIT;

	*user = (struct host_user){ .name = strdup("alice"),
				    .uid = 1000,
				    .gid = 1000,
				    .group = strdup("alice"),
				    .home = strdup("/home/alice"),
				    .shell = strdup("/bin/bash"),
				    .gids = calloc(2, sizeof(gid_t)) };
	user->gids[0] = 1000;
	user->gids[1] = 100;
	strings_add(&user->groups, "alice", &error);
	strings_add(&user->groups, "users", &error);
}

#endif
