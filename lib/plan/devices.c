/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The nodes and links of the container's /dev, and the rules that its device
 * program is made of (semantics.md, "Devices"). The numbers that were found on
 * the host are the ones that are made and allowed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* Docker's default nodes; tty's group has number 5 as everywhere on Linux. */
static const struct {
	const char *path;
	uint32_t major, minor;
	mode_t mode;
	gid_t gid;
} default_nodes[] = {
	{ "/dev/null", 1, 3, 0666, 0 },	   { "/dev/zero", 1, 5, 0666, 0 },
	{ "/dev/full", 1, 7, 0666, 0 },	   { "/dev/random", 1, 8, 0666, 0 },
	{ "/dev/urandom", 1, 9, 0666, 0 }, { "/dev/tty", 5, 0, 0666, 5 },
};

static const struct {
	const char *path, *text;
} default_links[] = {
	{ "/dev/fd", "/proc/self/fd" },
	{ "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" },
};

/* Docker's default rules: any node may be made, these may be opened. */
static const struct device_rule default_rules[] = {
	{ 'c', -1, -1, ACCESS_MKNOD }, { 'b', -1, -1, ACCESS_MKNOD }, { 'c', 1, 3, ACCESS_ALL },
	{ 'c', 1, 5, ACCESS_ALL },     { 'c', 1, 7, ACCESS_ALL },     { 'c', 1, 8, ACCESS_ALL },
	{ 'c', 1, 9, ACCESS_ALL },     { 'c', 5, 0, ACCESS_ALL },     { 'c', 5, 1, ACCESS_ALL },
	{ 'c', 5, 2, ACCESS_ALL },     { 'c', 136, -1, ACCESS_ALL },
};

/* Appends, or takes the place of a node of the same path. */
static int add_node(struct plan *plan, const struct plan_node *node, const char *path,
		    const char *link, struct error *error)
{
	struct plan_node *row = NULL;

	for (size_t i = 0; i < plan->nodes.count; i++)
		if (!strcmp(plan->nodes.items[i].path, path))
			row = &plan->nodes.items[i];
	if (row) {
		free(row->path);
		free(row->link);
	} else {
		row = array_add(&plan->nodes.items, &plan->nodes.count, sizeof(*row));
	}
	if (!row)
		return error_memory(error);
	*row = *node;
	row->path = strdup(path);
	row->link = link ? strdup(link) : NULL;
	return row->path && (!link || row->link) ? 0 : error_memory(error);
}

static int add_link(struct plan *plan, const char *path, const char *text, struct error *error)
{
	return add_node(plan, &(struct plan_node){ 0 }, path, text, error);
}

static int add_char(struct plan *plan, const char *path, uint32_t major, uint32_t minor,
		    mode_t mode, gid_t gid, struct error *error)
{
	const struct plan_node node = {
		.type = 'c', .major = major, .minor = minor, .mode = mode, .gid = gid
	};

	return add_node(plan, &node, path, NULL, error);
}

/* Two rules for the same numbers are one that allows both, as in runc (libcontainer/devices). */
static int add_rule(struct plan *plan, const struct device_rule *rule, struct error *error)
{
	struct device_rule *row;

	for (size_t i = 0; i < plan->device_rules.count; i++) {
		row = &plan->device_rules.items[i];
		if (row->type == rule->type && row->major == rule->major &&
		    row->minor == rule->minor) {
			row->access |= rule->access;
			return 0;
		}
	}
	row = array_add(&plan->device_rules.items, &plan->device_rules.count, sizeof(*row));
	if (!row)
		return error_memory(error);
	*row = *rule;
	return 0;
}

/* Whether a row of the plan is mounted at exactly this path. */
static bool has_mount(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->mounts.count; i++)
		if (plan->mounts.items[i].kind != MOUNT_MASK &&
		    !strcmp(plan->mounts.items[i].target, path))
			return true;
	return false;
}

/* The host's devpts has a ptmx of mode 000: there the node stands in for it. */
static int add_ptmx(struct resolve *resolve, struct error *error)
{
	for (size_t i = 0; i < resolve->plan->mounts.count; i++)
		if (resolve->plan->mounts.items[i].kind == MOUNT_DEVPTS)
			return add_link(resolve->plan, "/dev/ptmx", "pts/ptmx", error);
	return add_char(resolve->plan, "/dev/ptmx", 5, 2, 0666, 5, error);
}

static int add_default_nodes(struct resolve *resolve, struct error *error)
{
	static const char journal[] = "/run/systemd/journal/dev-log";
	struct plan *plan = resolve->plan;

	for (size_t i = 0; i < sizeof(default_nodes) / sizeof(*default_nodes); i++)
		if (add_char(plan, default_nodes[i].path, default_nodes[i].major,
			     default_nodes[i].minor, default_nodes[i].mode, default_nodes[i].gid,
			     error))
			return -1;
	if (resolve->host->has_console && add_char(plan, "/dev/console", 5, 1, 0600, 5, error))
		return -1;
	for (size_t i = 0; i < sizeof(default_links) / sizeof(*default_links); i++)
		if (add_link(plan, default_links[i].path, default_links[i].text, error))
			return -1;
	if (has_mount(plan, journal) && !has_mount(plan, "/dev/log") &&
	    add_link(plan, "/dev/log", journal, error))
		return -1;
	return add_ptmx(resolve, error);
}

/* Whether the container cannot do without a node: it is no device of the policy's. */
static bool is_default(const struct plan_node *node)
{
	if (node->link || !strcmp(node->path, "/dev/console") || !strcmp(node->path, "/dev/ptmx"))
		return true;
	for (size_t i = 0; i < sizeof(default_nodes) / sizeof(*default_nodes); i++)
		if (!strcmp(node->path, default_nodes[i].path))
			return true;
	return false;
}

/* A device takes the place of another of the policy's, or is the very one that is there. */
static int check_taken(const struct plan *plan, const struct host_node *found, const char *path,
		       struct error *error)
{
	for (size_t i = 0; i < plan->nodes.count; i++) {
		const struct plan_node *node = &plan->nodes.items[i];
		bool same = node->type == found->type && node->major == found->major &&
			    node->minor == found->minor;

		if (strcmp(path, node->path)
			    ? path_within(path, node->path) || path_within(node->path, path)
			    : is_default(node) && !same)
			return error_set(error, ERROR_POLICY,
					 "device path '%s' inside is taken by '%s'", path,
					 node->path);
	}
	return 0;
}

/* A node is made only in a tmpfs of the plan's own where devices can be opened. */
static int check_inside(const struct resolve *resolve, const char *path, struct error *error)
{
	const struct plan_mount *row = mounts_cover(resolve->plan, path);

	if (mounts_own(resolve->plan, path) && !(row->attributes & MOUNT_ATTR_NODEV))
		return 0;
	return error_set(
		error, ERROR_POLICY,
		"device path '%s' inside lies neither in the container's own /dev nor in a tmpfs "
		"with the option dev",
		path);
}

static int add_host_node(struct resolve *resolve, const struct host_node *found, const char *path,
			 unsigned char access, struct error *error)
{
	const struct plan_node node = { .type = found->type,
					.major = found->major,
					.minor = found->minor,
					.mode = found->mode,
					.uid = found->uid,
					.gid = found->gid };
	const struct device_rule rule = { found->type, found->major, found->minor, access };

	if (check_inside(resolve, path, error) || check_taken(resolve->plan, found, path, error) ||
	    add_node(resolve->plan, &node, path, NULL, error))
		return -1;
	return resolve->request->privileged ? 0 : add_rule(resolve->plan, &rule, error);
}

/* All that `asked` is or holds, below `inside`. */
static int add_host_nodes(struct resolve *resolve, const char *asked, const char *inside,
			  unsigned char access, struct error *error)
{
	scope_of(host_nodes) struct host_nodes found = { 0 };

	if (resolve->host->devices(resolve->host, asked, &found, error))
		return -1;
	for (size_t i = 0; i < found.count; i++) {
		const char *rest = found.folder ? found.items[i].path + strlen(asked) : "";
		scope_memory char *path = text_format("%s%s", inside, rest);

		if (!path)
			return error_memory(error);
		if (add_host_node(resolve, &found.items[i], path, access, error))
			return -1;
	}
	return 0;
}

static int add_device(struct resolve *resolve, const struct device_request *device,
		      struct error *error)
{
	scope_memory char *asked = expand_path(resolve, device->host, error);
	scope_memory char *inside = NULL;

	if (!asked)
		return -1;
	inside = expand_path(resolve, device->inside ? device->inside : device->host, error);
	if (!inside)
		return -1;
	if (resolve->request->privileged && device->access_written &&
	    resolve_warn(resolve, &device->origin, error,
			 "device '%s': privileged ignores its permissions", asked))
		return -1;
	return add_host_nodes(resolve, asked, inside, device->access, error);
}

static int add_rules(struct resolve *resolve, struct error *error)
{
	const struct device_rule everything = { 'a', -1, -1, ACCESS_ALL };
	const struct request *request = resolve->request;

	if (request->privileged)
		return add_rule(resolve->plan, &everything, error);
	for (size_t i = 0; i < sizeof(default_rules) / sizeof(*default_rules); i++)
		if (add_rule(resolve->plan, &default_rules[i], error))
			return -1;
	for (size_t i = 0; i < request->device_rules.count; i++)
		if (add_rule(resolve->plan, &request->device_rules.items[i].rule, error))
			return -1;
	return 0;
}

/* What is mounted at or below a node: only a file can be, on one that is no link. */
static int check_target(const struct resolve *resolve, const char *kind, const char *text,
			struct error *error)
{
	const struct plan *plan = resolve->plan;
	scope_memory char *target = expand_path(resolve, text, error);
	scope_of(host_file) struct host_file source = { 0 };
	const struct plan_mount *row = target ? mounts_cover(plan, target) : NULL;
	bool found = false;

	if (!target)
		return -1;
	if (row && row->kind == MOUNT_BIND &&
	    resolve_file(resolve, "/", row->source, &source, &found, error))
		return -1;
	for (size_t i = 0; i < plan->nodes.count; i++) {
		const struct plan_node *node = &plan->nodes.items[i];

		if (path_within(target, node->path) &&
		    (node->link || strcmp(target, node->path) || !found || S_ISDIR(source.mode)))
			return error_set(error, ERROR_POLICY, "%s target '%s' is taken by '%s'",
					 kind, target, node->path);
	}
	return 0;
}

static int check_targets(const struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	for (size_t i = 0; i < request->volumes.count; i++)
		if (check_target(resolve, "volume", request->volumes.items[i].target, error))
			return resolve_fault(&request->volumes.items[i].origin, error);
	for (size_t i = 0; i < request->tmpfs.count; i++)
		if (check_target(resolve, "tmpfs", request->tmpfs.items[i].target, error))
			return resolve_fault(&request->tmpfs.items[i].origin, error);
	return 0;
}

int resolve_devices(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	if (add_rules(resolve, error))
		return -1;
	if (request->privileged && add_host_nodes(resolve, "/dev", "/dev", ACCESS_ALL, error))
		return -1;
	if (add_default_nodes(resolve, error))
		return -1;
	for (size_t i = 0; i < request->devices.count; i++)
		if (add_device(resolve, &request->devices.items[i], error))
			return resolve_fault(&request->devices.items[i].origin, error);
	return check_targets(resolve, error);
}
