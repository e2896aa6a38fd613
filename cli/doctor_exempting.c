/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: who is to stay exempt by the lines of ours that it writes, and those lines. */
#include <string.h>

#include "../lib/base/scope.h"
#include "check_names.h"
#include "doctor.h"
#include "pam_files.h"

static const char argument[] = "exempt_group=";

/* The argument as a line of ours has it, or NULL. */
static const char *exempting_line(const struct pam_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct pam_line *line = &stack->items[i];

		for (size_t j = 0; pam_line_is(line, "pam_confine.so") && j < line->arguments.count;
		     j++)
			if (text_starts(line->arguments.items[j], argument))
				return line->arguments.items[j];
	}
	return NULL;
}

/* Blanks stand within brackets (pam.conf(5)): groups of a directory have them. */
static char *as_argument(const char *text)
{
	return strpbrk(text, " \t") ? text_format(" [%s]", text) : text_format(" %s", text);
}

/* What the first service by name that has such a line says; malloc'ed, or NULL where none has. */
static char *of_lines(const struct strings *services)
{
	for (size_t i = 0; i < services->count; i++) {
		scope_of(pam_stack) struct pam_stack stack = { 0 };
		struct error ignored = ERROR_INIT;
		const char *found;

		if (pam_files_read(&stack, NULL, services->items[i], &ignored))
			continue;
		found = exempting_line(&stack);
		if (found)
			return as_argument(found);
	}
	return NULL;
}

static char *of_file(const char *conf, struct error *error)
{
	scope_of(exempt_list) struct exempt_list list = { 0 };
	scope_memory char *file = NULL, *text = strdup("");

	if (check_read_exempt(conf, &file, &list, error))
		return NULL;
	for (size_t i = 0; text && i < list.count; i++) {
		scope_memory char *before = text;

		text = text_format("%s%s%s", before, i ? "," : argument, list.items[i].name);
	}
	return text && *text ? as_argument(text) : take_pointer(&text);
}

int doctor_exempting(struct doctor *doctor, struct error *error)
{
	scope_of(strings) struct strings services = { 0 };

	if (pam_files_services(NULL, &services, error))
		return -1;
	doctor->exempting = of_lines(&services);
	if (!doctor->exempting)
		doctor->exempting = of_file(doctor->conf, error);
	return doctor->exempting ? 0 : error_memory(error);
}

char *doctor_own_lines(const struct doctor *doctor, const char *more)
{
	return text_format("auth     required   pam_confine.so%s%s\n"
			   "session  required   pam_confine.so%s%s",
			   more, doctor->exempting, more, doctor->exempting);
}
