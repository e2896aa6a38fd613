/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "cgroup.h"
#include "scope_unit.h"

/* Dies with the server. Its end is no child's to the server's wait (clone(2), __WCLONE). */
static void __attribute__((noreturn)) seed_main(pid_t parent)
{
	sigset_t all;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	syscall(SYS_close_range, 0, ~0U, 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	while (getppid() == parent)
		sigwaitinfo(&all, NULL);
	_exit(0);
}

static int make_seed(struct place *place, struct error *error)
{
	struct clone_args arguments = { .flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
					.pidfd = (uint64_t)(uintptr_t)&place->seed_fd };
	pid_t parent = getpid();

	place->seed = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
	if (!place->seed)
		seed_main(parent);
	return place->seed < 0 ? error_errno(error, "cannot fork") : 0;
}

void place_clear(struct place *place)
{
	if (place->seed > 0) {
		syscall(SYS_pidfd_send_signal, place->seed_fd, SIGKILL, NULL, 0);
		while (waitpid(place->seed, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	scope_close(&place->seed_fd);
	free(place->path);
	free(place->scope);
	*place = (struct place)PLACE_INIT;
}

static int find_scope(struct place *place, const struct plan *plan, const char *id,
		      struct error *error)
{
	struct scope_unit unit = {
		.id = id, .user = plan->user.name, .home = plan->user.home, .uid = plan->user.uid
	};

	if (make_seed(place, error))
		return -1;
	unit.pid = place->seed;
	if (scope_unit_start(&unit, error) || cgroup_of(place->seed, &place->scope, error))
		return error_prefix(error, "scope");
	place->path = text_format("%s/container", place->scope);
	return place->path ? 0 : error_memory(error);
}

int place_find(struct place *ret_place, const struct plan *plan, const char *id,
	       struct error *error)
{
	scope_of(place) struct place place = PLACE_INIT;

	if (plan->scope) {
		if (find_scope(&place, plan, id, error))
			return -1;
	} else {
		place.path = text_format("/" PLACE_PLAIN "/%s", id);
		if (!place.path)
			return error_memory(error);
	}
	*ret_place = place;
	place = (struct place)PLACE_INIT;
	return 0;
}

/* Out of the scope's own cgroup: one with processes gives its children no controllers
 * (cgroup-v2.rst, "No Internal Process Constraint"). */
static int plant_seed(const struct place *place, int root, const char *path, struct error *error)
{
	scope_memory char *init = text_format("%s/init", path);
	scope_fd int cgroup = init ? cgroup_make(root, init, error) : error_memory(error);
	scope_fd int procs = -1;
	char text[16];

	if (cgroup < 0)
		return -1;
	procs = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	snprintf(text, sizeof(text), "%d", place->seed);
	if (procs < 0 || write(procs, text, strlen(text)) < 0)
		return error_errno(error, "cannot move a process to '%s'", init);
	return 0;
}

int place_make(const struct place *place, int root, const char *path, const struct plan *plan,
	       struct error *error)
{
	scope_fd int cgroup = cgroup_make(root, path, error);

	if (cgroup < 0)
		return -1;
	if (place->scope && plant_seed(place, root, path, error))
		return -1;
	if (!plan->limits.count)
		return 0;
	return cgroup_limit(root, place->scope ? place->scope : "", path, plan, error);
}

bool place_is_scope(const char *path)
{
	return !text_starts(path, "/" PLACE_PLAIN "/");
}
