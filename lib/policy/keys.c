/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "keys.h"

#include <assert.h>
#include <string.h>

#include "parsers.h"

static_assert(KEY_COUNT <= sizeof(((struct policy *)NULL)->settings) / sizeof(struct setting),
	      "a policy has a setting for each key");

#define ROW(id, section, name, flag, shape, half, state, parse, fallback, sentence)        \
	[KEY_##id] = { KEY_##id,    section,	   name,	  flag,	    SHAPE_##shape, \
		       HALF_##half, STATE_##state, parse_##parse, fallback, sentence }

/* clang-format off */
#define P "policy"
#define C "container"
#define S "session"
const struct key keys[KEY_COUNT] = {
	ROW(CONFINE, P, "confine", NULL, SINGLE, POLICY, BUILT, confine, "yes",
	    "no: this person or group is never confined"),
	ROW(PRIORITY, P, "priority", NULL, SINGLE, POLICY, BUILT, priority, "50",
	    "of a group's file: the higher one holds against the lower; 0 to 1000"),

	ROW(PRIVILEGED, C, "privileged", "privileged", SINGLE, BOTH, BUILT, privileged, "no",
	    "all capabilities and devices, no seccomp filter, nothing masked"),
	ROW(CAP_ADD, C, "cap_add", "cap-add", CAPS, JOIN, BUILT, capability, "",
	    "capabilities besides the default ones, or ALL"),
	ROW(CAP_DROP, C, "cap_drop", "cap-drop", CAPS, JOIN, BUILT, capability, "",
	    "capabilities that are taken away, or ALL"),
	ROW(DEVICE, C, "device", "device", COMMAS, CONTAINER, BUILT, device, "",
	    "HOST[:INSIDE][:rwm]: a device, or a folder of devices"),
	ROW(DEVICE_CGROUP_RULE, C, "device_cgroup_rule", "device-cgroup-rule", LIST, CONTAINER, BUILT,
	    device_cgroup_rule, "", "a device rule without a node, as in c 7:* rmw"),
	ROW(SECCOMP, C, "seccomp", NULL, SINGLE, JOIN, BUILT, seccomp, "",
	    "default (or builtin), unconfined, or FILE.json in the seccomp folder"),
	ROW(NO_NEW_PRIVILEGES, C, "no_new_privileges", NULL, SINGLE, BOTH, BUILT, no_new_privileges,
	    "no", "programs gain nothing from setuid bits and file capabilities"),
	ROW(SYSTEMPATHS, C, "systempaths", NULL, SINGLE, CONTAINER, BUILT, systempaths, "default",
	    "default or unconfined: nothing of /proc and /sys is masked"),
	ROW(APPARMOR, C, "apparmor", NULL, SINGLE, JOIN, BUILT, apparmor, "",
	    "an AppArmor profile, or unconfined; by default confine-default where AppArmor is on"),
	ROW(SELINUX, C, "selinux", NULL, LIST, JOIN, LATER, selinux, "",
	    "user:, role:, type:, level: of the SELinux label, or disable"),
	ROW(READ_ONLY, C, "read_only", "read-only", SINGLE, CONTAINER, BUILT, read_only, "no",
	    "the root is read-only (the host's own tree always is)"),
	ROW(VOLUME, C, "volume", "volume", LIST, CONTAINER, BUILT, volume, "",
	    "SOURCE:TARGET[:OPTIONS]: a folder or file of the host"),
	ROW(TMPFS, C, "tmpfs", "tmpfs", LIST, CONTAINER, BUILT, tmpfs, "",
	    "TARGET[:OPTIONS]: an empty folder in memory"),
	ROW(NETWORK, C, "network", "network", SINGLE, CONTAINER, BUILT, network, "host",
	    "host, or none: a network with only lo"),
	ROW(PID, C, "pid", "pid", SINGLE, CONTAINER, BUILT, pid, "private",
	    "private, or host: the host's processes are seen"),
	ROW(IPC, C, "ipc", "ipc", SINGLE, CONTAINER, BUILT, ipc, "private",
	    "private, or host: the host's System V IPC and message queues"),
	ROW(UTS, C, "uts", "uts", SINGLE, CONTAINER, BUILT, uts, "private",
	    "private, or host: the host's name"),
	ROW(CGROUPNS, C, "cgroupns", "cgroupns", SINGLE, CONTAINER, BUILT, cgroupns, "private",
	    "private, or host: the host's cgroups are seen"),
	ROW(USERNS, C, "userns", "userns", SINGLE, CONTAINER, RESERVED, userns, "",
	    "reserved"),
	ROW(HOSTNAME, C, "hostname", "hostname", SINGLE, CONTAINER, BUILT, hostname, "",
	    "the name of the host inside; by default the host's own"),
	ROW(SYSCTL, C, "sysctl", "sysctl", LIST, CONTAINER, BUILT, sysctl, "",
	    "NAME=VALUE: a setting of the container's own namespaces"),
	ROW(ULIMIT, C, "ulimit", "ulimit", LIST, JOIN, BUILT, ulimit, "",
	    "NAME=SOFT[:HARD]: a limit of each process; -1 is none"),
	ROW(OOM_SCORE_ADJ, C, "oom_score_adj", "oom-score-adj", SINGLE, JOIN, BUILT, oom_score_adj, "",
	    "-1000 to 1000: how soon the kernel ends it when memory runs out"),
	ROW(SHM_SIZE, C, "shm_size", "shm-size", SINGLE, CONTAINER, BUILT, shm_size, "64m",
	    "the size of /dev/shm"),
	ROW(GROUP_ADD, C, "group_add", "group-add", COMMAS, JOIN, BUILT, group_add, "",
	    "groups besides the person's own"),
	ROW(ENV, C, "env", "env", LIST, JOIN, BUILT, env, "",
	    "NAME=VALUE: a variable of the environment"),
	ROW(ENV_FILE, C, "env_file", "env-file", LIST, JOIN, BUILT, env_file, "",
	    "a file of such lines"),
	ROW(MEMORY, C, "memory", "memory", SINGLE, CONTAINER, BUILT, memory, "",
	    "the most memory"),
	ROW(MEMORY_SWAP, C, "memory_swap", "memory-swap", SINGLE, CONTAINER, BUILT, memory_swap, "",
	    "the most memory and swap together; -1 is no limit"),
	ROW(MEMORY_RESERVATION, C, "memory_reservation", "memory-reservation", SINGLE, CONTAINER, BUILT,
	    memory_reservation, "", "the memory that is kept to when the host runs short"),
	ROW(CPUS, C, "cpus", "cpus", SINGLE, CONTAINER, BUILT, cpus, "",
	    "how many CPUs' time at most, as in 1.5"),
	ROW(CPU_SHARES, C, "cpu_shares", "cpu-shares", SINGLE, CONTAINER, BUILT, cpu_shares, "",
	    "the share of CPU time against others, 1024 being the usual"),
	ROW(CPUSET_CPUS, C, "cpuset_cpus", "cpuset-cpus", SINGLE, CONTAINER, BUILT, cpuset_cpus,
	    "",
	    "the CPUs to run on, as in 0-2,4"),
	ROW(CPUSET_MEMS, C, "cpuset_mems", "cpuset-mems", SINGLE, CONTAINER, BUILT, cpuset_mems,
	    "",
	    "the memory nodes to use, as in 0-1"),
	ROW(PIDS_LIMIT, C, "pids_limit", "pids-limit", SINGLE, CONTAINER, BUILT, pids_limit, "",
	    "the most processes and threads; 0 and -1 are no limit"),
	ROW(BLKIO_WEIGHT, C, "blkio_weight", "blkio-weight", SINGLE, CONTAINER, BUILT, blkio_weight, "",
	    "the share of disk time against others, 10 to 1000; 0 is the usual"),
	ROW(DEVICE_READ_BPS, C, "device_read_bps", "device-read-bps", LIST, CONTAINER, BUILT,
	    device_read_bps, "",
	    "PATH:RATE: the most bytes a second read from a disk"),
	ROW(DEVICE_WRITE_BPS, C, "device_write_bps", "device-write-bps", LIST, CONTAINER, BUILT,
	    device_write_bps, "",
	    "PATH:RATE: the most bytes a second written to a disk"),
	ROW(GPUS, C, "gpus", "gpus", SINGLE, CONTAINER, RESERVED, gpus, "",
	    "reserved"),
	ROW(WRITABLE_CGROUPS, C, "writable_cgroups", NULL, SINGLE, CONTAINER, RESERVED, writable_cgroups,
	    "no", "reserved"),

	ROW(ROOTFS, S, "rootfs", NULL, SINGLE, CONTAINER, BUILT, rootfs, "/",
	    "/: a read-only view of the host's tree; or a folder with another system in it"),
	ROW(HOMES, S, "homes", NULL, COMMAS, CONTAINER, BUILT, homes, "",
	    "folders in which homes stand: they are covered"),
	ROW(HOME, S, "home", NULL, SINGLE, CONTAINER, BUILT, home, "own",
	    "own: of what is covered only the person's home is there; tmpfs; all"),
	ROW(NESTED, S, "nested", NULL, SINGLE, CONTAINER, RESERVED, nested, "no",
	    "reserved: user namespaces inside"),
	ROW(HIDE, S, "hide", NULL, COMMAS, CONTAINER, BUILT, hide, "",
	    "paths to cover, with * ? []"),
	ROW(RUN, S, "run", NULL, COMMAS, CONTAINER, BUILT, run, "",
	    "what of the host's /run is there, besides the shipped list"),
	ROW(PTS, S, "pts", NULL, SINGLE, CONTAINER, BUILT, pts, "host",
	    "host: the terminals' real names; private: a devpts of one's own"),
	ROW(SHELL, S, "shell", NULL, SINGLE, CONTAINER, BUILT, shell, "",
	    "what confine-shell starts; by default the first of /etc/shells that is not itself"),
	ROW(SHARE, S, "share", NULL, SINGLE, CONTAINER, BUILT, share, "",
	    "user: a person's logins meet in one container; session: one each (the default with SYS_PTRACE)"),
	ROW(LINGER, S, "linger", NULL, SINGLE, CONTAINER, BUILT, linger, "processes",
	    "with the last login gone the container ends: no, at once; processes, with the last; yes, by confine kill"),
	ROW(MAX_SESSIONS, S, "max_sessions", NULL, SINGLE, POLICY, BUILT, max_sessions, "0",
	    "logins at the same time; 0 is no limit"),
	ROW(MAX_TIME, S, "max_time", NULL, SINGLE, JOIN, BUILT, max_time, "",
	    "how long a login lasts at most, as 90s, 30m, 12h, 2d"),
	ROW(MESSAGE, S, "message", NULL, SINGLE, POLICY, BUILT, message, "",
	    "logins are refused with this text"),
	ROW(EGRESS, S, "egress", NULL, LIST, CONTAINER, RESERVED, egress, "",
	    "reserved"),
	ROW(LXCFS, S, "lxcfs", NULL, SINGLE, CONTAINER, LATER, lxcfs, "",
	    "/proc shows the container's own memory and CPUs"),
};
/* clang-format on */

/* What only root reads on the host and uid 0 inside must not (design.md; tried with the host's
 * tree). */
const struct key_built_in key_built_ins[] = {
	{ KEY_HOMES, "", "/home" },
	{ KEY_HIDE, "shadow",
	  "/etc/shadow*, /var/backups/shadow*, /etc/shadow+, /etc/nshadow, /etc/shadow.edit" },
	{ KEY_HIDE, "gshadow",
	  "/etc/gshadow*, /var/backups/gshadow*, /etc/gshadow+, /etc/gshadow.edit" },
	{ KEY_HIDE, "opasswd", "/etc/security/opasswd*" },
	{ KEY_HIDE, "ssh_host_keys", "/etc/ssh/ssh_host_*_key" },
	{ KEY_HIDE, "keytab", "/etc/krb5.keytab*" },
	{ KEY_HIDE, "ssl_private", "/etc/ssl/private, /etc/pki/tls/private" },
	{ KEY_HIDE, "root", "/root" },
	{ KEY_HIDE, "sssd", "/etc/sssd, /var/lib/sss/db, /var/lib/sss/secrets" },
	{ KEY_HIDE, "ldap_secret", "/etc/ldap.secret, /etc/pam_ldap.secret, /etc/nslcd.conf" },
	{ KEY_HIDE, "samba", "/var/lib/samba/private" },
	{ KEY_HIDE, "munge_key", "/etc/munge" },
	{ KEY_HIDE, "network_secrets",
	  "/etc/NetworkManager/system-connections, /etc/wireguard, /etc/wpa_supplicant" },
	{ KEY_HIDE, "letsencrypt", "/etc/letsencrypt" },
	/* Memory of processes that have crashed: services' too. */
	{ KEY_HIDE, "crashes", "/var/lib/systemd/coredump, /var/crash, /var/lib/apport" },
	/* A read lock on one keeps every server that writes a login there waiting (getutent(3),
	 * ten seconds; SQLite's, of wtmpdb and lastlog2, as long as they like). */
	{ KEY_HIDE, "logins",
	  "/var/log/[bw]tmp*, /var/log/lastlog, /var/log/faillog, /var/log/tallylog, "
	  "/var/lib/wtmpdb, /var/lib/lastlog" },
	{ KEY_HIDE, "debconf", "/var/cache/debconf/passwords.dat*" },
	{ KEY_HIDE, "credentials",
	  "/var/lib/systemd/credential.secret, /etc/credstore, /etc/credstore.encrypted" },
	/* Other people's systems, and sockets by which one is had. */
	{ KEY_HIDE, "containers",
	  "/var/lib/docker, /var/lib/containerd, /var/lib/containers, /var/lib/kubelet, "
	  "/var/lib/rancher, /etc/kubernetes, /var/lib/incus, /var/lib/lxd, /var/snap/lxd, "
	  "/var/lib/lxc, /var/lib/machines, /var/lib/libvirt" },
	{ KEY_HIDE, "databases",
	  "/var/lib/mysql, /var/lib/postgresql, /var/lib/ldap, /var/lib/redis" },
	/* Other people's jobs and mail on its way. One's own crontab is changed on the host: in
	 * here /var is read-only. */
	{ KEY_HIDE, "spool",
	  "/var/spool/cron/crontabs, /var/spool/exim4, /var/spool/postfix, /var/spool/cups" },
	{ KEY_HIDE, "backups", "/var/backups" },
	{ KEY_HIDE, "service_secrets",
	  "/etc/openvpn, /etc/ipsec.secrets, /etc/ipsec.d/private, /etc/ppp/*-secrets, "
	  "/etc/exim4/passwd.client, /etc/postfix/sasl*, /etc/mysql/debian.cnf, "
	  "/etc/bind/rndc.key" },
};
const size_t key_built_in_count = sizeof(key_built_ins) / sizeof(*key_built_ins);

/* Flags of `docker run` (docker/cli, 28) that have no key. */
/* clang-format off: it would put one on a line. */
static const char *const docker_only[] = {
	"add-host",
	"annotation",
	"attach",
	"blkio-weight-device",
	"cgroup-parent",
	"cidfile",
	"cpu-count",
	"cpu-percent",
	"cpu-period",
	"cpu-quota",
	"cpu-rt-period",
	"cpu-rt-runtime",
	"detach",
	"detach-keys",
	"device-read-iops",
	"device-write-iops",
	"disable-content-trust",
	"dns",
	"dns-option",
	"dns-search",
	"domainname",
	"entrypoint",
	"expose",
	"health-cmd",
	"health-interval",
	"health-retries",
	"health-start-interval",
	"health-start-period",
	"health-timeout",
	"init",
	"interactive",
	"io-maxbandwidth",
	"io-maxiops",
	"ip",
	"ip6",
	"isolation",
	"kernel-memory",
	"label",
	"label-file",
	"link",
	"link-local-ip",
	"log-driver",
	"log-opt",
	"mac-address",
	"memory-swappiness",
	"mount",
	"name",
	"net",
	"net-alias",
	"network-alias",
	"no-healthcheck",
	"oom-kill-disable",
	"platform",
	"publish",
	"publish-all",
	"pull",
	"quiet",
	"restart",
	"rm",
	"runtime",
	"security-opt",
	"sig-proxy",
	"stop-signal",
	"stop-timeout",
	"storage-opt",
	"tty",
	"use-api-socket",
	"user",
	"volume-driver",
	"volumes-from",
	"workdir",
};
/* clang-format on */

const struct key *key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (!strcmp(keys[i].section, section) && !strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

const struct key *key_find_flag(const char *flag)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].flag && !strcmp(keys[i].flag, flag))
			return &keys[i];
	return NULL;
}

bool key_is_docker_only(const char *flag)
{
	for (size_t i = 0; i < sizeof(docker_only) / sizeof(*docker_only); i++) {
		const char *known = docker_only[i], *given = flag;

		while (*known && (*known == *given || (*known == '-' && *given == '_')))
			known++, given++;
		if (!*known && !*given)
			return true;
	}
	return false;
}

const char *key_instead_of(const char *flag)
{
	static const struct {
		const char *flag, *keys;
	} rows[] = {
		{ "mount", "volume, tmpfs" },
		{ "net", "network" },
		{ "security_opt", "seccomp, apparmor, selinux, systempaths, no_new_privileges" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].flag, flag))
			return rows[i].keys;
	return NULL;
}
