/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "detach.h"
#include "identity.h"
#include "mount.h"
#include "nodes.h"
#include "veil.h"

/* What is in the making. */
struct building {
	const struct plan *plan;
	int root;
	int *mounts; /* by row; -1: none */
	int folder_cover, file_cover; /* the first of each kind; -1 until there is one */
	struct veils veils;
};

static void building_clear(struct building *building)
{
	for (size_t i = 0; building->mounts && i < building->plan->mounts.count; i++)
		scope_close(&building->mounts[i]);
	free(building->mounts);
	scope_close(&building->root);
	scope_close(&building->folder_cover);
	scope_close(&building->file_cover);
	veils_clear(&building->veils);
}

/* ENOENT or a link where nothing is needed there: the row falls away. */
static bool skips(const struct plan_mount *row, const struct error *error)
{
	return row->optional &&
	       (error->number == ENOENT || error->number == ENOTDIR || error->number == ELOOP);
}

static int open_as_user(const struct plan *plan, const char *path, struct error *error)
{
	int fd;

	if (identity_borrow(plan->user.uid, plan->user.gid, error))
		return -1;
	fd = path_open_trusted(path, NULL, error);
	identity_return();
	return fd;
}

static int bind_source(const struct plan *plan, const struct plan_mount *row, struct error *error)
{
	scope_fd int source = row->as_user ? open_as_user(plan, row->source, error)
					   : path_open_trusted(row->source, NULL, error);

	if (source < 0)
		return -1;
	return mount_clone(source, row->source, row->recursive, row->attributes,
			   row->propagate ? MS_SLAVE : MS_PRIVATE, error);
}

/* First pass: all that comes from the host is taken while nothing covers it. */
static int open_sources(struct building *building, struct error *error)
{
	const struct plan *plan = building->plan;

	building->mounts = malloc((plan->mounts.count + 1) * sizeof(int));
	if (!building->mounts)
		return error_memory(error);
	for (size_t i = 0; i < plan->mounts.count; i++)
		building->mounts[i] = -1;
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct plan_mount *row = &plan->mounts.items[i];

		if (row->kind != MOUNT_BIND)
			continue;
		building->mounts[i] = bind_source(plan, row, error);
		if (building->mounts[i] < 0 && !skips(row, error))
			return error_prefix(error, "mount on '%s'", row->target);
	}
	return 0;
}

/* Private first of all: nothing done here may reach the host. */
static int own_host_root(struct building *building, struct error *error)
{
	building->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (building->root < 0)
		return error_errno(error, "cannot open '/'");
	if (mount_restrict(building->root, "/", true, MOUNT_ATTR_RDONLY, MS_PRIVATE, error))
		return -1;
	return detach_kernel_mounts(error);
}

/* pivot_root(".", "."): the old root ends up on top of the new one and is detached (pivot_root(2)).
 */
static int own_foreign_root(struct building *building, struct error *error)
{
	const struct plan *plan = building->plan;
	scope_fd int folder = path_open_trusted(plan->rootfs, NULL, error);
	scope_fd int tree = -1, old = -1;

	if (folder < 0)
		return -1;
	tree = mount_clone(folder, plan->rootfs, true, plan->root_read_only ? MOUNT_ATTR_RDONLY : 0,
			   MS_PRIVATE, error);
	if (tree < 0)
		return -1;
	old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (old < 0 || mount_restrict(old, "/", true, 0, MS_PRIVATE, error))
		return error_prefix(error, "the old root");
	if (mount_attach(tree, folder, plan->rootfs, error))
		return -1;
	if (fchdir(tree) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) ||
	    chdir("/"))
		return error_errno(error, "cannot make '%s' the root", plan->rootfs);
	building->root = take_fd(&tree);
	return 0;
}

/*
 * The null device that covers files is the one of our own /dev, and is looked at before it is used
 * (runc CVE-2025-31133).
 */
static int open_null(struct building *building, struct error *error)
{
	scope_fd int null = path_open_in(building->root, "/dev/null", O_PATH | O_NOFOLLOW, error);
	struct stat st;

	if (null < 0)
		return -1;
	if (fstat(null, &st) || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(error, ERROR_SYSTEM, "'/dev/null' is not the null device");
	return take_fd(&null);
}

/* The first cover of its kind; later ones are copies of it. */
static int first_cover(struct building *building, const struct plan_mount *row, bool folder,
		       struct error *error)
{
	uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	scope_fd int null = -1;

	if (folder)
		return mount_new("tmpfs", "size=4k,mode=0755", attributes | MOUNT_ATTR_NODEV,
				 error);
	null = open_null(building, error);
	return null < 0 ? -1 : mount_clone(null, row->target, false, attributes, MS_PRIVATE, error);
}

static int cover(struct building *building, const struct plan_mount *row, int target,
		 struct error *error)
{
	scope_fd int mount = -1;
	struct stat st;
	int *kept;

	if (fstat(target, &st))
		return error_errno(error, "cannot stat '%s'", row->target);
	kept = S_ISDIR(st.st_mode) ? &building->folder_cover : &building->file_cover;
	if (*kept >= 0)
		return mount_clone(*kept, row->target, false, 0, 0, error);
	mount = first_cover(building, row, S_ISDIR(st.st_mode), error);
	if (mount < 0)
		return -1;
	*kept = fcntl(mount, F_DUPFD_CLOEXEC, 3);
	return *kept < 0 ? error_errno(error, "cannot keep a cover") : take_fd(&mount);
}

/* Whether nothing will be in what a row covers by an empty folder: one for all such rows will do.
 */
static bool stays_empty(const struct plan *plan, size_t index)
{
	const struct plan_mount *row = &plan->mounts.items[index];

	if (!row->seal)
		return false;
	for (size_t i = index + 1; i < plan->mounts.count; i++)
		if (path_beneath(plan->mounts.items[i].target, row->target))
			return false;
	for (size_t i = 0; i < plan->nodes.count; i++)
		if (path_beneath(plan->nodes.items[i].path, row->target))
			return false;
	return true;
}

/* The mount that a row puts on `target`; it owns the descriptor. */
static int row_mount(struct building *building, size_t index, int target, struct error *error)
{
	static const char *const types[] = {
		[MOUNT_TMPFS] = "tmpfs",    [MOUNT_PROC] = "proc",     [MOUNT_SYSFS] = "sysfs",
		[MOUNT_CGROUP] = "cgroup2", [MOUNT_DEVPTS] = "devpts", [MOUNT_MQUEUE] = "mqueue",
	};
	const struct plan_mount *row = &building->plan->mounts.items[index];

	switch (row->kind) {
	case MOUNT_BIND:
		return take_fd(&building->mounts[index]);
	case MOUNT_MASK:
		return cover(building, row, target, error);
	case MOUNT_READONLY:
		return mount_clone(target, row->target, true, MOUNT_ATTR_RDONLY | row->attributes,
				   MS_PRIVATE, error);
	default:
		return stays_empty(building->plan, index)
			       ? cover(building, row, target, error)
			       : mount_new(types[row->kind], row->options, row->attributes, error);
	}
}

static int open_target(struct building *building, size_t index, struct error *error)
{
	const struct plan_mount *row = &building->plan->mounts.items[index];
	struct stat st = { .st_mode = S_IFDIR };

	if (!row->make_target)
		return path_open_in(building->root, row->target, O_PATH | O_NOFOLLOW, error);
	if (row->kind == MOUNT_BIND && fstat(building->mounts[index], &st))
		return error_errno(error, "cannot stat '%s'", row->source);
	return path_make_in(building->root, row->target, S_ISDIR(st.st_mode), error);
}

/* A folder with a mode and an owner, in a tmpfs of our own. */
static int make_folder(struct building *building, const struct plan_mount *row, struct error *error)
{
	scope_fd int made = path_make_in(building->root, row->target, true, error);
	scope_fd int folder = -1;

	if (made < 0)
		return -1;
	folder = openat(made, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || fchown(folder, row->uid, row->gid) || fchmod(folder, row->mode))
		return error_errno(error, "cannot make folder '%s'", row->target);
	return 0;
}

static int carry_out_row(struct building *building, size_t index, struct error *error)
{
	const struct plan_mount *row = &building->plan->mounts.items[index];
	scope_fd int target = -1, mount = -1;

	if (row->kind != MOUNT_VEIL && veils_finish(&building->veils, error))
		return -1;
	if (row->kind == MOUNT_FOLDER)
		return make_folder(building, row, error);
	if (row->kind == MOUNT_ABSENT)
		return 0; /* a name of the veil's */
	if (row->kind == MOUNT_BIND && building->mounts[index] < 0)
		return 0; /* optional, and its source is not there */
	target = open_target(building, index, error);
	if (target < 0)
		return skips(row, error) ? 0 : -1;
	if (row->kind == MOUNT_VEIL)
		return veil_lay(&building->veils, building->plan, index, building->root, target,
				error);
	mount = row_mount(building, index, target, error);
	if (mount < 0)
		return -1;
	if (row->kind == MOUNT_TMPFS && nodes_make(building->plan, index, mount, error))
		return -1;
	if (mount_attach(mount, target, row->target, error))
		return -1;
	if (row->seal)
		building->mounts[index] = take_fd(&mount);
	return 0;
}

/* What covers homes is written to only while targets are made in it. */
static int seal_rows(struct building *building, struct error *error)
{
	for (size_t i = 0; i < building->plan->mounts.count; i++) {
		const struct plan_mount *row = &building->plan->mounts.items[i];

		if (row->seal && mount_restrict(building->mounts[i], row->target, false,
						MOUNT_ATTR_RDONLY, 0, error))
			return -1;
	}
	return 0;
}

static int write_mark(int folder, const char *name, const char *text, struct error *error)
{
	scope_fd int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);

	if (file < 0)
		return error_errno(error, "cannot make '%s' of the container's /run/confine", name);
	return path_write_all(file, text, strlen(text), error);
}

/* Puts ROOT_SELF and ROOT_SHELL there. /run is a tmpfs of our own in every container. */
static int mark_inside(struct building *building, const char *id, struct error *error)
{
	scope_fd int folder = path_make_in(building->root, "/run/confine", true, error);
	scope_fd int mount = -1;

	if (folder < 0)
		return -1;
	mount = mount_new("tmpfs", "size=8k,nr_inodes=4,mode=0755",
			  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, error);
	if (mount < 0)
		return -1;
	if (write_mark(mount, "self", id, error) ||
	    (building->plan->shell && write_mark(mount, "shell", building->plan->shell, error)))
		return -1;
	if (mount_attach(mount, folder, "/run/confine", error))
		return -1;
	return mount_restrict(mount, "/run/confine", false, MOUNT_ATTR_RDONLY, 0, error);
}

/* A file that only root can have put there; false where it is none, or too long for `text`. */
static bool read_mark(const char *path, char *text, size_t size)
{
	scope_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error ignored;
	scope_fd int file =
		root < 0 ? -1 : path_open_in(root, path, O_RDONLY | O_NONBLOCK, &ignored);
	struct stat st;
	ssize_t got;

	if (file < 0 || fstat(file, &st) || !S_ISREG(st.st_mode) || path_unsafe(&st))
		return false;
	got = read(file, text, size);
	if (got < 0 || (size_t)got >= size)
		return false;
	text[got] = '\0';
	return true;
}

bool root_is_container(const char *id)
{
	char text[64];

	return read_mark(ROOT_SELF, text, sizeof(text)) && (!id || !strcmp(text, id));
}

char *root_shell(void)
{
	char text[PATH_MAX];

	return read_mark(ROOT_SHELL, text, sizeof(text)) ? strdup(text) : NULL;
}

/*
 * Last of all, on every mount there is: then a mount of confine-shell's file alone, which keeps
 * what the host's has. Where the host puts another file in its place that mount goes, and nobody
 * gains.
 */
static int let_only_shell_gain(struct building *building, struct error *error)
{
	scope_fd int file = path_open_in(building->root, CONFINE_SHELL, O_PATH | O_NOFOLLOW, error);
	scope_fd int mount = -1, target = -1;

	if (file < 0)
		return error->number == ENOENT ? mount_restrict(building->root, "/", true,
								MOUNT_ATTR_NOSUID, 0, error)
					       : -1;
	mount = mount_clone(file, CONFINE_SHELL, false, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV,
			    MS_PRIVATE, error);
	if (mount < 0 || mount_restrict(building->root, "/", true, MOUNT_ATTR_NOSUID, 0, error))
		return -1;
	target = path_open_in(building->root, CONFINE_SHELL, O_PATH | O_NOFOLLOW, error);
	return target < 0 ? -1 : mount_attach(mount, target, CONFINE_SHELL, error);
}

int root_build(const struct plan *plan, const char *id, struct error *error)
{
	scope_of(building) struct building building = {
		.plan = plan, .root = -1, .folder_cover = -1, .file_cover = -1, .veils = VEILS_INIT
	};
	bool foreign = strcmp(plan->rootfs, "/") != 0;

	if (open_sources(&building, error))
		return -1;
	if (foreign ? own_foreign_root(&building, error) : own_host_root(&building, error))
		return -1;
	for (size_t i = 0; i < plan->mounts.count; i++)
		if (carry_out_row(&building, i, error))
			return error_prefix(error, "mount on '%s'", plan->mounts.items[i].target);
	if (veils_finish(&building.veils, error) || mark_inside(&building, id, error) ||
	    seal_rows(&building, error))
		return -1;
	return plan->only_shell_gains ? let_only_shell_gain(&building, error) : 0;
}

static int write_sysctl(int proc, const struct plan_pair *sysctl, struct error *error)
{
	scope_memory char *path = text_format("sys/%s", sysctl->name);
	scope_fd int fd = -1;
	struct statfs fs;

	if (!path)
		return error_memory(error);
	for (char *dot = strchr(path, '.'); dot; dot = strchr(dot, '.'))
		*dot = '/';
	fd = path_open_in(proc, path, O_WRONLY, error);
	if (fd < 0)
		return -1;
	/* runc CVE-2025-52881: a write that is meant for procfs goes to procfs. */
	if (fstatfs(fd, &fs) || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(error, ERROR_SYSTEM, "'%s' is not in procfs", path);
	return path_write_all(fd, sysctl->text, strlen(sysctl->text), error);
}

int root_sysctls(const struct plan *plan, struct error *error)
{
	scope_fd int proc = -1;

	if (!plan->sysctls.count)
		return 0;
	proc = mount_new("proc", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
			 error);
	if (proc < 0)
		return -1;
	for (size_t i = 0; i < plan->sysctls.count; i++)
		if (write_sysctl(proc, &plan->sysctls.items[i], error))
			return error_prefix(error, "sysctl '%s'", plan->sysctls.items[i].name);
	return 0;
}
