/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine as a plan sees it: the one file of this room that asks it
 * anything. What is checked is opened first and asked by descriptor, so that
 * the answer is of the thing that was opened. Changes nothing.
 */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include "../base/path.h"
#include "../base/scope.h"

/* More than the names of all file systems come to. */
enum { FILE_SYSTEMS_MOST = 16 * 1024 };

void host_nodes_clear(struct host_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++)
		free(nodes->items[i].path);
	free(nodes->items);
	*nodes = (struct host_nodes){ 0 };
}

void host_file_clear(struct host_file *file)
{
	free(file->real);
	*file = (struct host_file){ 0 };
}

/* Puts `path` in front of an error and keeps its errno. */
static int fail_on(struct error *error, const char *what, const char *path)
{
	char quoted[256];

	return error_errno(error, "%s '%s'", what, text_quote(path, quoted, sizeof(quoted)));
}

static int find_file(const struct host *host, const char *root, const char *path,
		     struct host_file *ret_file, struct error *error)
{
	scope_memory char *real = NULL;
	scope_fd int tree = -1, fd = -1;
	struct stat st;

	(void)host;
	if (!strcmp(root, "/")) {
		fd = path_open_trusted(path, &real, error);
	} else {
		tree = path_open_trusted(root, NULL, error);
		if (tree < 0)
			return -1;
		fd = path_open_in(tree, path, O_PATH, error);
		real = strdup(path);
	}
	if (fd < 0)
		return -1;
	if (!real)
		return error_memory(error);
	if (fstat(fd, &st))
		return fail_on(error, "cannot stat", path);
	*ret_file = (struct host_file){ .mode = st.st_mode,
					.uid = st.st_uid,
					.gid = st.st_gid,
					.device = st.st_dev,
					.real = take_pointer(&real) };
	return 0;
}

static bool is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

static int add_node(struct host_nodes *nodes, const char *path, const struct stat *st,
		    struct error *error)
{
	struct host_node *node;
	char *copy = strdup(path);

	node = copy ? array_add(&nodes->items, &nodes->count, sizeof(*node)) : NULL;
	if (!node) {
		free(copy);
		return error_memory(error);
	}
	*node = (struct host_node){ .path = copy,
				    .type = S_ISCHR(st->st_mode) ? 'c' : 'b',
				    .major = major(st->st_rdev),
				    .minor = minor(st->st_rdev),
				    .mode = st->st_mode & 07777,
				    .uid = st->st_uid,
				    .gid = st->st_gid };
	return 0;
}

static int walk_folder(struct host_nodes *nodes, int fd, const char *path, dev_t device,
		       unsigned depth, struct error *error);

/*
 * One entry of a folder: a device is added, a folder of the same file system
 * walked (/dev/shm, /dev/pts and /dev/mqueue are others'), anything else passed
 * over, symlinks too: what they lead to is found where it stands.
 */
static int walk_entry(struct host_nodes *nodes, int folder, const char *path, const char *name,
		      dev_t device, unsigned depth, struct error *error)
{
	scope_memory char *whole = text_format("%s/%s", path, name);
	scope_fd int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (!whole)
		return error_memory(error);
	if (fd < 0 && errno == ENOENT) /* unplugged meanwhile */
		return 0;
	if (fd < 0 || fstat(fd, &st))
		return fail_on(error, "cannot open", whole);
	if (is_device(&st))
		return add_node(nodes, whole, &st, error);
	if (S_ISDIR(st.st_mode) && st.st_dev == device)
		return walk_folder(nodes, fd, whole, device, depth + 1, error);
	return 0;
}

static int walk_folder(struct host_nodes *nodes, int fd, const char *path, dev_t device,
		       unsigned depth, struct error *error)
{
	scope_fd int readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scope_dir DIR *entries = NULL;
	struct dirent *entry;

	if (depth > 16)
		return error_set(error, ERROR_HOST, "device folder '%s' is too deep", path);
	if (readable < 0)
		return fail_on(error, "cannot read", path);
	entries = fdopendir(readable);
	if (!entries)
		return fail_on(error, "cannot read", path);
	readable = -1; /* now the stream's */
	while (errno = 0, (entry = readdir(entries))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (walk_entry(nodes, fd, path, entry->d_name, device, depth, error))
			return -1;
	}
	return errno ? fail_on(error, "cannot read", path) : 0;
}

static int compare_nodes(const void *left, const void *right)
{
	return strcmp(((const struct host_node *)left)->path,
		      ((const struct host_node *)right)->path);
}

static int find_devices(const struct host *host, const char *path, struct host_nodes *ret_nodes,
			struct error *error)
{
	scope_of(host_nodes) struct host_nodes nodes = { 0 };
	scope_fd int fd = path_open_trusted(path, NULL, error);
	struct stat st;

	(void)host;
	if (fd < 0) {
		if (error->number == ENOENT || error->number == ENOTDIR)
			error_set(error, ERROR_HOST, "device '%s' does not exist", path);
		return -1;
	}
	if (fstat(fd, &st))
		return fail_on(error, "cannot stat", path);
	nodes.folder = S_ISDIR(st.st_mode);
	if (is_device(&st) && add_node(&nodes, path, &st, error))
		return -1;
	if (nodes.folder &&
	    walk_folder(&nodes, fd, strcmp(path, "/") ? path : "", st.st_dev, 0, error))
		return -1;
	if (!nodes.count)
		return error_set(error, ERROR_HOST, "'%s' is not a device node", path);
	qsort(nodes.items, nodes.count, sizeof(*nodes.items), compare_nodes);
	*ret_nodes = nodes;
	nodes = (struct host_nodes){ 0 };
	return 0;
}

/* A file of the caller's own choice; O_NONBLOCK: a FIFO must not hang. */
static int open_callers_file(const char *path, struct error *error)
{
	scope_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return fail_on(error, "cannot open", path);
	if (!S_ISREG(st.st_mode))
		return error_set(error, ERROR_USAGE, "'%s' is not a regular file", path);
	return take_fd(&fd);
}

static int read_file(const struct host *host, const char *path, bool trusted, size_t most,
		     char **ret_bytes, size_t *ret_size, struct error *error)
{
	scope_fd int fd = trusted ? path_open_root_file(AT_FDCWD, path, error)
				  : open_callers_file(path, error);

	(void)host;
	if (fd < 0)
		return -1;
	if (path_read_all(fd, most, ret_bytes, ret_size, error))
		return error_prefix(error, "'%s'", path);
	return 0;
}

static int read_sysctl(const struct host *host, const char *name, char **ret_text,
		       struct error *error)
{
	scope_memory char *path = text_format("/proc/sys/%s", name);
	scope_memory char *text = calloc(1, 4096);
	scope_fd int fd = -1;

	(void)host;
	if (!path || !text)
		return error_memory(error);
	for (char *at = path + strlen("/proc/sys/"); *at; at++)
		*at = *at == '.' ? '/' : *at;
	fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno != EACCES && errno != EPERM)
		return error_set(error, ERROR_HOST, "sysctl '%s' does not exist on this host",
				 name);
	/* What cannot be read is the kernel's to judge when it is written. */
	if (fd < 0 || read(fd, text, 4095) < 0)
		*text = '\0';
	*ret_text = take_pointer(&text);
	return 0;
}

/* A small file of the kernel's that holds one whole number; `fallback` where it cannot be read. */
static long kernel_number(const char *path, long fallback)
{
	scope_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "", *end;
	long number;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return fallback;
	number = strtol(text, &end, 10);
	return end == text ? fallback : number;
}

/* Docker's words for what uname calls a machine (containerd/platforms, "normalizeArch"). */
static const char *docker_arch(const char *machine)
{
	static const struct {
		const char *machine, *arch;
	} names[] = { { "x86_64", "amd64" },	   { "aarch64", "arm64" },
		      { "i686", "386" },	   { "armv7l", "arm" },
		      { "ppc64le", "ppc64le" },	   { "s390x", "s390x" },
		      { "riscv64", "riscv64" },	   { "mips64", "mips64" },
		      { "loongarch64", "loong64" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i].machine, machine))
			return names[i].arch;
	return "unknown";
}

static int find_bounding_set(struct host *host, struct error *error)
{
	for (int capability = 0; capability <= host->last_cap && capability < 64; capability++) {
		int held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);

		/* EINVAL: one that this kernel does not know (capabilities(7)). */
		if (held < 0 && errno != EINVAL)
			return error_errno(error, "cannot read the bounding set");
		if (held == 1)
			host->bounding |= UINT64_C(1) << capability;
	}
	return 0;
}

static void find_limits(struct host *host)
{
	struct rlimit limit;

	for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
		if (!getrlimit((__rlimit_resource_t)resource, &limit))
			host->hard_limits[resource] = limit.rlim_max;
	host->most_files = (uint64_t)kernel_number("/proc/sys/fs/nr_open", 1024 * 1024);
	host->oom_score_adj = (int)kernel_number("/proc/self/oom_score_adj", 0);
}

/* "6.18.3-x" to 6 and 18. */
static bool read_version(const char *release, unsigned *ret_major, unsigned *ret_minor)
{
	char *dot, *end;

	*ret_major = (unsigned)strtoul(release, &dot, 10);
	if (dot == release || *dot != '.')
		return false;
	*ret_minor = (unsigned)strtoul(dot + 1, &end, 10);
	return end != dot + 1;
}

/*
 * fsopen(2) loads the module where there is one; /proc/filesystems lists it only afterwards, but
 * asks for no RCU grace period, which an overlay's context waits for when it is closed.
 */
static bool has_overlay(void)
{
	scope_fd int listed = open("/proc/filesystems", O_RDONLY | O_CLOEXEC);
	scope_fd int context = -1;
	scope_memory char *names = NULL;
	struct error ignored;
	size_t size;

	if (listed >= 0 && !path_read_all(listed, FILE_SYSTEMS_MOST, &names, &size, &ignored) &&
	    strstr(names, "\toverlay\n"))
		return true;
	context = fsopen("overlay", FSOPEN_CLOEXEC);
	return context >= 0 || errno != ENODEV;
}

int host_init(struct host *ret_host, struct error *error)
{
	struct host host = { .devices = find_devices,
			     .file = find_file,
			     .glob = host_glob,
			     .read = read_file,
			     .sysctl = read_sysctl,
			     .resources = host_resources_find,
			     .profile = host_profile_find,
			     .group = host_group_find };
	struct utsname names;

	if (uname(&names))
		return error_errno(error, "cannot ask for the kernel's version");
	if (!read_version(names.release, &host.kernel_major, &host.kernel_minor))
		return error_set(error, ERROR_HOST, "kernel version '%s' is not understood",
				 names.release);
	snprintf(host.name, sizeof(host.name), "%s", names.nodename);
	host.arch = docker_arch(names.machine);
	host.last_cap = (int)kernel_number("/proc/sys/kernel/cap_last_cap", 40);
	if (find_bounding_set(&host, error))
		return -1;
	/* A filter that is no address: EFAULT where the kernel knows filters, else EINVAL
	 * (seccomp(2)). */
	errno = 0;
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0);
	host.has_seccomp = errno == EFAULT;
	host.lacks_overlay = !has_overlay();
	host.has_console = !access("/dev/console", F_OK);
	find_limits(&host);
	*ret_host = host;
	return 0;
}
