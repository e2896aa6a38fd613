/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that a plan asks of this machine. The facts are values and the questions
 * are functions, so that every refusal can be tested against a made-up host.
 * Nothing here changes the machine.
 */
#ifndef CONFINE_PLAN_HOST_H
#define CONFINE_PLAN_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "../base/error.h"
#include "../base/text.h"

struct host_node {
	char *path; /* as asked for, or below the folder asked for; absolute */
	char type; /* 'c' or 'b' */
	uint32_t major, minor;
	mode_t mode; /* permission bits */
	uid_t uid;
	gid_t gid;
};

struct host_nodes {
	struct host_node *items;
	size_t count;
	bool folder; /* what was asked for is a folder */
};
void host_nodes_clear(struct host_nodes *nodes);

struct host_file {
	mode_t mode; /* with its type */
	uid_t uid;
	gid_t gid;
	dev_t device;
	char *real; /* the path without symlinks */
};
void host_file_clear(struct host_file *file);

/* What limits of a container can be made of here. */
struct host_resources {
	struct strings controllers; /* of cgroup v2, that our cgroups can be given */
	bool systemd; /* it rules the tree, and is asked for a scope */
	bool has_swap; /* this kernel can swap */
	bool has_bfq, has_io_cost; /* some disk has this to weigh requests by */
	char *cpus, *nodes; /* those that are there, as in "0-3,6" */
	uint64_t memory_bytes;
};
void host_resources_clear(struct host_resources *resources);

/* A person as NSS knows them. */
struct host_user {
	char *name;
	uid_t uid;
	gid_t gid;
	char *group; /* the primary group's name, its number where it has none */
	char *home, *shell;
	struct strings groups; /* names of all groups; the primary one first */
	gid_t *gids; /* their numbers, same order */
};
void host_user_clear(struct host_user *user);

/* What this host's AppArmor says of a profile's name. */
enum host_profile {
	HOST_PROFILE_NO_APPARMOR, /* it is not in this kernel, or not on */
	HOST_PROFILE_UNSEEN, /* it is on, but securityfs is not mounted: nobody can tell */
	HOST_PROFILE_UNLOADABLE, /* not loaded, and apparmor_parser is not installed */
	HOST_PROFILE_ABSENT, /* not loaded */
	HOST_PROFILE_LENIENT, /* loaded, in a mode that denies nothing: complain or unconfined */
	HOST_PROFILE_ENFORCED,
};

struct host {
	/* facts */
	unsigned kernel_major, kernel_minor;
	int last_cap; /* /proc/sys/kernel/cap_last_cap */
	uint64_t bounding; /* this process's bounding set */
	char name[65]; /* gethostname */
	const char *arch; /* Docker's name: amd64, arm64, ... */
	bool has_seccomp;
	bool lacks_overlay; /* this kernel has no overlayfs */
	bool has_console; /* /dev/console is there */
	uint64_t hard_limits[RLIM_NLIMITS]; /* of this process; RLIM_INFINITY: unlimited */
	uint64_t most_files; /* /proc/sys/fs/nr_open: no RLIMIT_NOFILE above it */
	int oom_score_adj; /* of this process */

	/* questions; `host` is this struct, `context` below is theirs */

	/* The device nodes that `path` is, links to, or (a folder) holds, recursively. An error
	 * where it is missing ("... does not exist") or neither ("... is not a device node"). */
	int (*devices)(const struct host *host, const char *path, struct host_nodes *ret_nodes,
		       struct error *error);
	/* A path below `root` ("/" for the host itself). In "/" symlinks that only root could have
	 * made are followed (path_open_trusted); in another root none is. error->number is ENOENT,
	 * ELOOP, ... where it cannot be had. */
	int (*file)(const struct host *host, const char *root, const char *path,
		    struct host_file *ret_file, struct error *error);
	/* Paths that match a shell pattern, sorted; none is no error. */
	int (*glob)(const struct host *host, const char *pattern, struct strings *ret_paths,
		    struct error *error);
	/* A regular file of at most `most` bytes; a NUL follows. `trusted`: only root may write it
	 * or any folder above it (what a policy names); else whatever the caller can read. */
	int (*read)(const struct host *host, const char *path, bool trusted, size_t most,
		    char **ret_bytes, size_t *ret_size, struct error *error);
	/* What a sysctl (its name with dots) holds here; "" where it can only be written. An error
	 * where this host has none of that name. */
	int (*sysctl)(const struct host *host, const char *name, char **ret_text,
		      struct error *error);
	/* What a container's limits can be. An error where there is no cgroup v2. */
	int (*resources)(const struct host *host, struct host_resources *ret_resources,
			 struct error *error);
	/* The AppArmor profile of that name, "NAME//HAT" for a hat. An error where the kernel does
	 * not tell. */
	int (*profile)(const struct host *host, const char *name, enum host_profile *ret_profile,
		       struct error *error);
	/* The number of a group, by name or number. */
	int (*group)(const struct host *host, const char *name, gid_t *ret_gid,
		     struct error *error);
	void *context;
};

/* The machine this process runs on. */
int host_init(struct host *ret_host, struct error *error);

/* What `glob` of the machine's own host asks: as glob(3), sorted; a name's first dot is written
 * out. */
int host_glob(const struct host *host, const char *pattern, struct strings *ret_paths,
	      struct error *error);

/* What `resources` of the machine's own host asks. */
int host_resources_find(const struct host *host, struct host_resources *ret_resources,
			struct error *error);

/* What `profile` of the machine's own host asks. */
int host_profile_find(const struct host *host, const char *name, enum host_profile *ret_profile,
		      struct error *error);

/* What `group` of the machine's own host asks: getgrnam_r, else a number as it is written. */
int host_group_find(const struct host *host, const char *name, gid_t *ret_gid, struct error *error);

/* getpwnam_r, getgrouplist, getgrgid_r. ERROR_HOST "no user named 'x'" where there is none. */
int host_user_find(const char *name, struct host_user *ret_user, struct error *error);

/* Whether a name is uid 0's. Asks for the user alone, not for their groups. */
bool host_user_is_root(const char *name);

/* The same by number: the first entry that has it, where several names share one (getpwuid_r). */
int host_user_find_uid(uid_t uid, struct host_user *ret_user, struct error *error);

/* Somebody whom the host does not list: gid 0 and no further group, as Docker has it. */
int host_user_unlisted(const char *name, uid_t uid, const char *home, struct host_user *ret_user,
		       struct error *error);

/* For `confine run` without --as: root with nothing of anyone's. */
int host_user_root(struct host_user *ret_user, struct error *error);

#endif
