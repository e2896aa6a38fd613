/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the steps of plan_resolve share: the half-made plan, and what it is made
 * from. Nobody outside of lib/plan includes this.
 */
#ifndef CONFINE_PLAN_RESOLVE_H
#define CONFINE_PLAN_RESOLVE_H

#include <linux/mount.h>

#include "plan.h"

struct resolve {
	struct plan *plan;
	const struct request *request;
	const struct host_user *user;
	const struct host *host;
	const struct plan_context *context;
};

/* The steps, in the order of their rows in plan.c. */
int resolve_rootfs(struct resolve *resolve, struct error *error);
int resolve_namespaces(struct resolve *resolve, struct error *error);
int resolve_shell(struct resolve *resolve, struct error *error);
int resolve_capabilities(struct resolve *resolve, struct error *error);
int resolve_share(struct resolve *resolve, struct error *error);
int resolve_groups(struct resolve *resolve, struct error *error);
int resolve_sysctls(struct resolve *resolve, struct error *error);
int resolve_limits(struct resolve *resolve, struct error *error);
int resolve_resources(struct resolve *resolve, struct error *error);
int resolve_environment(struct resolve *resolve, struct error *error);
int resolve_seccomp(struct resolve *resolve, struct error *error);
int resolve_apparmor(struct resolve *resolve, struct error *error);
int resolve_mounts(struct resolve *resolve, struct error *error);
int resolve_devices(struct resolve *resolve, struct error *error);
int resolve_warnings(struct resolve *resolve, struct error *error);

/* Whether the person's login shell is confine-shell. */
bool resolve_comes_by_shell(const struct resolve *resolve);

/* Whether a capability (its number) is in the bounding set. */
bool resolve_has_cap(const struct resolve *resolve, int capability);

/* Puts the position of the faulty value into the error. Returns -1. */
int resolve_fault(const struct origin *origin, struct error *error);

/* Whether the value was given as a flag of `confine run`, not in a policy file. */
bool resolve_from_flag(const struct origin *origin);

/*
 * Replaces %u %U %g %h %%; any other % is an error. malloc'ed. A name that is
 * put into a path must be one part of it: no slash, not "." or "..".
 */
char *expand_text(const struct resolve *resolve, const char *text, struct error *error);

/* An absolute path without doubled slashes, "." and a slash at the end; malloc'ed. ".." is an
 * error: what it would mean depends on symlinks. */
char *tidy_path(const char *path, struct error *error);

/* Both. */
char *expand_path(const struct resolve *resolve, const char *text, struct error *error);

/* "nofile" for RLIMIT_NOFILE, and back; -1 for an unknown name. */
const char *limits_name(int resource);
int limits_find(const char *name);

/* The steps of resolve_mounts. */
int mounts_add_system(struct resolve *resolve, struct error *error);
int mounts_add_run(struct resolve *resolve, struct error *error);
int mounts_add_network_files(struct resolve *resolve, struct error *error);
int mounts_add_homes(struct resolve *resolve, struct error *error);
int mounts_add_home(struct resolve *resolve, struct error *error);
/* Keeps the names of read-only volumes within the home: the folders above each stay where they are.
 */
int mounts_add_pins(struct resolve *resolve, struct error *error);
int mounts_add_volumes(struct resolve *resolve, struct error *error);

/* Appends a row: the values of `mount`, whose own strings do not count, with copies of these. */
int mounts_add(struct resolve *resolve, const struct plan_mount *mount, const char *target,
	       const char *source, const char *options, struct error *error);

/* A path that is to be hidden. */
struct concealed {
	char *path; /* without symlinks */
	mode_t mode; /* 0: nothing is there yet */
	uid_t uid;
	gid_t gid;
	bool built_in;
};
struct concealed_list {
	struct concealed *items;
	size_t count;
	char *folder; /* the one that was looked up last, for many names lie in the same; or NULL */
	char *folder_real; /* the same without symlinks; NULL where names cannot be kept in it */
};

void concealed_list_clear(struct concealed_list *list);

/* Finds all that is to be hidden. */
int mounts_find_hidden(struct resolve *resolve, struct concealed_list *list, struct error *error);
/* Covers what of it lies in the person's own home, or all else. */
int mounts_add_hidden(struct resolve *resolve, const struct concealed_list *list, bool in_home,
		      struct error *error);

/* Rows that keep names hidden when the host puts other files there (veils.c). */
int mounts_add_veils(struct resolve *resolve, const struct concealed_list *list,
		     struct error *error);

/* MOUNT_ATTR_... of nearly all rows. */
#define MOUNTS_NO_SUID_DEV (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define MOUNTS_NO_SUID_DEV_EXEC (MOUNTS_NO_SUID_DEV | MOUNT_ATTR_NOEXEC)

/* Covers `target`, which is of that mode (its type counts). */
int mounts_hide(struct resolve *resolve, const char *target, mode_t mode, struct error *error);

/* The last row that `path` lies in (at or beneath its target), or NULL: the root itself. */
const struct plan_mount *mounts_cover(const struct plan *plan, const char *path);

/* Whether `path` lies strictly beneath a tmpfs of the plan's own. */
bool mounts_own(const struct plan *plan, const char *path);

/* Whether `path`, below /run, is one by which a process can be had outside, or holds one. */
bool run_leads_out(const char *path);

/* Whether `path` is `folder` or lies beneath it. */
bool path_within(const char *path, const char *folder);

/* Whether the root is a view of the host's own tree. */
bool resolve_host_view(const struct resolve *resolve);

/* A line that `check` and `show` print. `origin`: the value that is meant, or NULL. */
int resolve_warn(struct resolve *resolve, const struct origin *origin, struct error *error,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Where something can be mounted at `path`: the path without symlinks, and
 * whether it is to be made. *ret_missing: it is not there, and beneath nothing
 * of our own; then there is no path and 0 is returned.
 */
int mounts_find_target(const struct resolve *resolve, const char *path, char **ret_real,
		       bool *ret_make, bool *ret_missing, struct error *error);

/* host->file; a path that is not there is no error but *ret_found false. */
int resolve_file(const struct resolve *resolve, const char *root, const char *path,
		 struct host_file *ret_file, bool *ret_found, struct error *error);

#endif
