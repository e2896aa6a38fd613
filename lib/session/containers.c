/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "containers.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/scope.h"
#include "cgroup.h"
#include "login_terminals.h"
#include "sweep.h"

/* What is done with each person's records. */
struct round {
	/* `owner`: the folder of the records `ids`, locked; `root`: the folder that it lies in. */
	int (*visit)(struct round *round, int root, uid_t uid, int owner, const struct strings *ids,
		     struct error *error);
	void *context;
	struct record_faults *faults;
	bool changes; /* the records, and so never without the lock */
};

/*
 * Without an ENOENT: a folder that has gone meanwhile held nothing. A login that does not get done
 * (its user may have frozen confine-shell) hides no container from root.
 */
static int visit_owner(struct round *round, int root, uid_t uid, struct error *error)
{
	scope_of(strings) struct strings ids = { 0 };
	scope_fd int owner = -1;
	scope_fd int lock = record_lock(root, uid, false, &owner, error);

	if (lock < 0 && error->number == ETIMEDOUT && !round->changes)
		owner = record_owner_folder(root, uid, false, error);
	if (owner < 0)
		return error->number == ENOENT ? 0 : -1;
	return record_ids(owner, &ids, error) ? -1
					      : round->visit(round, root, uid, owner, &ids, error);
}

static int each_owner(struct round *round, struct error *error)
{
	scope_of(strings) struct strings uids = { 0 };
	scope_fd int root = record_root(error);

	if (root < 0 || record_uids(root, &uids, error))
		return -1;
	for (size_t i = 0; i < uids.count; i++) {
		uid_t uid = (uid_t)strtoul(uids.items[i], NULL, 10);
		struct error fault = ERROR_INIT;

		if (!visit_owner(round, root, uid, &fault))
			continue;
		if (fault.kind == ERROR_MEMORY)
			return error_memory(error);
		record_fault(round->faults, uid, NULL, &fault);
	}
	return 0;
}

static int visit_sweep(struct round *round, int root, uid_t uid, int owner,
		       const struct strings *ids, struct error *error)
{
	(void)error;
	sweep_records(owner, uid, ids, *(int *)round->context, round->faults);
	record_owner_remove(root, uid, owner);
	return 0;
}

int containers_sweep(struct record_faults *faults, struct error *error)
{
	scope_fd int cgroups = cgroup_root(error);
	struct round round = { visit_sweep, &cgroups, faults, true };

	if (cgroups < 0 || each_owner(&round, error))
		return -1;
	sweep_cgroups(cgroups);
	return 0;
}

struct search {
	const char *id;
	struct container found;
	int matches;
};

static int visit_find(struct round *round, int root, uid_t uid, int owner,
		      const struct strings *ids, struct error *error)
{
	struct search *search = round->context;

	(void)root;
	(void)error;
	for (size_t i = 0; i < ids->count; i++) {
		struct container found = CONTAINER_INIT;
		struct error ignored;

		if (!text_starts(ids->items[i], search->id) ||
		    container_open(&found, owner, uid, ids->items[i], &ignored))
			continue;
		container_close(&search->found);
		search->found = found;
		search->matches++;
	}
	return 0;
}

int containers_find(struct container *ret_container, const char *id, struct record_faults *faults,
		    struct error *error)
{
	struct search search = { .id = id, .found = CONTAINER_INIT };
	struct round round = { visit_find, &search, faults, false };
	char quoted[64];
	int failed;

	/* Every id begins with nothing: `confine kill "$unset"` must not find the only one. */
	if (!*id)
		return error_set(error, ERROR_USAGE, "an empty container ID");
	failed = each_owner(&round, error);
	if (!failed && search.matches == 1) {
		search.found.linger = LINGER_PROCESSES;
		*ret_container = search.found;
		return 0;
	}
	container_close(&search.found);
	if (failed)
		return -1;
	text_quote(id, quoted, sizeof(quoted));
	return error_set(error, ERROR_USAGE,
			 search.matches ? "'%s' begins more than one container's id"
					: "no container '%s'",
			 quoted);
}

int containers_kill(struct container *container, struct error *error)
{
	scope_fd int root = cgroup_root(error);
	scope_fd int lock = -1;

	if (root < 0)
		return -1;
	if (syscall(SYS_pidfd_send_signal, container->pidfd, SIGKILL, NULL, 0) && errno != ESRCH)
		return error_errno(error, "cannot kill container %s", container->id);
	lock = record_lock_folder(container->owner, error);
	if (lock >= 0)
		sweep_remove(container->owner, container->id, root);
	else if (error->number != ETIMEDOUT && error->number != ENOENT)
		return -1;
	if (container->cgroup && cgroup_populated(root, container->cgroup))
		return error_set(error, ERROR_SYSTEM, "container %s does not end", container->id);
	return 0;
}

static void facts_clear(struct container_facts *facts)
{
	free(facts->id);
	free(facts->user);
	free(facts->conf);
	free(facts->policy);
	logins_list_clear(&facts->logins);
}

void containers_clear(struct containers *list)
{
	for (size_t i = 0; i < list->count; i++)
		facts_clear(&list->items[i]);
	free(list->items);
	*list = (struct containers){ 0 };
}

/* Name and policy folder: lines 1 and 3 of the record's `owner`. */
static int read_owner(int record, struct container_facts *facts, struct error *error)
{
	scope_memory char *text = NULL;
	char *rest, *lines[3] = { NULL };
	size_t size;

	if (record_read(record, "owner", &text, &size, error))
		return -1;
	rest = text;
	for (int i = 0; i < 3 && rest; i++)
		lines[i] = strsep(&rest, "\n");
	facts->user = strdup(lines[0]);
	facts->conf = strdup(lines[2] ? lines[2] : "");
	return facts->user && facts->conf ? 0 : error_memory(error);
}

static int read_facts(struct container_facts *facts, const struct container *container, int root,
		      struct error *error)
{
	struct stat st;
	size_t size;

	facts->id = strdup(container->id);
	facts->uid = container->uid;
	facts->pid = container->pid;
	facts->only_shell_gains = container_only_shell_gains(container->record);
	if (!facts->id)
		return error_memory(error);
	if (!fstatat(container->record, "init", &st, 0))
		facts->since_s = st.st_mtim.tv_sec;
	if (read_owner(container->record, facts, error) ||
	    record_read(container->record, "policy", &facts->policy, &size, error) ||
	    logins_list(container->record, &facts->logins, error))
		return -1;
	for (size_t i = 0; i < facts->logins.count; i++) {
		struct logins_entry *login = &facts->logins.items[i];

		cgroup_count(root, login->cgroup, &facts->tasks,
			     container->together ? NULL : &facts->memory_bytes);
		if (login_terminals(root, login->cgroup, &login->terminals, error))
			return -1;
	}
	if (container->together && container->cgroup)
		facts->memory_bytes = cgroup_memory(root, container->cgroup);
	return 0;
}

static int add_facts(struct containers *list, const struct container *container, int root,
		     struct error *error)
{
	struct container_facts *facts = array_add(&list->items, &list->count, sizeof(*facts));

	if (!facts)
		return error_memory(error);
	if (!read_facts(facts, container, root, error))
		return 0;
	facts_clear(facts);
	list->count--;
	return -1;
}

struct listing {
	struct containers *list;
	int cgroups;
};

static int visit_list(struct round *round, int root, uid_t uid, int owner,
		      const struct strings *ids, struct error *error)
{
	const struct listing *listing = round->context;

	(void)root;
	for (size_t i = 0; i < ids->count; i++) {
		scope_of(container) struct container found = CONTAINER_INIT;

		if (container_open(&found, owner, uid, ids->items[i], error)) {
			if (sweep_says_dead(error))
				continue;
		} else if (!add_facts(listing->list, &found, listing->cgroups, error)) {
			continue;
		}
		if (error->kind == ERROR_MEMORY)
			return -1;
		record_fault(round->faults, uid, ids->items[i], error);
	}
	return 0;
}

int containers_list(struct containers *ret_list, struct record_faults *faults, struct error *error)
{
	scope_fd int cgroups = cgroup_root(error);
	struct containers list = { 0 };
	struct listing listing = { &list, cgroups };
	struct round round = { visit_list, &listing, faults, false };

	if (cgroups < 0)
		return -1;
	if (each_owner(&round, error)) {
		containers_clear(&list);
		return -1;
	}
	*ret_list = list;
	return 0;
}
