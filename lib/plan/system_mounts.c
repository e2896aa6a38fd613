/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every container has of the system: /dev, /proc, /sys, private temporary
 * folders, and the masked and read-only paths (Docker's: moby
 * daemon/pkg/oci/defaults.go).
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* When a row is there. */
enum when { ALWAYS, OWN_PTS, HOST_PTS, OWN_IPC, HOST_IPC };

struct system_row {
	enum when when;
	enum mount_kind kind;
	const char *target; /* of a bind also the source */
	const char *options;
	uint64_t attributes;
	bool made; /* the target lies in the row above */
	bool locked; /* read-only unless privileged */
};

/* Each target lies in what stands above it. gid 5 is tty, as in glibc's grantpt. */
static const struct system_row system_rows[] = {
	{ ALWAYS, MOUNT_TMPFS, "/dev", "mode=0755,size=65536k", MOUNT_ATTR_NOSUID, false, false },
	{ OWN_PTS, MOUNT_DEVPTS, "/dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, true, false },
	{ HOST_PTS, MOUNT_BIND, "/dev/pts", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, true,
	  false },
	{ OWN_IPC, MOUNT_TMPFS, "/dev/shm", "mode=1777", MOUNTS_NO_SUID_DEV_EXEC, true, false },
	{ OWN_IPC, MOUNT_MQUEUE, "/dev/mqueue", NULL, MOUNTS_NO_SUID_DEV_EXEC, true, false },
	{ HOST_IPC, MOUNT_BIND, "/dev/shm", NULL, MOUNTS_NO_SUID_DEV_EXEC, true, false },
	{ HOST_IPC, MOUNT_BIND, "/dev/mqueue", NULL, MOUNTS_NO_SUID_DEV_EXEC, true, false },
	{ ALWAYS, MOUNT_PROC, "/proc", NULL, MOUNTS_NO_SUID_DEV_EXEC, false, false },
	{ ALWAYS, MOUNT_SYSFS, "/sys", NULL, MOUNTS_NO_SUID_DEV_EXEC, false, true },
	{ ALWAYS, MOUNT_CGROUP, "/sys/fs/cgroup", NULL, MOUNTS_NO_SUID_DEV_EXEC, false, true },
	{ ALWAYS, MOUNT_TMPFS, "/tmp", "mode=1777", MOUNTS_NO_SUID_DEV, false, false },
	{ ALWAYS, MOUNT_TMPFS, "/var/tmp", "mode=1777", MOUNTS_NO_SUID_DEV, false, false },
};

static const char *const masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/interrupts",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/devices/virtual/powercap",
	"/sys/firmware",
};

static const char *const read_only_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

static bool applies(const struct resolve *resolve, enum when when)
{
	bool own_pts = resolve->request->pts_private || resolve->context->service;
	bool own_ipc = !resolve->request->ipc_host;

	switch (when) {
	case OWN_PTS:
		return own_pts;
	case HOST_PTS:
		return !own_pts;
	case OWN_IPC:
		return own_ipc;
	case HOST_IPC:
		return !own_ipc;
	default:
		return true;
	}
}

/* The real path of a system target; NULL where this tree has none or where it leads to a former row
 * (a /var/tmp that is a link to /tmp). */
static int find_system_target(const struct resolve *resolve, const struct system_row *row,
			      char **ret_real, struct error *error)
{
	scope_memory char *real = NULL;
	const struct plan_mount *cover;
	bool make, missing;

	*ret_real = NULL;
	if (row->made || row->kind == MOUNT_CGROUP) {
		*ret_real = strdup(row->target);
		return *ret_real ? 0 : error_memory(error);
	}
	if (mounts_find_target(resolve, row->target, &real, &make, &missing, error))
		return -1;
	if (missing && resolve_host_view(resolve) && row->kind != MOUNT_TMPFS)
		return error_set(error, ERROR_HOST, "this host has no '%s'", row->target);
	cover = real ? mounts_cover(resolve->plan, real) : NULL;
	if (!cover || strcmp(cover->target, real))
		*ret_real = take_pointer(&real);
	return 0;
}

/* The options of a row; /dev/shm has the size that the policy asks for. NULL: none, or no memory.
 */
static char *row_options(const struct resolve *resolve, const struct system_row *row)
{
	if (!row->options)
		return NULL;
	if (!strcmp(row->target, "/dev/shm"))
		return text_format("%s,size=%" PRIu64, row->options,
				   resolve->request->shm_size_bytes);
	return strdup(row->options);
}

static int add_system_row(struct resolve *resolve, const struct system_row *row,
			  struct error *error)
{
	scope_memory char *options = row_options(resolve, row);
	scope_memory char *target = NULL;
	struct plan_mount mount = { .kind = row->kind,
				    .attributes = row->attributes,
				    .make_target = row->made };

	if (row->options && !options)
		return error_memory(error);
	if (find_system_target(resolve, row, &target, error))
		return -1;
	if (!target)
		return 0;
	if (row->locked && !resolve->request->privileged)
		mount.attributes |= MOUNT_ATTR_RDONLY;
	return mounts_add(resolve, &mount, target, row->kind == MOUNT_BIND ? row->target : NULL,
			  options, error);
}

/* Rows for paths in /proc and /sys; what is missing on this kernel is skipped. */
static int add_covers(struct resolve *resolve, enum mount_kind kind, const char *const *paths,
		      size_t count, struct error *error)
{
	struct plan_mount mount = { .kind = kind, .optional = true };

	for (size_t i = 0; i < count; i++)
		if (mounts_add(resolve, &mount, paths[i], NULL, NULL, error))
			return -1;
	return 0;
}

static int add_masks(struct resolve *resolve, struct error *error)
{
	scope_of(strings) struct strings throttles = { 0 };

	if (resolve->request->privileged || resolve->request->systempaths_unconfined)
		return 0;
	if (resolve->host->glob(resolve->host, "/sys/devices/system/cpu/cpu*/thermal_throttle",
				&throttles, error))
		return -1;
	if (add_covers(resolve, MOUNT_MASK, masked_paths,
		       sizeof(masked_paths) / sizeof(*masked_paths), error) ||
	    add_covers(resolve, MOUNT_MASK, (const char *const *)throttles.items, throttles.count,
		       error))
		return -1;
	return add_covers(resolve, MOUNT_READONLY, read_only_paths,
			  sizeof(read_only_paths) / sizeof(*read_only_paths), error);
}

int mounts_add_system(struct resolve *resolve, struct error *error)
{
	for (size_t i = 0; i < sizeof(system_rows) / sizeof(*system_rows); i++)
		if (applies(resolve, system_rows[i].when) &&
		    add_system_row(resolve, &system_rows[i], error))
			return -1;
	return add_masks(resolve, error);
}
