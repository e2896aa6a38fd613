/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/scope.h"
#include "privilege.h"
#include "process.h"

struct closer {
	struct login *login;
	int pidfd; /* of the process that the login is closed for */
};

static void close_all_but(const int *kept, size_t count)
{
	unsigned from = 0;

	for (;;) {
		unsigned next = ~0U;

		for (size_t i = 0; i < count; i++)
			if (kept[i] >= 0 && (unsigned)kept[i] >= from && (unsigned)kept[i] < next)
				next = (unsigned)kept[i];
		if (next > from)
			syscall(SYS_close_range, from, next == ~0U ? next : next - 1, 0);
		if (next == ~0U)
			return;
		from = next + 1;
	}
}

/* All but what closing needs: callers wait for the end of streams, and of what else they have open
 * (a lock, a job server's pipe). The folder they stand in is let go as well. */
static void let_go(const struct closer *closer)
{
	struct login *login = closer->login;
	int *const closed[] = { &login->container.logins, &login->container.pidfd,
				&login->cgroup.leaf, &login->cgroup.procs, &login->timer };
	const int kept[] = { closer->pidfd,	    login->container.owner, login->container.record,
			     login->container.tree, login->cgroup.root,	    login->cgroup.home,
			     login->keeper };

	close_all_but(kept, sizeof(kept) / sizeof(*kept));
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++)
		*closed[i] = -1;
}

static void wait_for_end(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	while (poll(&ended, 1, -1) < 0 && errno == EINTR)
		;
}

static void __attribute__((noreturn)) be_closer(void *context)
{
	const struct closer *closer = context;
	struct login *login = closer->login;
	struct error ignored;

	process_forget_signals();
	setsid();
	let_go(closer);
	/* What is to be removed is root's own: for that uid 0 needs no capability. */
	if (prctl(PR_SET_DUMPABLE, 0) || privilege_drop_but(0, &ignored) || chdir("/"))
		_exit(1);
	wait_for_end(closer->pidfd);
	/* Nobody waits for this process, so it may wait for the container. */
	login->container.linger = LINGER_NO;
	login_close(login);
	_exit(0);
}

static int open_closer(struct closer *closer, struct login *login, struct error *error)
{
	*closer = (struct closer){
		.login = login,
		.pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0),
	};
	return closer->pidfd < 0 ? error_errno(error, "cannot watch this process") : 0;
}

int watch_close(struct login *login, struct error *error)
{
	struct closer closer;
	pid_t child;

	if (open_closer(&closer, login, error))
		return -1;
	child = fork();
	if (!child)
		be_closer(&closer);
	close(closer.pidfd);
	return child < 0 ? error_errno(error, "cannot fork") : 0;
}

/*
 * What the caller was started with would stay open in the child after its end, as the lock of a
 * file that the next command takes; here, for the child may begin to run only then.
 */
static void let_callers_go(const struct login *login, int pidfd)
{
	const struct container *container = &login->container;
	const int kept[] = {
		STDIN_FILENO,	      STDOUT_FILENO,	   STDERR_FILENO,      pidfd,
		container->pidfd,     container->owner,	   container->record,  container->logins,
		container->tree,      container->program,  login->cgroup.root, login->cgroup.leaf,
		login->cgroup.procs,  login->cgroup.home,  login->timer,       login->keeper,
		login->pid_namespace, login->net_namespace
	};

	close_all_but(kept, sizeof(kept) / sizeof(*kept));
	(void)!chdir("/");
}

int watch_take_over(struct login *login)
{
	/* The child reads it while this process leaves its stack. */
	static struct closer closer;
	struct error ignored;

	if (cgroup_populated(login->cgroup.root, login->cgroup.path) ||
	    open_closer(&closer, login, &ignored))
		return -1;
	let_callers_go(login, closer.pidfd);
	if (process_bequeath(be_closer, &closer) >= 0)
		return 0;
	close(closer.pidfd);
	return -1;
}
