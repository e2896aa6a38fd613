/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an attacker brings along. Installed setuid root it is also how a person
 * comes to be uid 0 inside. Exit status 0: the attempt succeeded; else its
 * errno is printed by name.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int tell(long result)
{
	if (result >= 0) {
		puts("done");
		return 0;
	}
	puts(strerrorname_np((int)-result));
	return 1;
}

static int become_root(char **argv)
{
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return tell(-errno);
	execvp(argv[0], argv);
	return tell(-errno);
}

/* int $0x80 from 64-bit code enters by the i386 table; bit 30 is x32's mark. */
static long call_by(const char *abi, long number, const unsigned long *a)
{
	long result;

	if (!strcmp(abi, "i386")) {
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]),
				   "D"(a[4])
				 : "memory", "r8", "r9", "r10", "r11");
		return (int)result;
	}
	if (!strcmp(abi, "x32"))
		number |= 0x40000000;
	result = syscall(number, a[0], a[1], a[2], a[3], a[4]);
	return result < 0 ? -errno : result;
}

/* call ABI NUMBER ARGUMENT...: "page" is the address of 4 KiB of zeroes below 4 GiB. */
static int make_call(char **argv)
{
	unsigned long arguments[5] = { 0 };
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	for (int i = 0; i < 5 && argv[2 + i]; i++)
		arguments[i] = strcmp(argv[2 + i], "page") ? strtoul(argv[2 + i], NULL, 0)
							   : (unsigned long)page;
	return tell(call_by(argv[0], strtol(argv[1], NULL, 0), arguments));
}

/* push REQUEST: types one character into the controlling terminal. */
static int push_character(char **argv)
{
	int terminal = open("/dev/tty", O_RDWR);
	char subject[2] = { 'x', 0 };

	if (terminal < 0)
		return tell(-errno);
	return tell(syscall(SYS_ioctl, terminal, strtoul(argv[0], NULL, 0), subject) < 0 ? -errno
											 : 0);
}

/* node TYPE MAJOR MINOR PATH: makes a node and opens it. */
static int open_node(char **argv)
{
	mode_t type = argv[0][0] == 'b' ? S_IFBLK : S_IFCHR;

	unlink(argv[3]);
	if (mknod(argv[3], type | 0666, makedev((unsigned)atoi(argv[1]), (unsigned)atoi(argv[2]))))
		return tell(-errno);
	return tell(open(argv[3], O_RDONLY | O_NONBLOCK) < 0 ? -errno : 0);
}

/* write PATH: opens it for writing. */
static int open_to_write(char **argv)
{
	return tell(open(argv[0], O_WRONLY | O_CLOEXEC) < 0 ? -errno : 0);
}

/* attach PID */
static int attach(char **argv)
{
	pid_t pid = atoi(argv[0]);
	long result = ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 ? -errno : 0;

	return tell(result);
}

/* steal PID FD: pidfd_getfd */
static int steal(char **argv)
{
	int pidfd = (int)syscall(SYS_pidfd_open, atoi(argv[0]), 0);

	if (pidfd < 0)
		return tell(-errno);
	return tell(syscall(SYS_pidfd_getfd, pidfd, atoi(argv[1]), 0) < 0 ? -errno : 0);
}

/* peer NAME: connects to an abstract socket. */
static int connect_abstract(char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t length = strlen(argv[0]);

	memcpy(address.sun_path + 1, argv[0], length);
	return tell(connect(fd, (struct sockaddr *)&address,
			    (socklen_t)(sizeof(address.sun_family) + 1 + length))
			    ? -errno
			    : 0);
}

/* Whether the folder is one that we can go to ourselves: the very mount, not another of the same
 * file system. */
static bool leads_nowhere_new(int folder)
{
	char link[64], path[PATH_MAX];
	struct statx held, own;
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return false;
	path[length] = '\0';
	return !statx(folder, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &held) &&
	       !statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_INO | STATX_MNT_ID, &own) &&
	       held.stx_ino == own.stx_ino && held.stx_mnt_id == own.stx_mnt_id;
}

/*
 * hunt SECONDS: looks at every process again and again; prints what it got at: a root that is not
 * a container's, or a folder that a process holds and that is not the container's own.
 */
static int look_at(pid_t pid)
{
	char root[64], self[64];
	struct stat st;
	int got = 0;

	snprintf(root, sizeof(root), "/proc/%d/root/.", pid);
	snprintf(self, sizeof(self), "/proc/%d/root/run/confine/self", pid);
	/* Asked for a third time: it may have ended or changed its ids meanwhile. */
	if (!stat(root, &st) && stat(self, &st) && !stat(root, &st)) {
		printf("root of %d\n", pid);
		got = 1;
	}
	if (pid == 1 || pid == getpid() || pid == getppid())
		return got;
	for (int fd = 3; fd < 40; fd++) {
		int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		int stolen = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

		if (stolen >= 0 && !fstat(stolen, &st) && S_ISDIR(st.st_mode) &&
		    !leads_nowhere_new(stolen)) {
			printf("folder %d of %d\n", fd, pid);
			got = 1;
		}
		close(stolen);
		close(pidfd);
		if (pidfd < 0)
			break;
	}
	return got;
}

static int hunt(char **argv)
{
	int got = 0;
	long rounds = 0;

	for (time_t end = time(NULL) + atoi(argv[0]); time(NULL) < end; rounds++)
		for (pid_t pid = 1; pid < 5000; pid++)
			if (!kill(pid, 0) || errno == EPERM)
				got += look_at(pid);
	printf("rounds %ld\n", rounds);
	return got ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*attempt)(char **argv);
		int words;
	} attempts[] = {
		{ "root", become_root, 1 },    { "call", make_call, 2 },
		{ "push", push_character, 1 }, { "node", open_node, 4 },
		{ "write", open_to_write, 1 }, { "attach", attach, 1 },
		{ "steal", steal, 2 },	       { "peer", connect_abstract, 1 },
		{ "hunt", hunt, 1 },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(attempts) / sizeof(*attempts); i++)
		if (!strcmp(argv[1], attempts[i].name) && argc >= 2 + attempts[i].words) {
			/* setuid root only for `root`. */
			if (attempts[i].attempt != become_root && getuid() &&
			    setresuid(getuid(), getuid(), getuid()))
				return 2;
			return attempts[i].attempt(argv + 2);
		}
	fputs("usage: attacker root|call|push|node|write|attach|steal|peer|hunt ...\n", stderr);
	return 2;
}
