/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cron_jobs.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"

enum { TABLE_MOST_BYTES = 1024 * 1024 };

struct jobs {
	struct strings users, tables;
};

static void jobs_clear(struct jobs *jobs)
{
	strings_clear(&jobs->users);
	strings_clear(&jobs->tables);
}

static int add_user(struct jobs *jobs, const char *user, const char *table, struct error *error)
{
	if (strings_contain(&jobs->users, user))
		return 0;
	return strings_add(&jobs->users, user, error) || strings_add(&jobs->tables, table, error)
		       ? -1
		       : 0;
}

/* The user of a line of a system table, or NULL: after five fields of time, or one (@daily). */
static char *user_of(char *line)
{
	static const char blanks[] = " \t\r";
	char *word, *rest = line + strspn(line, blanks);
	int times = *rest == '@' ? 1 : 5;

	/* A comment, or a variable of the environment. */
	if (*rest != '@' && *rest != '*' && !isdigit((unsigned char)*rest))
		return NULL;
	for (int i = 0; i <= times; i++) {
		rest += strspn(rest, blanks);
		word = rest;
		rest += strcspn(rest, blanks);
		if (i < times && !*rest)
			return NULL;
	}
	*rest = '\0';
	return *word ? word : NULL;
}

static int add_table(struct jobs *jobs, const char *table, struct error *error)
{
	scope_fd int fd = open(table, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	scope_memory char *text = NULL;
	struct error fault = ERROR_INIT;
	char *rest, *line, *user;
	struct stat st;
	size_t size;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) ||
	    path_read_all(fd, TABLE_MOST_BYTES, &text, &size, &fault))
		return 0;
	for (rest = text; (line = strsep(&rest, "\n"));) {
		user = user_of(line);
		if (user && add_user(jobs, user, table, error))
			return -1;
	}
	return 0;
}

/* Calls `each` for every file in a folder, by its whole path. */
static int each_table(struct jobs *jobs, const char *folder,
		      int (*each)(struct jobs *, const char *, struct error *), struct error *error)
{
	scope_dir DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		scope_memory char *path = text_format("%s/%s", folder, entry->d_name);

		if (!path)
			return error_memory(error);
		if (*entry->d_name != '.' && each(jobs, path, error))
			return -1;
	}
	return 0;
}

/* A person's own table bears their name. */
static int add_owner(struct jobs *jobs, const char *table, struct error *error)
{
	return add_user(jobs, strrchr(table, '/') + 1, table, error);
}

int cron_jobs_find(struct strings *ret_users, struct strings *ret_tables, struct error *error)
{
	scope_of(jobs) struct jobs jobs = { 0 };

	if (add_table(&jobs, "/etc/crontab", error) ||
	    each_table(&jobs, "/etc/cron.d", add_table, error) ||
	    each_table(&jobs, "/var/spool/cron/crontabs", add_owner, error) ||
	    each_table(&jobs, "/var/spool/cron", add_owner, error))
		return -1;
	*ret_users = jobs.users;
	*ret_tables = jobs.tables;
	jobs = (struct jobs){ 0 };
	return 0;
}
