/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "timer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "mount.h"
#include "orphan.h"
#include "record.h"

#define BIT(name) (UINT64_C(1) << CAP_##name)

/* The numbers are confine-timer's interface (init/confine-timer.c). */
enum { TIMER_LINE = 0, TIMER_HOLDER = 1, TIMER_CGROUP = 2, TIMER_HOME = 3, TIMER_PROC = 4 };

struct orders {
	int holder; /* a pidfd of the process that stands for the login */
	int cgroup; /* the folder that the login's processes are in */
	int proc; /* a procfs of its own: the host's may hide others' processes (hidepid=) */
	int home; /* where the holder came from, if it is one of them; else -1 */
	char seconds[24], uid[16], pid[16], terminal[16];
	char *name;
};

static void work(const void *context, int line, struct error *error)
{
	const struct orders *orders = context;
	char name[] = "confine-timer";
	char *words[] = { name,
			  (char *)(uintptr_t)orders->seconds,
			  (char *)(uintptr_t)orders->uid,
			  orders->name,
			  (char *)(uintptr_t)orders->pid,
			  (char *)(uintptr_t)orders->terminal,
			  NULL };
	struct orphan_program program = {
		.path = CONFINE_TIMER,
		.file = path_open_root_file(AT_FDCWD, CONFINE_TIMER, error),
		.kept = { [TIMER_LINE] = line,
			  [TIMER_HOLDER] = orders->holder,
			  [TIMER_CGROUP] = orders->cgroup,
			  [TIMER_HOME] = orders->home,
			  [TIMER_PROC] = orders->proc },
		.words = words,
		.capabilities = BIT(KILL) | BIT(DAC_OVERRIDE),
	};

	if (program.file >= 0)
		orphan_execute(&program, error);
}

int timer_start(const struct plan *plan, const struct cgroup_pair *pair, struct error *error)
{
	const uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	scope_fd int holder = (int)syscall(SYS_pidfd_open, getpid(), 0);
	scope_fd int proc = mount_new("proc", NULL, attributes, error);
	struct process_state state;
	struct orders orders = { .holder = holder,
				 .cgroup = pair->leaf,
				 .proc = proc,
				 .home = pair->home,
				 .name = plan->user.name };
	const struct orphan orphan = { .name = "the timer of max_time",
				       .work = work,
				       .context = &orders };

	if (proc < 0)
		return -1;
	if (holder < 0 || record_process(getpid(), &state))
		return error_errno(error, "cannot watch this process");
	snprintf(orders.seconds, sizeof(orders.seconds), "%" PRIu64, plan->max_time_s);
	snprintf(orders.uid, sizeof(orders.uid), "%u", plan->user.uid);
	snprintf(orders.pid, sizeof(orders.pid), "%d", getpid());
	snprintf(orders.terminal, sizeof(orders.terminal), "%u", state.terminal);
	return orphan_make(&orphan, error);
}

int timer_check(int line, struct error *error)
{
	struct pollfd other = { .fd = line };

	if (poll(&other, 1, 0) < 0)
		return error_errno(error, "cannot ask for the login's timer");
	if (other.revents)
		return error_set(error, ERROR_LIMIT, "the login's max_time is over");
	return 0;
}
