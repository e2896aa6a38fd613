/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mount_table.h"

#include <stdio.h>
#include <string.h>

#include "../base/scope.h"
#include "../base/text.h"

void mount_table_clear(struct mount_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free(table->items[i].point);
		free(table->items[i].type);
	}
	free(table->items);
	*table = (struct mount_table){ 0 };
}

/* mountinfo writes blanks and backslashes as \ooo (proc_pid_mountinfo(5)). */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

static int keep_line(struct mount_table *table, char *line, struct error *error)
{
	char *type = strstr(line, " - ");
	struct mount_entry *entry;
	int start = 0, end = 0;

	if (!type)
		return 0;
	type += strlen(" - ");
	entry = array_add(&table->items, &table->count, sizeof(*entry));
	if (!entry)
		return error_memory(error);
	if (sscanf(line, "%llu %*u %*s %*s %n%*s%n", &entry->id, &start, &end) != 1 || !end)
		return error_set(error, ERROR_SYSTEM, "cannot read '/proc/self/mountinfo'");
	entry->point = strndup(line + start, (size_t)(end - start));
	entry->type = strndup(type, strcspn(type, " \n"));
	if (!entry->point || !entry->type)
		return error_memory(error);
	unescape(entry->point);
	return 0;
}

int mount_table_read(struct mount_table *ret_table, struct error *error)
{
	scope_stream FILE *stream = fopen("/proc/self/mountinfo", "re");
	scope_of(mount_table) struct mount_table table = { 0 };
	scope_memory char *line = NULL;
	size_t room = 0;

	if (!stream)
		return error_errno(error, "cannot open '/proc/self/mountinfo'");
	while (getline(&line, &room, stream) > 0)
		if (keep_line(&table, line, error))
			return -1;
	/* getline(3) marks no error where it gets no memory; a mount that is missed would be seen.
	 */
	if (!feof(stream))
		return error_errno(error, "cannot read '/proc/self/mountinfo'");
	*ret_table = table;
	table = (struct mount_table){ 0 };
	return 0;
}
