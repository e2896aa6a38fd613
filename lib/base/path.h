/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The only door to openat2. Whatever can be under someone else's control is
 * opened here: by descriptor, never twice by name. All descriptors are
 * close-on-exec.
 */
#ifndef CONFINE_BASE_PATH_H
#define CONFINE_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "error.h"

/*
 * Opens `path` seen as an absolute path of the tree `root` (openat2(2) with
 * RESOLVE_IN_ROOT, NO_MAGICLINKS and NO_SYMLINKS): no part of it may be a
 * symlink. `flags` as for open(2). Returns a descriptor or -1; error->number
 * is the errno.
 */
int path_open_in(int root, const char *path, int flags, struct error *error);

/*
 * As path_open_in, but makes what is missing: folders of mode 0755 owned by
 * root, and as the last part a folder or (`folder` false) an empty file.
 * Returns an O_PATH descriptor.
 */
int path_make_in(int root, const char *path, bool folder, struct error *error);

/*
 * Opens an absolute path of this host as O_PATH, following symlinks only where
 * root alone could have made them (the folder that holds the link is root's
 * and writable by no one else, or the link itself is root's in a sticky
 * folder). Where `ret_real` is not NULL it gets the path without symlinks
 * (malloc'ed). A symlink of anyone else's is ELOOP.
 */
int path_open_trusted(const char *path, char **ret_real, struct error *error);

/* Opens a regular file that must be root's and writable by no one else, by name below `dir`
 * (a name, not a path of more parts unless those folders meet the same rule). O_RDONLY.
 * -1 with error->number ENOENT where it is not there. */
int path_open_root_file(int dir, const char *path, struct error *error);

/* The same for a folder. `dir` may be AT_FDCWD with an absolute path: then every part is checked.
 */
int path_open_root_folder(int dir, const char *path, struct error *error);

/* Why `st` is not "root's and writable by no one else", or NULL where it is. */
const char *path_unsafe(const struct stat *st);

/* What follows `folder` in `path`, without a slash in front; NULL where it is not beneath. */
const char *path_beneath(const char *path, const char *folder);

/* Reads a whole file of at most `most` bytes; adds a NUL. A longer one is an error, never cut. */
int path_read_all(int fd, size_t most, char **ret_bytes, size_t *ret_size, struct error *error);

/* Writes all of it. */
int path_write_all(int fd, const void *bytes, size_t size, struct error *error);

#endif
