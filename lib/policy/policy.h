/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy of one person: which files speak of them, read, checked and
 * merged into text values, each with the file and line it comes from. Knows
 * nothing of the host.
 */
#ifndef CONFINE_POLICY_POLICY_H
#define CONFINE_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"
#include "../base/log.h"
#include "../base/text.h"
#include "findings.h"

struct origin {
	char *file; /* owned; e.g. "/etc/confine.d/user/alice.ini", "--cap-add", "built-in" */
	unsigned line; /* 0 where there is none */
};

struct value {
	char *text;
	char *suffix; /* of `volume.scratch`: "scratch"; "" for the bare key */
	struct origin origin;
	unsigned layer; /* 0: built-in; the higher, the more specific; groups of one priority share
			   it */
};

/* The effective values of one key. SHAPE_SINGLE: none or one. */
struct setting {
	struct value *values;
	size_t count;
};

/* What the layers' cap_add and cap_drop come to (design.md, "Layers"). */
struct caps_merged {
	uint64_t set; /* bit N: capability N; with all, every bit that was not dropped */
	uint64_t named; /* names written out, in either list: the host must know them */
	uint64_t added; /* of `set`: names written out in cap_add (the ambient rule) */
};

struct policy {
	struct setting settings[64]; /* by enum key_id */
	struct caps_merged caps;
	struct strings files; /* the files that were read, most general first */
};

/* Whose policy. Names as NSS gives them. */
struct subject {
	const char *user; /* getpwnam's pw_name */
	uint32_t uid;
	char *const *groups; /* names of all their groups; primary among them */
	size_t group_count;
};

/* A value as it stands in one file or flag, nothing merged. */
struct keyed_value {
	int key; /* enum key_id */
	struct value value;
};

/* One layer of values on top of all files, as `confine run`'s flags are. */
struct overrides {
	struct keyed_value *items;
	size_t count;
};

void overrides_clear(struct overrides *overrides);
/* `origin` is what messages call it: "--cap-add". Flags of one list add up, of a single value the
 * last one holds. An empty text is ERROR_USAGE: flags take nothing away. */
int overrides_add(struct overrides *overrides, int key, const char *text, const char *origin,
		  struct error *error);

/*
 * Reads and merges the layers of `subject` from the folder `conf` (a path) and
 * `overrides` (may be NULL). Opens only default.ini and the files that bear the
 * subject's own names. `conf` NULL: no file at all, only built-in and overrides.
 * -1 with error->kind ERROR_POLICY and file:line where anything is wrong.
 * Warnings (a group name that cannot be a file name) go to `log` (may be NULL).
 */
int policy_load(struct policy *ret_policy, const char *conf, const struct subject *subject,
		const struct overrides *overrides, const struct log *log, struct error *error);

void policy_clear(struct policy *policy);

/* The single value of a key, or NULL where no layer sets it. */
const struct value *policy_value(const struct policy *policy, int key);

/* Whether `confine = no` holds for this person. */
bool policy_exempts(const struct policy *policy);

/*
 * One canonical text of the container's half of the merged values (keys whose
 * half has HALF_CONTAINER), by which a login tells whether a living container
 * was made from the same policy. malloc'ed; NULL when out of memory.
 */
char *policy_container_half(const struct policy *policy);

/*
 * Everything that is wrong with a policy file or a whole policy folder, for
 * `confine check`. A folder: default.ini, group/, user/, exempt, seccomp/,
 * their owners and modes, names that no login would ever look for, and entries
 * that nothing reads. A folder named group, user or seccomp: the files in it. A
 * file: its owner and mode, and what it holds: an `exempt` file, a profile where
 * it is named FILE.json, else lines, keys and values. What needs NSS or this host (groups of one
 * person in conflict, missing devices) is found by policy_load and plan_resolve. `ret_findings` is
 * filled in the order of files and lines. -1 only where nothing could be checked: out of memory, or
 * `path` cannot be opened.
 */
int policy_check(const char *path, struct findings *ret_findings, struct error *error);

#endif
