/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a policy asks for: every value parsed by its own grammar, nothing of it
 * held against a host yet. Paths still carry %u and their like.
 */
#ifndef CONFINE_POLICY_REQUEST_H
#define CONFINE_POLICY_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy.h"

/* A list item: its parsed form, and where it stands in the policy. */
struct device_request {
	char *host, *inside; /* inside NULL: the same path */
	unsigned char access; /* ACCESS_READ | ... */
	bool access_written; /* privileged ignores custom ones, with a warning */
	struct origin origin;
};

enum { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_MKNOD = 4, ACCESS_ALL = 7 };

/* One allow rule; -1 is `*`. type: 'a', 'b' or 'c'. */
struct device_rule {
	char type;
	int64_t major, minor;
	unsigned char access;
};

struct cap_request { /* a capability that cap_add or cap_drop names */
	int capability;
	struct origin origin;
};

struct device_rule_request {
	struct device_rule rule;
	struct origin origin;
};

enum volume_propagation { VOLUME_PRIVATE, VOLUME_RPRIVATE, VOLUME_SLAVE, VOLUME_RSLAVE };

struct volume_request {
	char *source, *target;
	bool read_only;
	bool recursive; /* a bind of submounts too; docker's -v is recursive */
	enum volume_propagation propagation;
	struct origin origin;
};

struct tmpfs_request {
	char *target;
	uint64_t size_bytes; /* 0: not given; with none of the three the kernel's: half of memory */
	int64_t size_percent; /* of the host's memory; 0: not given */
	uint64_t size_pages; /* 0: not given */
	uint64_t inodes; /* 0: the kernel's default */
	unsigned mode; /* 01777 unless given */
	bool mode_written;
	int64_t uid, gid; /* -1: not given */
	bool exec, suid, dev, read_only; /* docker's --tmpfs: noexec,nosuid,nodev unless given */
	struct origin origin;
};

struct ulimit_request {
	int resource; /* RLIMIT_... */
	uint64_t soft, hard; /* RLIM_INFINITY: unlimited */
	struct origin origin;
};

/* A limit of the container as a whole that is one value. */
enum limit {
	LIMIT_MEMORY,
	LIMIT_MEMORY_SWAP,
	LIMIT_MEMORY_RESERVATION,
	LIMIT_CPUS,
	LIMIT_CPU_SHARES,
	LIMIT_CPUSET_CPUS,
	LIMIT_CPUSET_MEMS,
	LIMIT_PIDS,
	LIMIT_BLKIO_WEIGHT,
	LIMIT_COUNT
};

struct limit_request {
	int64_t number; /* 0: none. Bytes (swap: -1 no limit), billionths of a CPU, shares, tasks */
	char *text; /* of the two cpusets: the list; else NULL */
	struct origin origin;
};

struct rate_request {
	char *path; /* of a block device */
	uint64_t bytes_per_s; /* 0: none */
	bool write;
	struct origin origin;
};

struct pair_request { /* sysctl, env: name and text */
	char *name, *text; /* text NULL: `env` without `=`, taken from the caller's environment */
	struct origin origin;
};

struct path_request { /* hide, homes, run, env_file, group_add, ... */
	char *text;
	struct origin origin;
};

enum share { SHARE_DEFAULT, SHARE_USER, SHARE_SESSION };
enum lingering { LINGER_NO, LINGER_PROCESSES, LINGER_YES };
enum home_view { HOME_OWN, HOME_TMPFS, HOME_ALL };
enum tristate { UNSET = -1, NO = 0, YES = 1 };

/* A growing array of one of the above. */
#define REQUEST_LIST(type)    \
	struct {              \
		type *items;  \
		size_t count; \
	}

struct request {
	bool confine;
	int priority;

	struct caps_merged caps;
	bool privileged;
	struct origin privileged_origin;
	bool no_new_privileges;
	struct origin no_new_privileges_origin;
	bool read_only;
	bool systempaths_unconfined;
	bool network_none, pid_host, ipc_host, uts_host, cgroupns_host;
	struct origin pid_origin;
	bool pts_private;
	char *seccomp; /* "default", "unconfined", or a file's name; NULL: not written */
	struct origin seccomp_origin;
	char *apparmor; /* a profile's name, "unconfined"; NULL: not written */
	struct origin apparmor_origin;
	char *hostname; /* NULL: not written */
	struct origin hostname_origin;
	int oom_score_adj;
	bool oom_score_adj_written;
	struct origin oom_score_adj_origin;
	uint64_t shm_size_bytes;
	struct limit_request limits[LIMIT_COUNT];
	char *rootfs; /* "/" unless written */
	struct origin rootfs_origin;
	enum home_view home;
	enum share share;
	struct origin share_origin;
	enum lingering linger;
	struct origin linger_origin;
	unsigned max_sessions; /* 0: no limit */
	uint64_t max_time_s; /* 0: no limit */
	char *message; /* NULL: none */
	char *shell; /* NULL: not written */
	struct origin shell_origin;

	REQUEST_LIST(struct cap_request) capabilities; /* where the names of `caps` stand */
	REQUEST_LIST(struct device_request) devices;
	REQUEST_LIST(struct device_rule_request) device_rules;
	REQUEST_LIST(struct volume_request) volumes;
	REQUEST_LIST(struct tmpfs_request) tmpfs;
	REQUEST_LIST(struct ulimit_request) ulimits;
	REQUEST_LIST(struct rate_request) rates;
	REQUEST_LIST(struct pair_request) sysctls;
	REQUEST_LIST(struct pair_request) env;
	REQUEST_LIST(struct path_request) env_files;
	REQUEST_LIST(struct path_request) group_add;
	REQUEST_LIST(struct path_request)
	hide; /* with the built-in ones, unless removed by suffix */
	REQUEST_LIST(struct path_request) homes;
	REQUEST_LIST(struct path_request) run;
};

/*
 * Parses every value of a merged policy. Values that this build does not carry
 * out yet are ERROR_UNSUPPORTED: "selinux is not supported yet by this build".
 */
int request_parse(struct request *ret_request, const struct policy *policy, struct error *error);
void request_clear(struct request *request);

struct key;

/* Parses one value into the request; the error is located and begins with the key's name. */
int request_value(struct request *request, const struct key *key, const struct value *value,
		  struct error *error);

#endif
