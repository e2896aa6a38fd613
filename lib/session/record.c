/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "../base/path.h"
#include "../base/scope.h"

enum { READ_MOST = 8 << 20, LOCK_STEP_MS = 2, LOCK_STEPS = 5000 };

/* Opens a folder that must be root's and nobody else's business. */
static int open_private(int dir, const char *path, struct error *error)
{
	scope_fd int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return error_errno(error, "cannot open '%s'", path);
	if (st.st_uid != 0 || (st.st_mode & 077))
		return error_set(error, ERROR_HOST, "'%s' is not root's alone (mode 0700)", path);
	return take_fd(&fd);
}

static int make_private(int dir, const char *path, struct error *error)
{
	if (mkdirat(dir, path, 0700) && errno != EEXIST)
		return error_errno(error, "cannot make '%s'", path);
	return open_private(dir, path, error);
}

int record_root(struct error *error)
{
	return make_private(AT_FDCWD, RECORD_ROOT, error);
}

int record_owner_folder(int root, uid_t uid, bool make, struct error *error)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", uid);
	return make ? make_private(root, name, error) : open_private(root, name, error);
}

/* One try at the lock of a folder: its descriptor, -2 where the folder was removed meanwhile. */
static int try_lock(int owner_folder, struct error *error)
{
	scope_fd int fd =
		openat(owner_folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000L };
	struct stat st;

	if (fd < 0)
		return errno == ENOENT
			       ? -2
			       : error_errno(error, "cannot open the lock of '" RECORD_ROOT "'");
	/* F_OFD_SETLKW could be bounded only by a signal, and signals are the host process's own.
	 */
	for (int i = 0; i < LOCK_STEPS; i++) {
		if (!fcntl(fd, F_OFD_SETLK, &whole))
			return fstat(fd, &st) || !st.st_nlink ? -2 : take_fd(&fd);
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return error_errno(error, "cannot lock '" RECORD_ROOT "'");
		nanosleep(&step, NULL);
	}
	error_set(error, ERROR_SYSTEM, "another login of this user is not done after %d s",
		  LOCK_STEPS * LOCK_STEP_MS / 1000);
	error->number = ETIMEDOUT;
	return -1;
}

int record_lock_folder(int owner_folder, struct error *error)
{
	int lock = try_lock(owner_folder, error);

	if (lock != -2)
		return lock;
	error_set(error, ERROR_SYSTEM, "the record's folder was removed");
	error->number = ENOENT;
	return -1;
}

int record_lock(int root, uid_t uid, bool make, int *ret_owner, struct error *error)
{
	for (int tries = 0; tries < LOCK_STEPS; tries++) {
		scope_fd int owner = record_owner_folder(root, uid, make, error);
		int lock = owner < 0 ? -1 : try_lock(owner, error);

		if (lock == -2)
			continue;
		if (lock >= 0)
			*ret_owner = take_fd(&owner);
		return lock;
	}
	return error_set(error, ERROR_SYSTEM, "'" RECORD_ROOT "/%u' vanishes again and again", uid);
}

void record_owner_remove(int root, uid_t uid, int owner_folder)
{
	scope_of(strings) struct strings ids = { 0 };
	struct error ignored;
	char name[16];

	if (record_ids(owner_folder, &ids, &ignored) || ids.count)
		return;
	snprintf(name, sizeof(name), "%u", uid);
	unlinkat(owner_folder, "lock", 0);
	unlinkat(root, name, AT_REMOVEDIR);
}

int record_new_id(char id[RECORD_ID_SIZE], struct error *error)
{
	unsigned char bytes[(RECORD_ID_SIZE - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return error_errno(error, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

int record_write(int record, const char *name, const void *bytes, size_t size, struct error *error)
{
	char draft[64];
	scope_fd int fd = -1;

	snprintf(draft, sizeof(draft), ".%s", name);
	fd = openat(record, draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(error, "cannot make '%s' of the record", name);
	if (path_write_all(fd, bytes, size, error))
		error_prefix(error, "'%s' of the record", name);
	else if (renameat(record, draft, record, name))
		error_errno(error, "cannot rename '%s' of the record", name);
	else
		return 0;
	unlinkat(record, draft, 0);
	return -1;
}

int record_read(int record, const char *name, char **ret_bytes, size_t *ret_size,
		struct error *error)
{
	scope_fd int fd = openat(record, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_errno(error, "cannot open '%s' of the record", name);
	if (path_read_all(fd, READ_MOST, ret_bytes, ret_size, error))
		return error_prefix(error, "'%s' of the record", name);
	return 0;
}

static const unsigned flag_exiting = 0x4; /* PF_EXITING, include/linux/sched.h */

int record_process(pid_t pid, struct process_state *ret_state)
{
	char path[32], text[1024];
	scope_fd int fd = -1;
	const char *after;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (got < 0)
		return -1;
	text[got] = '\0';
	errno = EIO;
	after = strrchr(text, ')'); /* the name may hold anything */
	if (!after || sscanf(after,
			     ") %c %*d %*d %*d %u %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
			     " %*d %*d %llu",
			     &ret_state->state, &ret_state->terminal, &ret_state->flags,
			     &ret_state->start) != 4)
		return -1;
	return 0;
}

/* How the kernel says that there is no such process; EINVAL: a thread has that number by now. */
static bool says_gone(int number)
{
	return number == ESRCH || number == ENOENT || number == EINVAL;
}

bool record_lives(pid_t pid, unsigned long long start)
{
	struct process_state state;

	if (record_process(pid, &state))
		return !says_gone(errno);
	return state.start == start && state.state != 'Z';
}

static int init_gone(struct error *error, const char *why)
{
	error_set(error, ERROR_SYSTEM, "%s", why);
	error->number = ESRCH;
	return -1;
}

int record_write_init(int record, pid_t pid, struct error *error)
{
	struct process_state state;
	char line[64];

	if (record_process(pid, &state))
		return error_set(error, ERROR_SYSTEM, "init of the container is gone");
	snprintf(line, sizeof(line), "%d %llu\n", pid, state.start);
	return record_write(record, "init", line, strlen(line), error);
}

int record_init(int record, pid_t *ret_pid, struct error *error)
{
	static const char gone[] = "init of the container is gone";
	scope_memory char *text = NULL;
	scope_fd int pidfd = -1;
	struct process_state state;
	unsigned long long start;
	size_t size;
	int pid;

	if (record_read(record, "init", &text, &size, error))
		return -1;
	if (sscanf(text, "%d %llu", &pid, &start) != 2 || pid <= 0)
		/* No login can find that container: it is swept as a dead one is. */
		return init_gone(error, "the record's init is no pid");
	/* The pidfd first: what is read of the pid after it speaks of the same process. */
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0 || record_process(pid, &state))
		return says_gone(errno) ? init_gone(error, gone)
					: error_errno(error, "cannot look at the container's init");
	if (state.start != start || state.state == 'Z' || (state.flags & flag_exiting))
		return init_gone(error, gone);
	if (ret_pid)
		*ret_pid = pid;
	return take_fd(&pidfd);
}

int record_share(int logins)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	struct stat st;

	if (fcntl(logins, F_SETLK, &whole))
		return -1;
	/* init writes there before it lets its lock go for good. */
	return fstat(logins, &st) || st.st_size ? -1 : 0;
}

bool record_has_logins(int record)
{
	scope_fd int fd = openat(record, "logins", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &whole))
		return false;
	return whole.l_type == F_RDLCK;
}

/* Folders whose names are made of these characters alone. */
static int list_names(int folder, const char *characters, struct strings *names,
		      struct error *error)
{
	int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scope_dir DIR *entries = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!entries) {
		scope_close(&again);
		return error_errno(error, "cannot list '" RECORD_ROOT "'");
	}
	while ((errno = 0, entry = readdir(entries)))
		if (entry->d_type == DT_DIR && !entry->d_name[strspn(entry->d_name, characters)] &&
		    strings_add(names, entry->d_name, error))
			return -1;
	return errno ? error_errno(error, "cannot list '" RECORD_ROOT "'") : 0;
}

int record_ids(int owner_folder, struct strings *ret_ids, struct error *error)
{
	return list_names(owner_folder, "0123456789abcdef", ret_ids, error);
}

int record_uids(int root, struct strings *ret_uids, struct error *error)
{
	/* Kept filters lie beside them, in `cache`. */
	return list_names(root, "0123456789", ret_uids, error);
}

int record_open(int owner_folder, const char *id, struct error *error)
{
	return open_private(owner_folder, id, error);
}

void record_fault(struct record_faults *faults, uid_t uid, const char *id,
		  const struct error *error)
{
	if (!faults)
		return;
	faults->count++;
	log_warning(faults->log, "passed over '" RECORD_ROOT "/%u%s%s': %s", uid, id ? "/" : "",
		    id ? id : "", error->text);
}

void record_remove(int owner_folder, const char *id)
{
	int record = openat(owner_folder, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	scope_dir DIR *entries = record < 0 ? NULL : fdopendir(record);

	if (!entries)
		scope_close(&record);
	for (struct dirent *entry = entries ? readdir(entries) : NULL; entry;
	     entry = readdir(entries))
		unlinkat(record, entry->d_name, 0);
	/* An empty one goes without a descriptor too. */
	unlinkat(owner_folder, id, AT_REMOVEDIR);
}
