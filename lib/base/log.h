/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one way by which the library says something that is no error: debug
 * lines and warnings go to a callback that the program sets. Without one they
 * go nowhere.
 */
#ifndef CONFINE_BASE_LOG_H
#define CONFINE_BASE_LOG_H

enum log_level { LOG_LEVEL_WARNING, LOG_LEVEL_DEBUG };

struct log {
	void (*write)(void *context, enum log_level level, const char *line);
	void *context;
};

void log_warning(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void log_debug(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
