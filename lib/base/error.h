/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors as values. A function that can fail takes `struct error *` last and
 * returns -1 or NULL; the caller owns the value, whose size is fixed, so that
 * reporting an error never allocates, fails or leaks.
 */
#ifndef CONFINE_BASE_ERROR_H
#define CONFINE_BASE_ERROR_H

enum error_kind {
	ERROR_NONE = 0,
	ERROR_USAGE, /* the caller's own words are wrong */
	ERROR_POLICY, /* what the admin wrote is wrong */
	ERROR_UNSUPPORTED, /* right, but not supported by this build */
	ERROR_HOST, /* right, but this host cannot do it */
	ERROR_LIMIT, /* a limit of the policy or of the kernel is reached */
	ERROR_DENIED, /* the policy refuses this person */
	ERROR_SYSTEM, /* a system call failed */
	ERROR_MEMORY,
};

struct error {
	enum error_kind kind;
	int number; /* errno where a system call failed, else 0 */
	unsigned line; /* of the policy file; 0 where there is none */
	char file[256]; /* the policy file; empty where there is none */
	char text[640]; /* cut with "..." when longer */
};

#define ERROR_INIT                 \
	{                          \
		.kind = ERROR_NONE \
	}

/* Fills the error; always returns -1, so that `return error_set(...)` reads well. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set with ERROR_SYSTEM, and appends ": " and the text of errno (which it keeps). */
int error_errno(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory; returns -1. */
int error_memory(struct error *error);

/* Puts meaning in front of what is there: "text" becomes "prefix: text". Returns -1. */
int error_prefix(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says where in a policy file the fault lies, unless a deeper frame said so already. Returns -1. */
int error_locate(struct error *error, const char *file, unsigned line);

/* Writes "file:line: text" (or only the text) into buffer, cut to size; returns buffer. */
const char *error_format(const struct error *error, char *buffer, unsigned long size);

#endif
