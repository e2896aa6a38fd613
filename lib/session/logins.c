/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "logins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/scope.h"
#include "../base/text.h"
#include "record.h"

static const char prefix[] = "login.";

void logins_list_clear(struct logins_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].file);
		free(list->items[i].cgroup);
		free(list->items[i].from);
		strings_clear(&list->items[i].terminals);
	}
	free(list->items);
	*list = (struct logins_list){ 0 };
}

/* Start time in the name too: a stale entry of a reused pid is another file. */
static void entry_name(char *name, size_t size, pid_t pid, unsigned long long start)
{
	snprintf(name, size, "%s%d.%llu", prefix, pid, start);
}

int logins_enter(int record, const char *cgroup, const char *from, struct error *error)
{
	struct process_state state;
	scope_memory char *text = NULL;
	char name[64];

	if (record_process(getpid(), &state))
		return error_set(error, ERROR_SYSTEM, "cannot read '/proc/self/stat'");
	text = text_format("%s\n%s\n", cgroup, from);
	if (!text)
		return error_memory(error);
	entry_name(name, sizeof(name), getpid(), state.start);
	return record_write(record, name, text, strlen(text), error);
}

void logins_remove(int record, pid_t pid, unsigned long long start)
{
	char name[64];

	entry_name(name, sizeof(name), pid, start);
	unlinkat(record, name, 0);
}

static int add_entry(int record, const char *file, struct logins_list *list, struct error *error)
{
	struct logins_entry *entry;
	scope_memory char *text = NULL;
	unsigned long long start;
	struct stat st;
	char *rest;
	size_t size;
	pid_t pid;

	if (sscanf(file + strlen(prefix), "%d.%llu", &pid, &start) != 2)
		return 0;
	if (record_read(record, file, &text, &size, error))
		return error->number == ENOENT ? 0 : -1; /* left meanwhile */
	entry = array_add(&list->items, &list->count, sizeof(*entry));
	if (!entry)
		return error_memory(error);
	entry->pid = pid;
	entry->lives = record_lives(pid, start);
	/* An entry is written as its login opens, and never after. */
	if (!fstatat(record, file, &st, AT_SYMLINK_NOFOLLOW))
		entry->since_s = st.st_mtim.tv_sec;
	rest = text + strcspn(text, "\n");
	entry->file = strdup(file);
	entry->cgroup = strndup(text, (size_t)(rest - text));
	rest += *rest == '\n';
	entry->from = strndup(rest, strcspn(rest, "\n"));
	return entry->file && entry->cgroup && entry->from ? 0 : error_memory(error);
}

int logins_list(int record, struct logins_list *ret_list, struct error *error)
{
	int again = openat(record, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scope_dir DIR *entries = again < 0 ? NULL : fdopendir(again);
	scope_of(logins_list) struct logins_list list = { 0 };
	struct dirent *entry;

	if (!entries) {
		scope_close(&again);
		return error_errno(error, "cannot list a record");
	}
	while ((errno = 0, entry = readdir(entries)))
		if (text_starts(entry->d_name, prefix) &&
		    add_entry(record, entry->d_name, &list, error))
			return -1;
	if (errno)
		return error_errno(error, "cannot list a record");
	*ret_list = list;
	list = (struct logins_list){ 0 };
	return 0;
}
