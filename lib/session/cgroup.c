/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "../plan/device_bpf.h"

enum { LOAD_TRIES = 20 };

static const char leaf_name[] = "login";

int cgroup_of(pid_t pid, char **ret_path, struct error *error)
{
	scope_memory char *name =
		pid ? text_format("/proc/%d/cgroup", pid) : strdup("/proc/self/cgroup");
	scope_stream FILE *stream = name ? fopen(name, "re") : NULL;
	scope_memory char *line = NULL;
	size_t room = 0;

	if (!name)
		return error_memory(error);
	if (!stream)
		return error_errno(error, "cannot open '%s'", name);
	while (getline(&line, &room, stream) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!text_starts(line, "0::/"))
			continue;
		if (strstr(line, "/.."))
			return error_set(error, ERROR_HOST,
					 "this process stands outside of its cgroup namespace: %s",
					 line + 3);
		*ret_path = strdup(line + 3);
		return *ret_path ? 0 : error_memory(error);
	}
	if (!feof(stream)) /* also where it gets no memory */
		return error_errno(error, "cannot read '/proc/self/cgroup'");
	return error_set(error, ERROR_HOST, "this host has no cgroup v2");
}

int cgroup_own(char **ret_path, struct error *error)
{
	return cgroup_of(0, ret_path, error);
}

/* A path of the cgroup tree for the *at calls. */
static const char *relative(const char *path)
{
	path += strspn(path, "/");
	return *path ? path : ".";
}

static int cgroup_open(int root, const char *path)
{
	return openat(root, relative(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* mkdir -p; the folders on the way are left as they are, and may be removed by a sweep meanwhile.
 */
static int make_all(int root, char *path)
{
	for (char *slash = strchr(path, '/');; slash = strchr(slash + 1, '/')) {
		if (slash)
			*slash = '\0';
		if (mkdirat(root, path, 0755) && errno != EEXIST)
			return -1;
		if (!slash)
			return 0;
		*slash = '/';
	}
}

int cgroup_make(int root, const char *path, struct error *error)
{
	scope_memory char *copy = NULL;
	int fd = -1;

	for (int tries = 0; tries < 10 && fd < 0; tries++) {
		free(copy);
		copy = strdup(relative(path));
		if (!copy)
			return error_memory(error);
		if (make_all(root, copy) && errno != ENOENT)
			return error_errno(error, "cannot make cgroup '%s'", path);
		fd = cgroup_open(root, path);
	}
	return fd < 0 ? error_errno(error, "cannot open cgroup '%s'", path) : fd;
}

static long bpf_call(enum bpf_cmd command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

int cgroup_load(const struct plan *plan, struct error *error)
{
	scope_memory struct bpf_insn *instructions = NULL;
	union bpf_attr load = { 0 };
	int program = -1;
	size_t count;

	if (device_bpf_make(plan->device_rules.items, plan->device_rules.count, &instructions,
			    &count, error))
		return -1;
	load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	load.insns = (uint64_t)(uintptr_t)instructions;
	load.insn_cnt = (uint32_t)count;
	load.license = (uint64_t)(uintptr_t) "GPL";
	/* The verifier gives up with EAGAIN where a signal is pending, and the server's timers are
	 * its own. */
	for (int tries = 0; program < 0 && tries < LOAD_TRIES; tries++) {
		program = (int)bpf_call(BPF_PROG_LOAD, &load);
		if (errno != EAGAIN)
			break;
	}
	return program < 0 ? error_errno(error, "the kernel does not take the device program")
			   : program;
}

/* BPF_F_ALLOW_MULTI: the program is run along with those of the cgroups above and below. */
int cgroup_hold(int cgroup, int program, struct error *error)
{
	union bpf_attr attach = { 0 };

	attach.target_fd = (uint32_t)cgroup;
	attach.attach_bpf_fd = (uint32_t)program;
	attach.attach_type = BPF_CGROUP_DEVICE;
	attach.attach_flags = BPF_F_ALLOW_MULTI;
	if (bpf_call(BPF_PROG_ATTACH, &attach))
		return error_errno(error, "cannot attach the device program");
	return 0;
}

int cgroup_pair_name(struct cgroup_pair *pair, const char *parent, const char *name,
		     struct error *error)
{
	scope_memory char *own = NULL;

	if (pair->root < 0)
		pair->root = cgroup_root(error);
	if (pair->root < 0 || (!parent && cgroup_own(&own, error)))
		return -1;
	parent = parent ? parent : own;
	pair->path = text_format("%s/confine-%s", strcmp(parent, "/") ? parent : "", name);
	return pair->path ? 0 : error_memory(error);
}

int cgroup_pair_make(struct cgroup_pair *pair, int program, struct error *error)
{
	scope_fd int outer = cgroup_make(pair->root, pair->path, error);

	if (outer < 0 || cgroup_hold(outer, program, error))
		return -1;
	pair->leaf = cgroup_make(outer, leaf_name, error);
	if (pair->leaf < 0)
		return -1;
	pair->procs = openat(pair->leaf, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (pair->procs < 0)
		return error_errno(error, "cannot open '%s/%s/cgroup.procs'", pair->path,
				   leaf_name);
	return 0;
}

void cgroup_pair_close(struct cgroup_pair *pair)
{
	scope_close(&pair->root);
	scope_close(&pair->leaf);
	scope_close(&pair->procs);
	scope_close(&pair->home);
	free(pair->path);
	*pair = (struct cgroup_pair)CGROUP_PAIR_INIT;
}

int cgroup_enter(int procs, struct error *error)
{
	if (write(procs, "0", 1) != 1)
		return error_errno(error, "cannot enter the cgroup");
	return 0;
}

void cgroup_kill(int root, const char *path)
{
	scope_fd int cgroup = cgroup_open(root, path);
	scope_fd int kill_file = -1;

	if (cgroup < 0)
		return;
	kill_file = openat(cgroup, "cgroup.kill", O_WRONLY | O_CLOEXEC);
	if (kill_file >= 0 && write(kill_file, "1", 1) != 1)
		return; /* an empty cgroup needs no killing; a full one is seen by the caller's wait
			 */
}

/* Reads `populated` of cgroup.events; what is gone is not populated. */
static bool events_populated(int events)
{
	char text[128];
	ssize_t got = pread(events, text, sizeof(text) - 1, 0);

	if (got <= 0)
		return false;
	text[got] = '\0';
	return strstr(text, "populated 1") != NULL;
}

static int events_open(int root, const char *path)
{
	scope_fd int cgroup = cgroup_open(root, path);

	return cgroup < 0 ? -1 : openat(cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);
}

bool cgroup_populated(int root, const char *path)
{
	scope_fd int events = events_open(root, path);

	return events >= 0 && events_populated(events);
}

int cgroup_wait_empty(int root, const char *path, int timeout_ms)
{
	scope_fd int events = events_open(root, path);
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while (events >= 0 && events_populated(events)) {
		struct pollfd changed = { .fd = events, .events = POLLPRI };
		long spent;

		clock_gettime(CLOCK_MONOTONIC, &now);
		spent = (now.tv_sec - start.tv_sec) * 1000 +
			(now.tv_nsec - start.tv_nsec) / 1000000;
		if (spent >= timeout_ms)
			return -1;
		poll(&changed, 1, timeout_ms - (int)spent);
	}
	return 0;
}

/* Removes what stands below; those inside may have made cgroups of their own. */
static void remove_below(int cgroup, int depth)
{
	scope_dir DIR *entries = NULL;
	int list = openat(cgroup, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (list < 0)
		return;
	entries = fdopendir(list);
	if (!entries) {
		close(list);
		return;
	}
	for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
		scope_fd int below = -1;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		below = openat(cgroup, entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0 && depth < 32)
			remove_below(below, depth + 1);
		unlinkat(cgroup, entry->d_name, AT_REMOVEDIR);
	}
}

int cgroup_remove(int root, const char *path)
{
	scope_fd int cgroup = cgroup_open(root, path);

	if (cgroup >= 0)
		remove_below(cgroup, 0);
	if (!unlinkat(root, relative(path), AT_REMOVEDIR) || errno == ENOENT)
		return 0;
	return -1;
}

/* The number in a cgroup's file; 0 where there is no such file. */
static uint64_t read_number(int cgroup, const char *name)
{
	scope_fd int fd = openat(cgroup, name, O_RDONLY | O_CLOEXEC);
	char text[32];
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (got <= 0)
		return 0;
	text[got] = '\0';
	return strtoull(text, NULL, 10);
}

static uint64_t count_lines(int cgroup, const char *name)
{
	int fd = openat(cgroup, name, O_RDONLY | O_CLOEXEC);
	scope_stream FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");
	uint64_t lines = 0;

	if (!stream) {
		scope_close(&fd);
		return 0;
	}
	for (int byte = getc(stream); byte != EOF; byte = getc(stream))
		lines += byte == '\n';
	return lines;
}

void cgroup_count(int root, const char *path, uint64_t *tasks, uint64_t *memory_bytes)
{
	scope_fd int cgroup = path[0] ? cgroup_open(root, path) : -1;
	scope_fd int leaf = -1;

	if (cgroup < 0)
		return;
	leaf = openat(cgroup, leaf_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (leaf >= 0)
		*tasks += count_lines(leaf, "cgroup.threads");
	if (memory_bytes)
		*memory_bytes += read_number(cgroup, "memory.current");
}

void cgroup_visit(int root, const char *path, void (*visit)(void *context, pid_t pid),
		  void *context)
{
	scope_fd int cgroup = path[0] ? cgroup_open(root, path) : -1;
	scope_fd int leaf = cgroup < 0 ? -1 : openat(cgroup, leaf_name, O_DIRECTORY | O_CLOEXEC);
	int fd = leaf < 0 ? -1 : openat(leaf, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	scope_stream FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");
	pid_t pid;

	if (!stream) {
		scope_close(&fd);
		return;
	}
	while (fscanf(stream, "%d", &pid) == 1)
		if (pid > 0) /* 0: of another pid namespace (cgroups(7)) */
			visit(context, pid);
}

uint64_t cgroup_memory(int root, const char *path)
{
	scope_fd int cgroup = cgroup_open(root, path);

	return cgroup < 0 ? 0 : read_number(cgroup, "memory.current");
}

bool cgroup_is_full(int root, const char *path)
{
	scope_fd int cgroup = cgroup_open(root, path);
	uint64_t most = cgroup < 0 ? 0 : read_number(cgroup, "pids.max"); /* "max": 0 */

	return most && read_number(cgroup, "pids.current") >= most;
}

static int write_file(int cgroup, const char *path, const char *file, const char *text,
		      struct error *error)
{
	scope_fd int fd = openat(cgroup, file, O_WRONLY | O_CLOEXEC);
	size_t length = strlen(text);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		return error_errno(error, "cannot write '%s' to '%s/%s'", text,
				   strcmp(path, "/") ? path : "", file);
	return 0;
}

static int read_file(int cgroup, const char *path, const char *file, char *text, size_t size,
		     struct error *error)
{
	scope_fd int fd = openat(cgroup, file, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	if (got < 0)
		return error_errno(error, "cannot read '%s/%s'", path, file);
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static int give_controller(int cgroup, const char *path, const char *file, struct error *error)
{
	char word[32];

	snprintf(word, sizeof(word), "+%.*s", (int)strcspn(file, "."), file);
	return write_file(cgroup, path, "cgroup.subtree_control", word, error);
}

/* Has the children of a cgroup given what the limits need; for the writing of what the page cache
 * holds io needs memory (cgroup-v2.rst, "Writeback"). */
static int give_controllers(int root, const char *path, const struct plan *plan,
			    struct error *error)
{
	scope_fd int cgroup = cgroup_open(root, path);

	if (cgroup < 0)
		return error_errno(error, "cannot open cgroup '%s'", path);
	for (size_t i = 0; i < plan->limits.count; i++) {
		const struct plan_limit *limit = &plan->limits.items[i];

		if (give_controller(cgroup, path, limit->file, error) ||
		    (strstr(limit->text, "wbps") && give_controller(cgroup, path, "memory", error)))
			return -1;
	}
	return 0;
}

static int write_limit(int cgroup, const char *path, const struct plan_limit *limit,
		       struct error *error)
{
	scope_memory char *file = text_format("%s.effective", limit->file);
	char wanted[256], got[256];

	if (!file)
		return error_memory(error);
	if (write_file(cgroup, path, limit->file, limit->text, error))
		return -1;
	/* A cgroup above may have less of the CPUs or nodes, or none: then the kernel gives what
	 * that has. */
	if (!text_starts(limit->file, "cpuset."))
		return 0;
	if (read_file(cgroup, path, limit->file, wanted, sizeof(wanted), error) ||
	    read_file(cgroup, path, file, got, sizeof(got), error))
		return -1;
	if (strcmp(wanted, got))
		return error_set(error, ERROR_HOST, "'%s/%s' gets '%s', not '%s'", path,
				 limit->file, got, wanted);
	return 0;
}

int cgroup_limit(int root, const char *from, const char *path, const struct plan *plan,
		 struct error *error)
{
	scope_memory char *above = strdup(path);
	scope_fd int cgroup = cgroup_open(root, path);

	if (!above)
		return error_memory(error);
	if (cgroup < 0)
		return error_errno(error, "cannot open cgroup '%s'", path);
	for (size_t end = strlen(from); end < strlen(path);
	     end += 1 + strcspn(path + end + 1, "/")) {
		above[end] = '\0';
		if (give_controllers(root, end ? above : "/", plan, error))
			return -1;
		above[end] = path[end];
	}
	for (size_t i = 0; i < plan->limits.count; i++)
		if (write_limit(cgroup, path, &plan->limits.items[i], error))
			return -1;
	return 0;
}
