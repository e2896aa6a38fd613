/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners that clean up when their scope ends: descriptors, memory, streams and
 * folders. They keep errno and accept the empty value; ownership leaves a scope
 * only by take_fd() and take_pointer().
 */
#ifndef CONFINE_BASE_SCOPE_H
#define CONFINE_BASE_SCOPE_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void scope_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void scope_free(void *pointer)
{
	int saved = errno;

	free(*(void **)pointer);
	errno = saved;
}

static inline void scope_fclose(FILE **stream)
{
	int saved = errno;

	if (*stream)
		fclose(*stream);
	errno = saved;
}

static inline void scope_closedir(DIR **dir)
{
	int saved = errno;

	if (*dir)
		closedir(*dir);
	errno = saved;
}

/* For a variable whose type has a `NAME_clear(struct NAME *)`. */
#define scope_of(name) __attribute__((cleanup(name##_clear)))

#define scope_fd __attribute__((cleanup(scope_close)))
#define scope_memory __attribute__((cleanup(scope_free)))
#define scope_stream __attribute__((cleanup(scope_fclose)))
#define scope_dir __attribute__((cleanup(scope_closedir)))

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_pointer(pointer)                               \
	__extension__({                                     \
		__typeof__(*(pointer)) taken_ = *(pointer); \
		*(pointer) = NULL;                          \
		taken_;                                     \
	})

#endif
