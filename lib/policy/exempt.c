/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exempt.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../base/path.h"
#include "../base/scope.h"

enum { EXEMPT_MOST_BYTES = 64 * 1024 };

static bool is_member(const struct subject *subject, const char *group)
{
	for (size_t i = 0; i < subject->group_count; i++)
		if (!strcmp(subject->groups[i], group))
			return true;
	return false;
}

/* Opens CONF/exempt; -1 with ENOENT where there is none. */
static int open_exempt(const char *conf, struct error *error)
{
	scope_fd int folder = path_open_root_folder(AT_FDCWD, conf, error);

	return folder < 0 ? -1 : path_open_root_file(folder, "exempt", error);
}

/* The text of the file, "" where there is none or it cannot be trusted. NULL: out of memory. */
static char *read_exempt(const char *conf, const struct log *log, struct error *error)
{
	scope_fd int fd = open_exempt(conf, error);
	char *text, reason[1024];
	size_t size;

	if (fd >= 0 && !path_read_all(fd, EXEMPT_MOST_BYTES, &text, &size, error)) {
		if (strlen(text) == size)
			return text;
		free(text);
		error_set(error, ERROR_POLICY, "a NUL byte: this is no text");
	}
	if (error->kind == ERROR_MEMORY)
		return NULL;
	if (error->number != ENOENT)
		log_warning(log, "%s/exempt exempts no one: %s", conf,
			    error_format(error, reason, sizeof(reason)));
	text = strdup("");
	if (!text)
		error_memory(error);
	return text;
}

/* A line without its end, a comment after a blank, and the space around it; "" where none is left.
 */
static char *exempt_line(const char *start, const char *end)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	size_t mark = text_starts(start, byte_order_mark) ? strlen(byte_order_mark) : 0;
	scope_memory char *line = strndup(start + mark, (size_t)(end - start) - mark);

	if (!line)
		return NULL;
	for (char *at = line; *at; at++) {
		if ((*at != '#' && *at != ';') || (at > line && !isspace((unsigned char)at[-1])))
			continue;
		*at = '\0';
		break;
	}
	return text_trim(line);
}

/* The first name of the file whose member the subject is; "" where there is none. */
static char *find_group(const char *text, const struct subject *subject)
{
	for (const char *start = text;; start++) {
		const char *end = strchrnul(start, '\n');
		scope_memory char *name = exempt_line(start, end);

		if (!name || (*name && is_member(subject, name)))
			return take_pointer(&name);
		if (!*end)
			return strdup("");
		start = end;
	}
}

static int from_file(const char *conf, const struct subject *subject, const struct log *log,
		     char **ret_reason, struct error *error)
{
	scope_memory char *text = read_exempt(conf, log, error);
	scope_memory char *group = text ? find_group(text, subject) : NULL;

	if (!group)
		return error_memory(error);
	if (!*group)
		return 0;
	*ret_reason = text_format("group %s in %s/exempt", group, conf);
	return *ret_reason ? 0 : error_memory(error);
}

/* Names between commas; an empty one is no group. */
static int from_argument(const char *argument, const struct subject *subject, char **ret_reason,
			 struct error *error)
{
	while (*argument) {
		size_t length = strcspn(argument, ",");
		scope_memory char *name = exempt_line(argument, argument + length);

		if (!name)
			return error_memory(error);
		if (*name && is_member(subject, name)) {
			*ret_reason = text_format("group %s in exempt_group=", name);
			return *ret_reason ? 0 : error_memory(error);
		}
		argument += length;
		argument += *argument == ',';
	}
	return 0;
}

int exempt_reason(const char *conf, const char *argument, const struct subject *subject,
		  const struct log *log, char **ret_reason, struct error *error)
{
	char *reason = NULL;

	if (subject->uid == 0) {
		reason = strdup("uid 0");
		if (!reason)
			return error_memory(error);
	}
	if (!reason && argument && from_argument(argument, subject, &reason, error))
		return -1;
	if (!reason && conf && from_file(conf, subject, log, &reason, error))
		return -1;
	*ret_reason = reason;
	return 0;
}

static int check_line(const char *name, const char *file, unsigned line, struct findings *findings,
		      struct error *error)
{
	for (const char *byte = name; *byte; byte++)
		if (iscntrl((unsigned char)*byte))
			return findings_addf(findings, file, line, error,
					     "a control character (byte 0x%02x)",
					     (unsigned char)*byte);
	if (strpbrk(name, ",:="))
		return findings_addf(findings, file, line, error,
				     "one name of a group stands on a line");
	return 0;
}

void exempt_list_clear(struct exempt_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].name);
	free(list->items);
	*list = (struct exempt_list){ 0 };
}

static int add_entry(struct exempt_list *list, const char *start, const char *end, unsigned line,
		     struct error *error)
{
	scope_memory char *name = exempt_line(start, end);
	struct exempt_entry *entry;

	if (!name)
		return error_memory(error);
	if (!*name)
		return 0;
	entry = array_add(&list->items, &list->count, sizeof(*entry));
	if (!entry)
		return error_memory(error);
	*entry = (struct exempt_entry){ take_pointer(&name), line };
	return 0;
}

int exempt_read(int fd, const char *file, struct exempt_list *ret_list, struct error *error)
{
	scope_of(exempt_list) struct exempt_list list = { 0 };
	scope_memory char *text = NULL;
	unsigned number = 1;
	size_t size;

	if (path_read_all(fd, EXEMPT_MOST_BYTES, &text, &size, error))
		return error_locate(error, file, 0);
	if (strlen(text) != size) {
		error_set(error, ERROR_POLICY, "a NUL byte: this is no text");
		return error_locate(error, file, 0);
	}
	for (const char *start = text; *start; number++) {
		const char *end = strchrnul(start, '\n');

		if (add_entry(&list, start, end, number, error))
			return -1;
		start = end + (*end != '\0');
	}
	*ret_list = list;
	list = (struct exempt_list){ 0 };
	return 0;
}

int exempt_check(int fd, const char *file, struct findings *findings, struct error *error)
{
	scope_of(exempt_list) struct exempt_list list = { 0 };

	if (exempt_read(fd, file, &list, error))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (check_line(list.items[i].name, file, list.items[i].line, findings, error))
			return -1;
	return 0;
}
