/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 0))) static void
log_line(const struct log *log, enum log_level level, const char *format, va_list arguments)
{
	char line[1024];

	if (!log || !log->write)
		return;
	vsnprintf(line, sizeof(line), format, arguments);
	log->write(log->context, level, line);
}

void log_warning(const struct log *log, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(log, LOG_LEVEL_WARNING, format, arguments);
	va_end(arguments);
}

void log_debug(const struct log *log, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line(log, LOG_LEVEL_DEBUG, format, arguments);
	va_end(arguments);
}
