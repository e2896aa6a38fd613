/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Marks text that was cut, so that nobody takes a part for the whole. */
static void mark_cut(char *text, size_t size, int wanted)
{
	if (wanted >= 0 && (size_t)wanted >= size)
		memcpy(text + size - 4, "...", 4);
}

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
	va_list arguments;
	int wanted;

	error->kind = kind;
	error->number = 0;
	error->line = 0;
	error->file[0] = '\0';
	va_start(arguments, format);
	wanted = vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	mark_cut(error->text, sizeof(error->text), wanted);
	return -1;
}

int error_errno(struct error *error, const char *format, ...)
{
	char what[512], reason[96];
	int number = errno, wanted;
	va_list arguments;

	va_start(arguments, format);
	wanted = vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	mark_cut(what, sizeof(what), wanted);
	error_set(error, number == ENOMEM ? ERROR_MEMORY : ERROR_SYSTEM, "%s: %s", what,
		  strerror_r(number, reason, sizeof(reason)));
	error->number = number;
	errno = number;
	return -1;
}

int error_memory(struct error *error)
{
	error_set(error, ERROR_MEMORY, "out of memory");
	error->number = ENOMEM;
	return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
	char text[sizeof(error->text)], prefix[320];
	va_list arguments;
	int wanted;

	memcpy(text, error->text, sizeof(text));
	va_start(arguments, format);
	wanted = vsnprintf(prefix, sizeof(prefix), format, arguments);
	va_end(arguments);
	mark_cut(prefix, sizeof(prefix), wanted);
	wanted = snprintf(error->text, sizeof(error->text), "%s: %s", prefix, text);
	mark_cut(error->text, sizeof(error->text), wanted);
	return -1;
}

int error_locate(struct error *error, const char *file, unsigned line)
{
	int wanted;

	if (error->file[0] || !file)
		return -1;
	wanted = snprintf(error->file, sizeof(error->file), "%s", file);
	mark_cut(error->file, sizeof(error->file), wanted);
	error->line = line;
	return -1;
}

const char *error_format(const struct error *error, char *buffer, unsigned long size)
{
	int wanted;

	if (error->file[0] && error->line)
		wanted = snprintf(buffer, size, "%s:%u: %s", error->file, error->line, error->text);
	else if (error->file[0])
		wanted = snprintf(buffer, size, "%s: %s", error->file, error->text);
	else
		wanted = snprintf(buffer, size, "%s", error->text);
	mark_cut(buffer, size, wanted);
	return buffer;
}
