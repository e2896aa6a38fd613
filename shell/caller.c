/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/session/process.h"

/* All of this program's own environment; the caller's is only kept for the shell. */
static char path_variable[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static char *own_environment[] = { path_variable, NULL };

/* What a line of this program's could do harm in. */
static bool is_kernel_file(int fd)
{
	static const unsigned long types[] = { PROC_SUPER_MAGIC,    SYSFS_MAGIC,
					       SECURITYFS_MAGIC,    DEBUGFS_MAGIC,
					       TRACEFS_MAGIC,	    CGROUP_SUPER_MAGIC,
					       CGROUP2_SUPER_MAGIC, SELINUX_MAGIC,
					       BINFMTFS_MAGIC };
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return true;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((unsigned long)fs.f_type == types[i])
			return true;
	return false;
}

/* Closed streams are opened, lest a file of ours takes their number and is written to. */
static bool open_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0) {
			if (open("/dev/null", O_RDWR) != fd)
				return false;
		} else if ((flags & O_ACCMODE) != O_RDONLY && is_kernel_file(fd)) {
			return false;
		}
	}
	return true;
}

/* A signal that the caller ignores stays ignored in the shell, as nohup has it. */
static void take_signals(struct caller *caller)
{
	struct sigaction action;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &caller->blocked);
	sigemptyset(&caller->ignored);
	for (int number = 1; number < NSIG; number++)
		if (!sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN)
			sigaddset(&caller->ignored, number);
	process_forget_signals();
	sigprocmask(SIG_BLOCK, &all, NULL);
}

bool caller_take(struct caller *caller, int argc, char **argv)
{
	*caller = (struct caller){ .words = argv,
				   .uid = getuid(),
				   .gid = getgid(),
				   .environment = environ,
				   .privileged = !geteuid() };
	environ = own_environment;
	/* Linux 5.18 makes an empty argv one that holds "". */
	if (argc < 1 || !argv[0] || !*argv[0] || prctl(PR_SET_DUMPABLE, 0) || !open_streams())
		return false;
	caller->mask = umask(077);
	take_signals(caller);
	for (int resource = 0; resource < RLIM_NLIMITS; resource++)
		if (getrlimit((__rlimit_resource_t)resource, &caller->limits[resource]))
			return false;
	return true;
}

/* Too low to make a container in: what would fail half way is refused before it is begun. */
static int raise_limits(const struct caller *caller, struct error *error)
{
	static const struct {
		int resource;
		rlim_t least;
		const char *name;
	} rows[] = {
		{ RLIMIT_FSIZE, 1 << 20, "file size" }, { RLIMIT_STACK, 1 << 20, "stack" },
		{ RLIMIT_NOFILE, 128, "open files" },	{ RLIMIT_DATA, 64 << 20, "data" },
		{ RLIMIT_AS, 256 << 20, "memory" },
	};
	struct rlimit none = { .rlim_max = caller->limits[RLIMIT_CORE].rlim_max };

	if (setrlimit(RLIMIT_CORE, &none))
		return error_errno(error, "cannot forbid core dumps");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rlimit limit = caller->limits[rows[i].resource];

		if (limit.rlim_max < rows[i].least)
			return error_set(error, ERROR_LIMIT, "the limit for %s is too low",
					 rows[i].name);
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit((__rlimit_resource_t)rows[i].resource, &limit))
			return error_errno(error, "cannot raise the limit for %s", rows[i].name);
	}
	return 0;
}

int caller_put_away(struct caller *caller, struct error *error)
{
	/* A folder of the host's among them would lead out (runc CVE-2024-21626). */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0))
		return error_errno(error, "cannot close the caller's descriptors");
	if (raise_limits(caller, error))
		return -1;
	caller->folder = getcwd(NULL, 0);
	return 0;
}

int caller_check_streams(struct error *error)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int flags = fcntl(fd, F_GETFL);
		struct stat st;

		if (flags < 0 || fstat(fd, &st))
			return error_errno(error, "cannot look at descriptor %d", fd);
		if ((flags & O_PATH) || S_ISDIR(st.st_mode))
			return error_set(error, ERROR_DENIED, "descriptor %d leads to a folder",
					 fd);
	}
	return 0;
}

static bool names(const char *variable, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(variable, name, length) && variable[length] == '=';
}

const char *caller_variable(const struct caller *caller, const char *name)
{
	for (char **variable = caller->environment; *variable; variable++)
		if (names(*variable, name))
			return *variable + strlen(name) + 1;
	return NULL;
}

/* What speaks of descriptors, sockets and folders that are not there inside. */
static bool is_lost(const char *variable)
{
	static const char *const lost[] = { "LISTEN_FDS",
					    "LISTEN_PID",
					    "LISTEN_FDNAMES",
					    "NOTIFY_SOCKET",
					    "CREDENTIALS_DIRECTORY",
					    "INVOCATION_ID",
					    "JOURNAL_STREAM" };

	for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++)
		if (names(variable, lost[i]))
			return true;
	return false;
}

static bool is_replaced(const char *variable, const struct strings *added)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < added->count; i++)
		if (!strncmp(variable, added->items[i], length + 1))
			return true;
	return false;
}

/* NULL-terminated, of borrowed strings. */
static char **make_environment(const struct caller *caller, const struct strings *added,
			       bool inside)
{
	size_t count = 0;
	char **made;

	while (caller->environment[count])
		count++;
	made = calloc(count + added->count + 1, sizeof(*made));
	if (!made)
		return NULL;
	count = 0;
	for (char **variable = caller->environment; *variable; variable++)
		if (!is_replaced(*variable, added) && !(inside && is_lost(*variable)))
			made[count++] = *variable;
	for (size_t i = 0; i < added->count; i++)
		made[count++] = added->items[i];
	return made;
}

/*
 * "-bash" for a login shell, else "bash", or "/bin/bash" where the server gave a path too; the
 * other words stay what they are.
 */
static int name_shell(const struct caller *caller, const char *shell, struct error *error)
{
	const char *slash = strchr(caller->words[0], '/') ? NULL : strrchr(shell, '/');
	char *name = text_format("%s%s", caller->words[0][0] == '-' ? "-" : "",
				 slash ? slash + 1 : shell);

	if (!name)
		return error_memory(error);
	caller->words[0] = name;
	return 0;
}

static void go_to_folder(const struct caller *caller, const char *home)
{
	if (caller->folder && !chdir(caller->folder))
		return;
	/* As servers do, that go on in the root where the home is not there. */
	if (!home || chdir(home))
		(void)!chdir("/");
}

static void give_back(const struct caller *caller, unsigned set)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	umask(caller->mask);
	for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
		struct rlimit limit;

		if ((set & 1U << resource) || getrlimit((__rlimit_resource_t)resource, &limit))
			continue;
		limit.rlim_cur = caller->limits[resource].rlim_cur;
		setrlimit((__rlimit_resource_t)resource, &limit);
	}
	for (int number = 1; number < NSIG; number++)
		if (sigismember(&caller->ignored, number) == 1)
			sigaction(number, &ignore, NULL);
	sigprocmask(SIG_SETMASK, &caller->blocked, NULL);
}

int caller_execute(const struct caller *caller, const char *shell, const char *home, unsigned set,
		   const struct strings *added, struct error *error)
{
	char **environment = make_environment(caller, added, home != NULL);
	char quoted[256];

	if (!environment) {
		error_memory(error);
		return 126;
	}
	if (name_shell(caller, shell, error))
		return 126;
	if (home)
		go_to_folder(caller, home);
	give_back(caller, set);
	execve(shell, caller->words, environment);
	error_errno(error, "cannot execute '%s'", text_quote(shell, quoted, sizeof(quoted)));
	return error->number == ENOENT ? 127 : 126;
}
