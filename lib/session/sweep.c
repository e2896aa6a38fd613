/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "../base/scope.h"
#include "cgroup.h"
#include "logins.h"
#include "place.h"
#include "record.h"

int sweep_cgroup(int record, char **ret_cgroup, struct error *error)
{
	size_t size;

	*ret_cgroup = NULL;
	return record_read(record, "cgroup", ret_cgroup, &size, error) && error->number != ENOENT
		       ? -1
		       : 0;
}

void sweep_cgroups(int root)
{
	/* Never what stands in it: an empty cgroup there may be one that is about to be used. */
	unlinkat(root, PLACE_PLAIN, AT_REMOVEDIR);
}

/* Kills what is in a cgroup, waits for its end, removes it; says whether it is gone. */
static bool end_cgroup(int root, const char *path)
{
	if (!path || !path[0])
		return true;
	cgroup_kill(root, path);
	cgroup_wait_empty(root, path, SWEEP_TIMEOUT_MS);
	return !cgroup_remove(root, path);
}

/* A login that still stands may be about to make its cgroup: its own close comes back here. */
static bool end_login(int root, const struct logins_entry *login)
{
	bool gone = end_cgroup(root, login->cgroup);

	return gone && (!login->lives || login->pid == getpid());
}

void sweep_remove(int owner, const char *id, int root)
{
	scope_of(logins_list) struct logins_list logins = { 0 };
	scope_memory char *cgroup = NULL;
	struct error ignored;
	scope_fd int record = record_open(owner, id, &ignored);
	bool gone = true;

	if (record < 0 || logins_list(record, &logins, &ignored))
		return;
	if (sweep_cgroup(record, &cgroup, &ignored))
		return;
	for (size_t i = 0; i < logins.count; i++)
		gone = end_login(root, &logins.items[i]) && gone;
	gone = end_cgroup(root, cgroup) && gone;
	sweep_cgroups(root);
	/* What is left is found again by its record only. */
	if (gone)
		record_remove(owner, id);
}

bool sweep_says_dead(const struct error *error)
{
	return error->number == ESRCH || error->number == ENOENT;
}

bool sweep_is_dead(int record, struct error *error)
{
	scope_fd int pidfd = record_init(record, NULL, error);

	return pidfd < 0 && sweep_says_dead(error);
}

/* In a living container: empty cgroups of logins whose process was killed. Returns those that live.
 */
static int sweep_logins(int record, int root)
{
	scope_of(logins_list) struct logins_list logins = { 0 };
	struct error ignored;
	int living = 0;

	if (logins_list(record, &logins, &ignored))
		return 0;
	for (size_t i = 0; i < logins.count; i++) {
		const struct logins_entry *login = &logins.items[i];

		if (login->lives)
			living++;
		else if (!login->cgroup[0] || !cgroup_remove(root, login->cgroup))
			unlinkat(record, login->file, 0);
	}
	return living;
}

int sweep_records(int owner, uid_t uid, const struct strings *ids, int root,
		  struct record_faults *faults)
{
	int living = 0;

	for (size_t i = 0; i < ids->count; i++) {
		struct error error = ERROR_INIT;
		scope_fd int record = record_open(owner, ids->items[i], &error);

		if (record >= 0 && sweep_is_dead(record, &error)) {
			sweep_remove(owner, ids->items[i], root);
			continue;
		}
		if (error.kind)
			record_fault(faults, uid, ids->items[i], &error);
		if (record >= 0)
			living += sweep_logins(record, root);
	}
	return living;
}
