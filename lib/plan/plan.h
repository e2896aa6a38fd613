/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: policy + person + this host, resolved into one plain value that can
 * be printed, compared and tested without root. Everything that can be refused
 * is refused here; lib/session carries it out as it stands.
 */
#ifndef CONFINE_PLAN_PLAN_H
#define CONFINE_PLAN_PLAN_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/error.h"
#include "../base/log.h"
#include "../base/text.h"
#include "../policy/request.h"
#include "host.h"

enum mount_kind {
	MOUNT_TMPFS, /* a new tmpfs; `options` as for fsconfig, comma separated */
	MOUNT_BIND, /* `source`, a path of the host, seen before anything was covered */
	MOUNT_PROC, /* procfs of the container's pid namespace */
	MOUNT_SYSFS,
	MOUNT_CGROUP, /* cgroup2 of the container's cgroup namespace */
	MOUNT_DEVPTS, /* a devpts of one's own; else the host's is a MOUNT_BIND */
	MOUNT_MQUEUE,
	MOUNT_MASK, /* cover `target`: a folder by an empty read-only tmpfs, a file by /dev/null */
	MOUNT_READONLY, /* make what is at `target` read-only, with all below it */
	MOUNT_VEIL, /* a view of the folder `target` in which the names of later MASK, TMPFS and
		     * ABSENT rows beneath it are the view's own, whatever the host puts there */
	MOUNT_ABSENT, /* no mount: a name that the veil keeps away */
	MOUNT_FOLDER, /* no mount: a folder with `mode`, `uid`, `gid` in a tmpfs of our own */
};

/* One row of what the builder does, in order. Paths are absolute, inside the new root, without
 * symlinks. */
struct plan_mount {
	enum mount_kind kind;
	char *target;
	char *source; /* MOUNT_BIND */
	char *options; /* tmpfs: "size=65536k,mode=0755"; devpts: "ptmxmode=0666,..." */
	uint64_t attributes; /* MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC */
	bool recursive; /* MOUNT_BIND: with its submounts, attributes on all of them */
	bool propagate; /* MOUNT_BIND: slave instead of private */
	bool make_target; /* the target lies beneath a mount of our own: make it if missing */
	bool optional; /* skip where source or target is missing */
	bool as_user; /* open the source with the person's fsuid: a home on root-squashed NFS */
	bool seal; /* tmpfs: make it read-only once all rows are done (what covers homes) */
	mode_t mode; /* MOUNT_FOLDER, also where it is there already */
	uid_t uid;
	gid_t gid;
};

/* A node in the container's own /dev, or another tmpfs of its own: the first row of the longest
 * target that it lies beneath, made with it. Folders on the way are root's, mode 0755. */
struct plan_node {
	char *path;
	char *link; /* not NULL: a symlink with this text, nothing else below counts */
	char type; /* 'c', 'b' */
	uint32_t major, minor;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct plan_pair {
	char *name, *text;
};

/* A limit of the container as a whole: a file of its cgroup, and what is written there. */
struct plan_limit {
	char *file;
	char *text;
};

struct plan_ulimit {
	int resource;
	uint64_t soft, hard;
};

#define PLAN_LIST(type) REQUEST_LIST(type)

struct plan {
	struct host_user user;
	char *policy; /* policy_container_half: the same text, the same container; the caller's to
			 set */
	bool service; /* `confine run`: nobody's login; no home of anyone's unless --as */

	/* The container's half. */
	bool privileged;
	uint32_t namespaces; /* CLONE_NEW...: those of its own */
	char *hostname; /* NULL: the host's */
	char *rootfs; /* "/": the host's own tree */
	bool root_read_only;
	bool only_shell_gains; /* no file of the tree gives privilege (nosuid) but confine-shell's:
				* where that is to set no_new_privs, other programs run before it */
	PLAN_LIST(struct plan_mount) mounts;
	PLAN_LIST(struct plan_node) nodes;
	PLAN_LIST(struct device_rule) device_rules; /* allow rules; everything else is denied */
	PLAN_LIST(struct plan_pair) sysctls;
	PLAN_LIST(struct plan_limit) limits; /* written in this order */
	bool scope; /* there are limits, and systemd is asked for the cgroup that bears them */
	char *shell; /* what confine-shell starts, told inside by a file; NULL: `confine run` */
	enum share share; /* never SHARE_DEFAULT */
	enum lingering linger;
	unsigned max_sessions;

	/* The join's half. */
	uint64_t bounding; /* of uid 0 also permitted and effective */
	uint64_t ambient; /* for a person who is not root and whose login shell is confine-shell,
			   * which gives it: alone, or under sshd */
	bool no_new_privileges;
	int oom_score_adj;
	bool oom_score_adj_set;
	PLAN_LIST(gid_t) groups; /* added to the person's own */
	PLAN_LIST(struct plan_ulimit) ulimits;
	uint64_t max_time_s; /* after which the login is ended; 0: no limit. No login, none */
	struct strings env; /* NAME=value */
	char *seccomp; /* what `show` calls it: "default", "unconfined", a file */
	struct sock_filter *filter; /* NULL: unconfined */
	size_t filter_count;
	uint32_t filter_flags;

	char *apparmor; /* the profile to change to, also "unconfined"; NULL: none, for this host
			 * has no AppArmor, or none that can be had */

	char *message; /* not NULL: the login is refused with it */
	struct findings warnings; /* what `check` and `show` say of this plan; with file:line where
				   * a policy's value is meant. ERROR_POLICY: a value that is not
				   * carried out; else all is, as written */
};

/* What the caller knows beyond the policy. */
struct plan_context {
	const char *
		conf; /* the policy folder: covered inside; seccomp profiles are relative to
		       * CONF/seccomp, unless a flag names them: then they are the caller's paths */
	bool service; /* `confine run` */
	bool here; /* join=here: refuses another rootfs */
	bool groups_lost; /* login and atd set the groups anew after open: group_add is refused */
	bool no_home; /* `confine run` without --as: nobody's home, uid 0's is an empty tmpfs */
	char *const *environment; /* `confine run`: where env without `=` looks; NULL: refused */
	const char
		*cache; /* folder of compiled filters; NULL: made anew, and what is skipped told */
	struct strings *calls; /* `confine seccomp`: gets filter_explain's lines; or NULL */
	const struct log *log;
};

/*
 * Resolves a request. ERROR_POLICY, ERROR_HOST or ERROR_UNSUPPORTED with the
 * file:line of the value that is at fault.
 */
int plan_resolve(struct plan *ret_plan, const struct request *request, const struct host_user *user,
		 const struct host *host, const struct plan_context *context, struct error *error);
void plan_clear(struct plan *plan);

/*
 * The first of /etc/shells that is there below `rootfs` and is not
 * confine-shell; else "/bin/sh". malloc'ed; NULL when out of memory.
 */
char *shell_default(const struct host *host, const char *rootfs, struct error *error);

/* The whole plan as JSON (json-c, pretty), malloc'ed. The filter itself is not in it. */
char *plan_print_json(const struct plan *plan);

/*
 * The capabilities that cap_add names and that reach no process of the person's own, for only
 * confine-shell, as their login shell, raises them to the ambient set.
 */
uint64_t plan_unreached(const struct request *request, const struct plan *plan);

/* The same for people: a line a fact, malloc'ed. */
char *plan_print_text(const struct plan *plan);

/* Reads the join's half and `namespaces`, `rootfs`, `device_rules` back from such a text (for
 * `confine enter`). */
int plan_read_json(struct plan *ret_plan, const char *json, struct error *error);

#endif
