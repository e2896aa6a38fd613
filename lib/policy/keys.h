/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one table of keys: what may stand in a policy file, what it means, which
 * Docker flag says the same. The INI reader, `confine run`'s flags, `confine
 * show`, and the test that compares the manual with the program all read it.
 */
#ifndef CONFINE_POLICY_KEYS_H
#define CONFINE_POLICY_KEYS_H

#include "policy.h"
#include "request.h"

enum key_id {
	/* [policy] */
	KEY_CONFINE,
	KEY_PRIORITY,
	/* [container] */
	KEY_PRIVILEGED,
	KEY_CAP_ADD,
	KEY_CAP_DROP,
	KEY_DEVICE,
	KEY_DEVICE_CGROUP_RULE,
	KEY_SECCOMP,
	KEY_NO_NEW_PRIVILEGES,
	KEY_SYSTEMPATHS,
	KEY_APPARMOR,
	KEY_SELINUX,
	KEY_READ_ONLY,
	KEY_VOLUME,
	KEY_TMPFS,
	KEY_NETWORK,
	KEY_PID,
	KEY_IPC,
	KEY_UTS,
	KEY_CGROUPNS,
	KEY_USERNS,
	KEY_HOSTNAME,
	KEY_SYSCTL,
	KEY_ULIMIT,
	KEY_OOM_SCORE_ADJ,
	KEY_SHM_SIZE,
	KEY_GROUP_ADD,
	KEY_ENV,
	KEY_ENV_FILE,
	KEY_MEMORY,
	KEY_MEMORY_SWAP,
	KEY_MEMORY_RESERVATION,
	KEY_CPUS,
	KEY_CPU_SHARES,
	KEY_CPUSET_CPUS,
	KEY_CPUSET_MEMS,
	KEY_PIDS_LIMIT,
	KEY_BLKIO_WEIGHT,
	KEY_DEVICE_READ_BPS,
	KEY_DEVICE_WRITE_BPS,
	KEY_GPUS,
	KEY_WRITABLE_CGROUPS,
	/* [session] */
	KEY_ROOTFS,
	KEY_HOMES,
	KEY_HOME,
	KEY_NESTED,
	KEY_HIDE,
	KEY_RUN,
	KEY_PTS,
	KEY_SHELL,
	KEY_SHARE,
	KEY_LINGER,
	KEY_MAX_SESSIONS,
	KEY_MAX_TIME,
	KEY_MESSAGE,
	KEY_EGRESS,
	KEY_LXCFS,
	KEY_COUNT
};

enum key_shape {
	SHAPE_SINGLE, /* the most specific layer wins */
	SHAPE_LIST, /* adds up, one value an entry */
	SHAPE_COMMAS, /* adds up, an entry is split at commas */
	SHAPE_CAPS, /* as SHAPE_COMMAS, merged by the rule for capabilities */
};

/* What a key describes: whether a changed value needs a new container, or only binds this login. */
enum key_half {
	HALF_POLICY = 0,
	HALF_CONTAINER = 1,
	HALF_JOIN = 2,
	HALF_BOTH = 3,
};

enum key_state {
	STATE_BUILT,
	STATE_LATER, /* of the contract, "not supported yet by this build" */
	STATE_RESERVED, /* known, and a login cannot have it */
};

struct key {
	enum key_id id;
	const char *section;
	const char *name;
	const char *flag; /* docker run's long flag without the dashes, NULL where there is none */
	enum key_shape shape;
	enum key_half half;
	enum key_state state;
	/* Puts one value into the request; checks its grammar. Never NULL. */
	int (*parse)(struct request *request, const struct value *value, struct error *error);
	/* The built-in value of a single key, as text; "" where there is none (or where it depends
	 * on others: seccomp, share). Lists have theirs in key_built_ins. */
	const char *fallback;
	const char *sentence;
};

/* In the order of enum key_id. */
extern const struct key keys[KEY_COUNT];

/* The row of that section and name (lower case), or NULL. */
const struct key *key_find(const char *section, const char *name);
/* The row of a docker flag (without dashes), or NULL. */
const struct key *key_find_flag(const char *flag);
/*
 * A flag of docker run (without dashes, '_' as '-') that confine knows and has
 * no key for, since a login cannot have it: publish, restart, ...
 */
bool key_is_docker_only(const char *flag);
/* The keys, as text, in which the value of such a flag (with '_') is written here, or NULL. */
const char *key_instead_of(const char *flag);

/* The entries of the built-in layer; a policy replaces or removes them by suffix. */
struct key_built_in {
	enum key_id key;
	const char *suffix, *text;
};
extern const struct key_built_in key_built_ins[];
extern const size_t key_built_in_count;

#endif
