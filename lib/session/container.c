/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "builder.h"
#include "cgroup.h"
#include "logins.h"
#include "place.h"
#include "sweep.h"

void container_close(struct container *container)
{
	scope_close(&container->pidfd);
	scope_close(&container->owner);
	scope_close(&container->record);
	scope_close(&container->logins);
	scope_close(&container->tree);
	scope_close(&container->program);
	free(container->cgroup);
	*container = (struct container)CONTAINER_INIT;
}

/* Whose container it is (design.md, "Whose container"): a service with a private view of the host
 * must not meet one that was made from another view. */
static char *owner_text(const struct plan *plan, const char *conf)
{
	struct stat mounts, network;

	if (stat("/proc/self/ns/mnt", &mounts) || stat("/proc/self/ns/net", &network))
		return NULL;
	return text_format("%s\n%u\n%s\n%llu\n%llu\n", plan->user.name, plan->user.uid,
			   conf ? conf : "", (unsigned long long)mounts.st_ino,
			   (unsigned long long)network.st_ino);
}

/* Whether a file of the record holds exactly `text`. */
static bool record_says(int record, const char *name, const char *text)
{
	scope_memory char *bytes = NULL;
	struct error ignored;
	size_t size;

	return !record_read(record, name, &bytes, &size, &ignored) && !strcmp(bytes, text);
}

bool container_only_shell_gains(int record)
{
	return !faccessat(record, "only_shell_gains", F_OK, 0);
}

int container_open(struct container *ret_container, int owner, uid_t uid, const char *id,
		   struct error *error)
{
	scope_of(container) struct container found = CONTAINER_INIT;

	found.uid = uid;
	snprintf(found.id, sizeof(found.id), "%s", id);
	found.owner = fcntl(owner, F_DUPFD_CLOEXEC, 3);
	if (found.owner < 0)
		return error_errno(error, "cannot keep the record's folder");
	found.record = record_open(owner, id, error);
	if (found.record < 0)
		return -1;
	found.together = !faccessat(found.record, "together", F_OK, 0);
	if (sweep_cgroup(found.record, &found.cgroup, error))
		return -1;
	found.pidfd = record_init(found.record, &found.pid, error);
	if (found.pidfd < 0)
		return -1;
	*ret_container = found;
	found = (struct container)CONTAINER_INIT;
	return 0;
}

int container_share(struct container *container, const char *from, struct error *error)
{
	scope_fd int pidfd = -1;

	container->logins = openat(container->record, "logins", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (container->logins < 0)
		return error_errno(error, "cannot open the lock of container %s", container->id);
	/* init may have been killed since: looked at again now that it can no longer end by itself.
	 */
	if (!record_share(container->logins))
		pidfd = record_init(container->record, NULL, error);
	if (pidfd < 0) {
		close(take_fd(&container->logins));
		error_set(error, ERROR_SYSTEM, "container %s is ending", container->id);
		error->number = ESRCH;
		return -1;
	}
	return logins_enter(container->record, "", from, error);
}

/* A living container that this login may share; -1 without an error worth telling. */
static int find_shared(struct container *ret_container, int owner, const struct strings *ids,
		       const struct plan *plan, const char *owner_line, const char *from)
{
	for (size_t i = 0; i < ids->count; i++) {
		scope_of(container) struct container found = CONTAINER_INIT;
		struct error ignored;

		if (container_open(&found, owner, plan->user.uid, ids->items[i], &ignored) ||
		    !record_says(found.record, "owner", owner_line) ||
		    !record_says(found.record, "policy", plan->policy) ||
		    faccessat(found.record, "shared", F_OK, 0) ||
		    container_only_shell_gains(found.record) != plan->only_shell_gains ||
		    container_share(&found, from, &ignored))
			continue;
		found.linger = plan->linger;
		*ret_container = found;
		found = (struct container)CONTAINER_INIT;
		return 0;
	}
	return -1;
}

/* Whether the logins' cgroups stand beside init's: limits are the whole's, and where the host's
 * pids are seen it ends by its cgroup. */
static bool is_together(const struct plan *plan)
{
	return plan->limits.count || !(plan->namespaces & CLONE_NEWPID);
}

/* All that a record holds before init is made. */
static int write_record(int record, const struct plan *plan, const char *owner_line,
			struct error *error)
{
	scope_memory char *json = plan_print_json(plan);

	if (!json)
		return error_memory(error);
	if (record_write(record, "owner", owner_line, strlen(owner_line), error) ||
	    record_write(record, "policy", plan->policy, strlen(plan->policy), error) ||
	    record_write(record, "plan", json, strlen(json), error))
		return -1;
	if (plan->filter && record_write(record, "filter", plan->filter,
					 plan->filter_count * sizeof(*plan->filter), error))
		return -1;
	if (plan->share == SHARE_USER && record_write(record, "shared", "", 0, error))
		return -1;
	if (plan->only_shell_gains && record_write(record, "only_shell_gains", "", 0, error))
		return -1;
	if (is_together(plan))
		return record_write(record, "together", "", 0, error);
	return 0;
}

/*
 * init's cgroup, and where the host's pids are seen also what it ends the rest by. The mount of
 * cgroup2 inside shows init's cgroup, and with SYS_ADMIN a process can move itself there, out of
 * its login's: so the device program holds here too.
 */
static int begin_init(struct container *container, int root, const struct plan *plan, int *ret_line,
		      struct error *error)
{
	scope_fd int whole = -1, place = -1, above = -1, events = -1, end = -1;
	scope_memory char *init = text_format("%s/init", container->cgroup);
	scope_memory char *logins = text_format("%s/logins", container->cgroup);
	struct builder_orders orders = { .plan = plan,
					 .id = container->id,
					 .logins = container->logins };

	if (!init || !logins)
		return error_memory(error);
	container->program = cgroup_load(plan, error);
	whole = container->program < 0 ? -1 : cgroup_make(root, container->cgroup, error);
	if (whole < 0 || cgroup_hold(whole, container->program, error))
		return -1;
	place = cgroup_make(root, init, error);
	if (place < 0)
		return -1;
	if (!(plan->namespaces & CLONE_NEWPID)) {
		above = cgroup_make(root, logins, error);
		if (above < 0)
			return -1;
		events = openat(above, "cgroup.events", O_RDONLY | O_CLOEXEC);
		end = openat(above, "cgroup.kill", O_WRONLY | O_CLOEXEC);
		if (events < 0 || end < 0)
			return error_errno(error, "cannot open '%s'", logins);
		orders.events = &events;
		orders.kill = &end;
	}
	orders.cgroup = place;
	container->pidfd = builder_begin(&orders, &container->pid, ret_line, error);
	return container->pidfd < 0 ? -1 : 0;
}

/*
 * Takes the login's lock in the record's folder, then makes init, and writes the rest of the record
 * while that comes to stand; published last. Whoever is killed in between leaves a record without
 * init, by which a sweep finds the cgroup.
 */
static int fill_new(struct container *container, int root, const struct plan *plan,
		    const char *owner_line, const char *from, struct error *error)
{
	scope_of(place) struct place place = PLACE_INIT;
	scope_fd int line = -1;

	container->logins =
		openat(container->record, "logins", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (container->logins < 0 || record_share(container->logins))
		return error_errno(error, "cannot lock the record");
	if (place_find(&place, plan, container->id, error) ||
	    record_write(container->record, "cgroup", place.path, strlen(place.path), error))
		return -1;
	container->cgroup = take_pointer(&place.path);
	if (place_make(&place, root, container->cgroup, plan, error) ||
	    begin_init(container, root, plan, &line, error) ||
	    write_record(container->record, plan, owner_line, error) ||
	    logins_enter(container->record, "", from, error) || builder_await(line, error) ||
	    record_write_init(container->record, container->pid, error)) {
		cgroup_kill(root, container->cgroup);
		cgroup_wait_empty(root, container->cgroup, SWEEP_TIMEOUT_MS);
		cgroup_remove(root, container->cgroup);
		return -1;
	}
	return 0;
}

/* `root`: the cgroup2 tree. */
static int make_new(struct container *ret_container, int owner, int root, const struct plan *plan,
		    const char *owner_line, const char *from, struct error *error)
{
	scope_of(container) struct container made = CONTAINER_INIT;

	made.uid = plan->user.uid;
	made.linger = plan->linger;
	made.fresh = made.unseen = true;
	made.together = is_together(plan);
	made.owner = fcntl(owner, F_DUPFD_CLOEXEC, 3);
	if (made.owner < 0)
		return error_errno(error, "cannot keep the record's folder");
	if (record_new_id(made.id, error))
		return -1;
	if (mkdirat(owner, made.id, 0700))
		return error_errno(error, "cannot make the record");
	made.record = record_open(owner, made.id, error);
	if (made.record < 0 || fill_new(&made, root, plan, owner_line, from, error)) {
		record_remove(owner, made.id);
		return error_prefix(error, "container");
	}
	*ret_container = made;
	made = (struct container)CONTAINER_INIT;
	return 0;
}

int container_take(struct container *ret_container, const struct plan *plan, const char *conf,
		   const char *from, struct error *error)
{
	scope_memory char *owner_line = owner_text(plan, conf);
	scope_of(strings) struct strings ids = { 0 };
	scope_fd int root = record_root(error);
	scope_fd int owner = -1, lock = -1, cgroups = -1;
	int living;

	if (!owner_line)
		return error_errno(error, "cannot tell whose container this login's is");
	if (root < 0)
		return -1;
	lock = record_lock(root, plan->user.uid, true, &owner, error);
	cgroups = lock < 0 ? -1 : cgroup_root(error);
	if (cgroups < 0 || record_ids(owner, &ids, error))
		return -1;
	living = sweep_records(owner, plan->user.uid, &ids, cgroups, NULL);
	if (plan->max_sessions && living >= (int)plan->max_sessions)
		return error_set(error, ERROR_LIMIT,
				 "%s has %d sessions open, as many as max_sessions allows",
				 plan->user.name, living);
	if ((plan->share != SHARE_USER ||
	     find_shared(ret_container, owner, &ids, plan, owner_line, from)) &&
	    make_new(ret_container, owner, cgroups, plan, owner_line, from, error))
		return -1;
	ret_container->tree = take_fd(&cgroups);
	return 0;
}

/*
 * With linger=no init ends as soon as the last lock is given up. With `processes` it may go on, and
 * sshd has not reaped the user's process yet: nothing to wait for, only looked at.
 */
static int end_timeout_ms(const struct container *container)
{
	if (container->linger != LINGER_NO || record_has_logins(container->record))
		return 0;
	return SWEEP_TIMEOUT_MS;
}

bool container_is_lost(const struct container *container)
{
	struct pollfd ended = { .fd = container->pidfd, .events = POLLIN };

	return container->pidfd >= 0 && !container->fresh && poll(&ended, 1, 0) == 1;
}

/* Ends a container that nobody has come to share, under the lock without which nobody can. */
static bool abandon(const struct container *container, struct error *error)
{
	scope_fd int lock = record_lock_folder(container->owner, error);

	if (lock < 0 || record_has_logins(container->record))
		return false;
	return !syscall(SYS_pidfd_send_signal, container->pidfd, SIGKILL, NULL, 0);
}

void container_leave(struct container *container, int root, const char *cgroup, pid_t pid,
		     unsigned long long start)
{
	struct error ignored;
	scope_fd int lock = -1, own_root = -1;
	int timeout_ms;

	if (container->record < 0)
		return;
	if (root < 0) /* where open failed before the login had a cgroup */
		root = own_root =
			container->tree >= 0 ? take_fd(&container->tree) : cgroup_root(&ignored);
	scope_close(&container->logins);
	container->logins = -1;
	if (!cgroup || !cgroup_remove(root, cgroup))
		logins_remove(container->record, pid, start);
	timeout_ms = container->fresh && abandon(container, &ignored) ? SWEEP_TIMEOUT_MS
								      : end_timeout_ms(container);
	/* `populated 0` is the end; that init is reaped may have to wait for a zombie of the
	 * server's. */
	if (root >= 0 && container->cgroup &&
	    !cgroup_wait_empty(root, container->cgroup, timeout_ms)) {
		lock = record_lock_folder(container->owner, &ignored);
		if (lock >= 0 && sweep_is_dead(container->record, &ignored))
			sweep_remove(container->owner, container->id, root);
	}
	container_close(container);
}

int container_plan(const struct container *container, struct plan *ret_plan, struct error *error)
{
	scope_memory char *json = NULL, *filter = NULL;
	struct error absent;
	size_t size;

	if (record_read(container->record, "plan", &json, &size, error) ||
	    plan_read_json(ret_plan, json, error))
		return -1;
	if (record_read(container->record, "filter", &filter, &size, &absent)) {
		if (absent.number == ENOENT)
			return 0;
		*error = absent;
		plan_clear(ret_plan);
		return -1;
	}
	ret_plan->filter_count = size / sizeof(*ret_plan->filter);
	ret_plan->filter = (struct sock_filter *)(void *)take_pointer(&filter);
	return 0;
}
