/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key table and the grammar of each key's value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../../lib/base/scope.h"
#include "../../lib/policy/keys.h"
#include "../../lib/policy/parsers.h"

static const struct key *find(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	fail_msg("no key %s", name);
	return NULL;
}

/* Parses one value as it stands on line 9 of a file (line 0: as a flag). */
static int parse_at(struct request *request, const char *key, const char *text, unsigned line,
		    struct error *error)
{
	struct value value = { 0 };
	int result;

	assert_int_equal(value_fill(&value, text, "", line ? "F" : "--flag", line, error), 0);
	result = request_value(request, find(key), &value, error);
	value_clear(&value);
	return result;
}

static void parse(struct request *request, const char *key, const char *text)
{
	struct error error = ERROR_INIT;

	if (parse_at(request, key, text, 9, &error))
		fail_msg("%s = %s: %s", key, text, error.text);
}

static void the_table_stands_in_the_order_of_its_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct key *key = &keys[i];

		assert_int_equal(key->id, i);
		assert_non_null(key->parse);
		assert_true(*key->sentence);
		assert_ptr_equal(key_find(key->section, key->name), key);
		for (const char *c = key->name; *c; c++)
			assert_true(islower((unsigned char)*c) || *c == '_');
		if (key->flag)
			assert_ptr_equal(key_find_flag(key->flag), key);
	}
	assert_null(key_find("session", "cap_add"));
	assert_null(key_find_flag("publish"));
}

/* A flag is the key with dashes: nothing to learn twice. */
static void a_flag_is_spelled_as_its_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!keys[i].flag)
			continue;
		assert_int_equal(strlen(keys[i].flag), strlen(keys[i].name));
		for (size_t j = 0; keys[i].flag[j]; j++)
			assert_int_equal(keys[i].flag[j] == '-' ? '_' : keys[i].flag[j],
					 keys[i].name[j]);
		assert_false(key_is_docker_only(keys[i].flag));
		assert_false(key_is_docker_only(keys[i].name));
	}
	assert_true(key_is_docker_only("publish-all"));
	assert_true(key_is_docker_only("publish_all"));
	assert_false(key_is_docker_only("publish-al"));
	assert_false(key_is_docker_only("publish-alll"));
}

static void an_empty_policy_asks_for_what_the_table_says(void **state)
{
	struct policy policy = { 0 };
	scope_of(request) struct request request = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(request_parse(&request, &policy, &error), 0);
	assert_true(request.confine);
	assert_int_equal(request.priority, 50);
	assert_false(request.privileged || request.no_new_privileges || request.read_only);
	assert_false(request.network_none || request.pid_host || request.ipc_host);
	assert_false(request.uts_host || request.cgroupns_host || request.pts_private);
	assert_int_equal(request.shm_size_bytes, 64 << 20);
	assert_string_equal(request.rootfs, "/");
	assert_int_equal(request.home, HOME_OWN);
	assert_int_equal(request.share, SHARE_DEFAULT);
	assert_int_equal(request.linger, LINGER_PROCESSES);
	assert_int_equal(request.max_sessions, 0);
	assert_int_equal(request.max_time_s, 0);
	assert_null(request.seccomp);
	assert_null(request.hostname);
	assert_null(request.message);
	assert_false(request.oom_score_adj_written);
}

static void devices_are_read_as_docker_reads_them(void **state)
{
	static const struct {
		const char *text, *host, *inside;
		unsigned char access;
		bool written;
	} table[] = {
		{ "/dev/snd", "/dev/snd", NULL, ACCESS_ALL, false },
		{ "/dev/a:r", "/dev/a", NULL, ACCESS_READ, true },
		{ "/dev/a:wr", "/dev/a", NULL, ACCESS_READ | ACCESS_WRITE, true },
		{ "/dev/a:mrw", "/dev/a", NULL, ACCESS_ALL, true },
		{ "/dev/a:m", "/dev/a", NULL, ACCESS_MKNOD, true },
		{ "/dev/a:/dev/b", "/dev/a", "/dev/b", ACCESS_ALL, false },
		{ "/dev/loop0:/dev/xvdc:r", "/dev/loop0", "/dev/xvdc", ACCESS_READ, true },
		{ "/dev/a:/rwm:rwm", "/dev/a", "/rwm", ACCESS_ALL, true },
		{ "/dev/%u:/dev/x", "/dev/%u", "/dev/x", ACCESS_ALL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_of(request) struct request request = { 0 };
		const struct device_request *device;

		parse(&request, "device", table[i].text);
		assert_int_equal(request.devices.count, 1);
		device = request.devices.items;
		assert_string_equal(device->host, table[i].host);
		if (table[i].inside)
			assert_string_equal(device->inside, table[i].inside);
		else
			assert_null(device->inside);
		assert_int_equal(device->access, table[i].access);
		assert_int_equal(device->access_written, table[i].written);
		assert_int_equal(device->origin.line, 9);
	}
}

static void device_rules_are_read_as_docker_reads_them(void **state)
{
	static const struct {
		const char *text;
		struct device_rule rule;
	} table[] = {
		{ "c 7:* rmw", { 'c', 7, -1, ACCESS_ALL } },
		{ "a *:* rwm", { 'a', -1, -1, ACCESS_ALL } },
		{ "b 8:0 r", { 'b', 8, 0, ACCESS_READ } },
		{ "c *:3 ww", { 'c', -1, 3, ACCESS_WRITE } },
		{ "c 4095:1048575 m", { 'c', 4095, 1048575, ACCESS_MKNOD } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_of(request) struct request request = { 0 };
		const struct device_rule *rule;

		parse(&request, "device_cgroup_rule", table[i].text);
		rule = &request.device_rules.items[0].rule;
		assert_int_equal(rule->type, table[i].rule.type);
		assert_int_equal(rule->major, table[i].rule.major);
		assert_int_equal(rule->minor, table[i].rule.minor);
		assert_int_equal(rule->access, table[i].rule.access);
	}
}

static void volumes_are_read_as_docker_reads_them(void **state)
{
	static const struct {
		const char *text, *source, *target;
		bool read_only;
		enum volume_propagation propagation;
	} table[] = {
		{ "/a:/b", "/a", "/b", false, VOLUME_RPRIVATE },
		{ "/a:/b:ro", "/a", "/b", true, VOLUME_RPRIVATE },
		{ "/a:/b:rw,z", "/a", "/b", false, VOLUME_RPRIVATE },
		{ "/a:/b:Z,ro,rslave", "/a", "/b", true, VOLUME_RSLAVE },
		{ "/a:/b:private", "/a", "/b", false, VOLUME_PRIVATE },
		{ "/a:/b:rprivate", "/a", "/b", false, VOLUME_RPRIVATE },
		{ "/a:/b:slave", "/a", "/b", false, VOLUME_SLAVE },
		{ "/srv/%u:/home/%u/data", "/srv/%u", "/home/%u/data", false, VOLUME_RPRIVATE },
		{ "/:/host:ro", "/", "/host", true, VOLUME_RPRIVATE },
		{ "/a..b/..c:/b", "/a..b/..c", "/b", false, VOLUME_RPRIVATE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_of(request) struct request request = { 0 };
		const struct volume_request *volume;

		parse(&request, "volume", table[i].text);
		volume = request.volumes.items;
		assert_string_equal(volume->source, table[i].source);
		assert_string_equal(volume->target, table[i].target);
		assert_int_equal(volume->read_only, table[i].read_only);
		assert_true(volume->recursive);
		assert_int_equal(volume->propagation, table[i].propagation);
	}
}

static void a_tmpfs_has_dockers_defaults_and_its_own_options(void **state)
{
	scope_of(request) struct request request = { 0 };
	const struct tmpfs_request *tmpfs;

	(void)state;
	parse(&request, "tmpfs", "/tmp");
	parse(&request, "tmpfs", "/run/x:size=256m,mode=0750,uid=7,gid=8,exec,suid,dev,ro");
	parse(&request, "tmpfs", "/y:exec,noexec,ro,rw");
	tmpfs = request.tmpfs.items;
	assert_string_equal(tmpfs[0].target, "/tmp");
	assert_int_equal(tmpfs[0].size_bytes, 0);
	assert_int_equal(tmpfs[0].mode, 01777);
	assert_int_equal(tmpfs[0].uid, -1);
	assert_false(tmpfs[0].exec || tmpfs[0].suid || tmpfs[0].dev || tmpfs[0].read_only);
	assert_false(tmpfs[0].mode_written);
	assert_int_equal(tmpfs[1].size_bytes, 256 << 20);
	assert_int_equal(tmpfs[1].mode, 0750);
	assert_true(tmpfs[1].mode_written);
	assert_int_equal(tmpfs[1].uid, 7);
	assert_int_equal(tmpfs[1].gid, 8);
	assert_true(tmpfs[1].exec && tmpfs[1].suid && tmpfs[1].dev && tmpfs[1].read_only);
	assert_false(tmpfs[2].exec || tmpfs[2].read_only);
}

static void ulimits_take_one_number_or_two(void **state)
{
	static const struct {
		const char *text;
		int resource;
		uint64_t soft, hard;
	} table[] = {
		{ "nofile=1024:4096", RLIMIT_NOFILE, 1024, 4096 },
		{ "nproc=7", RLIMIT_NPROC, 7, 7 },
		{ "core=0:-1", RLIMIT_CORE, 0, RLIM_INFINITY },
		{ "stack=-1", RLIMIT_STACK, RLIM_INFINITY, RLIM_INFINITY },
		{ "rttime=0:0", RLIMIT_RTTIME, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		scope_of(request) struct request request = { 0 };

		parse(&request, "ulimit", table[i].text);
		assert_int_equal(request.ulimits.items[0].resource, table[i].resource);
		assert_int_equal(request.ulimits.items[0].soft, table[i].soft);
		assert_int_equal(request.ulimits.items[0].hard, table[i].hard);
	}
}

static void names_and_texts_are_kept_apart(void **state)
{
	scope_of(request) struct request request = { 0 };

	(void)state;
	parse(&request, "env", "PAGER=less -R=x");
	parse(&request, "env", "EMPTY=");
	parse(&request, "env", "FROM_CALLER");
	parse(&request, "sysctl", "kernel.msgmax=65536");
	assert_string_equal(request.env.items[0].name, "PAGER");
	assert_string_equal(request.env.items[0].text, "less -R=x");
	assert_string_equal(request.env.items[1].text, "");
	assert_null(request.env.items[2].text);
	assert_string_equal(request.sysctls.items[0].name, "kernel.msgmax");
	assert_string_equal(request.sysctls.items[0].text, "65536");
}

static void words_choose(void **state)
{
	scope_of(request) struct request request = { 0 };

	(void)state;
	parse(&request, "network", "none");
	parse(&request, "pid", "host");
	parse(&request, "ipc", "host");
	parse(&request, "uts", "host");
	parse(&request, "cgroupns", "host");
	parse(&request, "pts", "private");
	parse(&request, "systempaths", "unconfined");
	parse(&request, "home", "all");
	parse(&request, "share", "session");
	parse(&request, "linger", "yes");
	parse(&request, "seccomp", "builtin");
	parse(&request, "hostname", "%u.%h");
	parse(&request, "privileged", "ON");
	parse(&request, "nested", "no");
	parse(&request, "oom_score_adj", "-1000");
	parse(&request, "group_add", "domain users");
	parse(&request, "run", "munge/munge.socket.2");
	assert_true(request.network_none && request.pid_host && request.ipc_host);
	assert_true(request.uts_host && request.cgroupns_host && request.pts_private);
	assert_true(request.systempaths_unconfined && request.privileged);
	assert_int_equal(request.home, HOME_ALL);
	assert_int_equal(request.share, SHARE_SESSION);
	assert_int_equal(request.linger, LINGER_YES);
	assert_string_equal(request.seccomp, "default");
	assert_string_equal(request.hostname, "%u.%h");
	assert_int_equal(request.oom_score_adj, -1000);
	assert_string_equal(request.group_add.items[0].text, "domain users");
	assert_string_equal(request.run.items[0].text, "munge/munge.socket.2");
	parse(&request, "linger", "no");
	assert_int_equal(request.linger, LINGER_NO);
}

static const struct {
	const char *key, *text, *message;
} bad_values[] = {
	{ "confine", "", "confine: '' is neither yes nor no" },
	{ "confine", "maybe", "confine: 'maybe' is neither yes nor no" },
	{ "priority", "", "priority: '' is not a number" },
	{ "priority", "-1", "priority: '-1' is not between 0 and 1000" },
	{ "priority", "1001", "priority: '1001' is not between 0 and 1000" },
	{ "priority", "99999999999999999999",
	  "priority: '99999999999999999999' is not between 0 and 1000" },
	{ "priority", "5 0", "priority: '5 0' is not a number" },
	{ "priority", "+5", "priority: '+5' is not a number" },
	{ "priority", "0x5", "priority: '0x5' is not a number" },
	{ "privileged", "2", "privileged: '2' is neither yes nor no" },
	{ "cap_add", "NET_ADMN", "cap_add: unknown capability 'NET_ADMN'" },
	{ "cap_drop", "", "cap_drop: unknown capability ''" },
	{ "network", "bridge", "network: 'bridge' is none of host, none" },
	{ "pid", "container:x", "pid: 'container:x' is none of private, host" },
	{ "ipc", "shareable", "ipc: 'shareable' is none of private, host" },
	{ "home", "", "home: '' is none of own, tmpfs, all" },
	{ "linger", "Yes", "linger: 'Yes' is none of no, processes, yes" },
	{ "share", "group", "share: 'group' is none of user, session" },
	{ "device", "", "device: '' is not an absolute path" },
	{ "device", "snd", "device: 'snd' is not an absolute path" },
	{ "device",
	  "/dev/a:", "device: '' is neither an access (r, w, m, each once) nor an absolute path" },
	{ "device", "/dev/a:rwx",
	  "device: 'rwx' is neither an access (r, w, m, each once) nor an absolute path" },
	{ "device", "/dev/a:rr",
	  "device: 'rr' is neither an access (r, w, m, each once) nor an absolute path" },
	{ "device", "/dev/a:/dev/b:", "device: unknown access '': r, w, m, each once" },
	{ "device", "/dev/a:/dev/b:x", "device: unknown access 'x': r, w, m, each once" },
	{ "device", "/dev/a:/dev/b:rwmr", "device: unknown access 'rwmr': r, w, m, each once" },
	{ "device", "/dev/a:/dev/b:r:w", "device: unknown access 'r:w': r, w, m, each once" },
	{ "device", "/dev/a:r:w", "device: path inside 'r' is not an absolute path" },
	{ "device", "/dev/a::r", "device: path inside '' is not an absolute path" },
	{ "device", "/dev/../etc", "device: '/dev/../etc' has '..' in it" },
	{ "device", "/dev/a:/dev/..", "device: path inside '/dev/..' has '..' in it" },
	{ "device_cgroup_rule", "",
	  "device_cgroup_rule: '' (as in: c 7:* rmw): a, b or c and a space were expected" },
	{ "device_cgroup_rule", "x 1:1 r",
	  "device_cgroup_rule: 'x 1:1 r' (as in: c 7:* rmw): a, b or c and a space were expected" },
	{ "device_cgroup_rule", "c 1 r",
	  "device_cgroup_rule: 'c 1 r' (as in: c 7:* rmw): a number or * was expected" },
	{ "device_cgroup_rule", "c -1:1 r",
	  "device_cgroup_rule: 'c -1:1 r' (as in: c 7:* rmw): a number or * was expected" },
	{ "device_cgroup_rule", "c 1:** r",
	  "device_cgroup_rule: 'c 1:** r' (as in: c 7:* rmw): a number or * was expected" },
	{ "device_cgroup_rule", "c 4096:1 r",
	  "device_cgroup_rule: 'c 4096:1 r' (as in: c 7:* rmw): '4096' is not between 0 and 4095" },
	{ "device_cgroup_rule", "c 1:1048576 r",
	  "device_cgroup_rule: 'c 1:1048576 r' (as in: c 7:* rmw): "
	  "'1048576' is not between 0 and 1048575" },
	{ "device_cgroup_rule", "c 1:1 ",
	  "device_cgroup_rule: 'c 1:1 ' (as in: c 7:* rmw): r, w, m were expected at the end" },
	{ "device_cgroup_rule", "c 1:1 x",
	  "device_cgroup_rule: 'c 1:1 x' (as in: c 7:* rmw): r, w, m were expected at the end" },
	{ "device_cgroup_rule", "c 1:1 rwmr",
	  "device_cgroup_rule: 'c 1:1 rwmr' (as in: c 7:* rmw): r, w, m were expected at the end" },
	{ "volume", "/data", "volume: '/data' is not SOURCE:TARGET[:OPTIONS]" },
	{ "volume", "data:/data",
	  "volume: source 'data' is not an absolute path (named volumes are not supported)" },
	{ "volume", ":/data", "volume: source '' is not an absolute path" },
	{ "volume", "/a:b", "volume: target 'b' is not an absolute path" },
	{ "volume", "/a:", "volume: target '' is not an absolute path" },
	{ "volume", "/a:/", "volume: target '/' is the root itself" },
	{ "volume", "/a:/./", "volume: target '/./' is the root itself" },
	{ "volume", "/a:/b/../../c", "volume: target '/b/../../c' has '..' in it" },
	{ "volume", "/a/..:/b", "volume: source '/a/..' has '..' in it" },
	{ "volume", "/%x:/b",
	  "volume: unknown percent sequence '%x' in '/%x': there are %u %U %g %h %%" },
	{ "volume", "/a:/b%",
	  "volume: unknown percent sequence '%' in '/b%': there are %u %U %g %h %%" },
	{ "volume", "/a:/b:", "volume: empty entry in the list ''" },
	{ "volume", "/a:/b:ro,", "volume: empty entry in the list 'ro,'" },
	{ "volume", "/a:/b:rox", "volume: unknown option 'rox'" },
	{ "volume", "/a:/b:ro,rw", "volume: option 'rw' beside another of its kind" },
	{ "volume", "/a:/b:z,Z", "volume: option 'Z' beside another of its kind" },
	{ "volume", "/a:/b:slave,private", "volume: option 'private' beside another of its kind" },
	{ "tmpfs", "tmp", "tmpfs: target 'tmp' is not an absolute path" },
	{ "tmpfs", "/", "tmpfs: target '/' is the root itself" },
	{ "tmpfs", "/x:", "tmpfs: empty entry in the list ''" },
	{ "tmpfs", "/x:size=", "tmpfs: '' is not a size (as 512m or 2g)" },
	{ "tmpfs", "/x:size=0", "tmpfs: '0' is no size for a tmpfs" },
	{ "tmpfs", "/x:size=0%", "tmpfs: '0' is not between 1 and 100" },
	{ "tmpfs", "/x:size=101%", "tmpfs: '101' is not between 1 and 100" },
	{ "tmpfs", "/x:size=%", "tmpfs: '' is not a number" },
	{ "tmpfs", "/x:nr_inodes=0", "tmpfs: '0' is no number of inodes for a tmpfs" },
	{ "tmpfs", "/x:nr_blocks=0", "tmpfs: '0' is no number of blocks for a tmpfs" },
	{ "tmpfs", "/x:nr_inodes=few", "tmpfs: 'few' is not a size (as 512m or 2g)" },
	{ "tmpfs", "/x:mpo=x", "tmpfs: unknown option 'mpo=x'" },
	{ "tmpfs", "/x:mode=888", "tmpfs: '888' is not an octal mode (as 1777)" },
	{ "tmpfs", "/x:mode=17777", "tmpfs: '17777' is not an octal mode (as 1777)" },
	{ "tmpfs", "/x:uid=-1", "tmpfs: '-1' is not between 0 and 4294967294" },
	{ "tmpfs", "/x:uid=4294967295", "tmpfs: '4294967295' is not between 0 and 4294967294" },
	{ "tmpfs", "/x:foo", "tmpfs: unknown option 'foo'" },
	{ "ulimit", "nofile", "ulimit: 'nofile' is not NAME=SOFT[:HARD]" },
	{ "ulimit", "as=1", "ulimit: unknown limit 'as'" },
	{ "ulimit", "nofile=", "ulimit: '' is not a number of 0 or more" },
	{ "ulimit", "nofile=1:", "ulimit: '' is not a number of 0 or more" },
	{ "ulimit", "nofile=-2", "ulimit: '-2' is not a number of 0 or more" },
	{ "ulimit", "nofile=2:1", "ulimit: the soft limit 2 is above the hard limit 1" },
	{ "ulimit", "nofile=-1:1", "ulimit: the soft limit -1 is above the hard limit 1" },
	{ "ulimit", "nofile=18446744073709551615",
	  "ulimit: '18446744073709551615' is more than 9223372036854775807" },
	{ "env", "=x", "env: '=x' is not NAME=VALUE" },
	{ "env", "A B=x", "env: 'A B=x' is not NAME=VALUE" },
	{ "sysctl", "kernel.msgmax", "sysctl: 'kernel.msgmax' is not NAME=VALUE" },
	{ "sysctl", "net/ipv4/ip_forward=1", "sysctl: 'net/ipv4/ip_forward' is not NAME=VALUE" },
	{ "sysctl", "net..x=1", "sysctl: 'net..x' is not NAME=VALUE" },
	{ "sysctl", "kernel.core_pattern=|/x",
	  "sysctl: 'kernel.core_pattern' belongs to the host: only net.*, fs.mqueue.*, "
	  "kernel.msg*, "
	  "kernel.sem and kernel.shm* can be set" },
	{ "oom_score_adj", "1001", "oom_score_adj: '1001' is not between -1000 and 1000" },
	{ "shm_size", "x", "shm_size: 'x' is not a size (as 512m or 2g)" },
	{ "shm_size", "16E", "shm_size: '16E' is not a size (as 512m or 2g)" },
	{ "shm_size", "9999999p", "shm_size: '9999999p' is too large a size" },
	{ "max_sessions", "-1", "max_sessions: '-1' is not a number of 0 or more" },
	{ "max_sessions", "65536", "max_sessions: '65536' is more than 65535" },
	{ "hostname", "", "hostname: '' is not a name for a host" },
	{ "hostname", "a b", "hostname: 'a b' is not a name for a host" },
	{ "hostname", "%x",
	  "hostname: unknown percent sequence '%x' in '%x': there are %u %U %g %h %%" },
	{ "group_add", "-x", "group_add: '-x' is neither a group's name nor its number" },
	{ "seccomp", "defualt",
	  "seccomp: 'defualt' is none of default, builtin, unconfined, FILE.json" },
	{ "seccomp", "", "seccomp: an empty name of a profile" },
	{ "seccomp", "/etc/x.json", "seccomp: '/etc/x.json' is not a relative path" },
	{ "seccomp", "../x.json", "seccomp: '../x.json' has '..' in it" },
	{ "env_file", "x", "env_file: 'x' is not an absolute path" },
	{ "rootfs", "srv", "rootfs: 'srv' is not an absolute path" },
	{ "rootfs", "/srv/..", "rootfs: '/srv/..' has '..' in it" },
	{ "hide", "etc", "hide: 'etc' is not an absolute path" },
	{ "homes", "", "homes: '' is not an absolute path" },
	{ "run", "/run/x", "run: '/run/x' is not a relative path" },
	{ "run", "../x", "run: '../x' has '..' in it" },
	{ "shell", "bash", "shell: 'bash' is not an absolute path" },
	{ "memory", "5m", "memory: '5m' is less than 6m" },
	{ "memory", "", "memory: '' is not a size (as 512m or 2g)" },
	{ "memory", "5e18", "memory: '5e18' is not a size (as 512m or 2g)" },
	{ "memory", "8191p", "memory: '8191p' is too large a size" },
	{ "memory_reservation", "1m", "memory_reservation: '1m' is less than 6m" },
	{ "memory_swap", "1m", "memory_swap: '1m' is less than 6m" },
	{ "memory_swap", "-2", "memory_swap: '-2' is not a size (as 512m or 2g)" },
	{ "cpus", "x", "cpus: 'x' is not a number of CPUs (as 1.5)" },
	{ "cpus", "0.009", "cpus: '0.009' is less than 0.01" },
	{ "cpus", "1.0000000001", "cpus: '1.0000000001' is not a number of CPUs (as 1.5)" },
	{ "cpus", "99999999999999999999",
	  "cpus: '99999999999999999999' is not a number of CPUs (as 1.5)" },
	{ "cpu_shares", "262145", "cpu_shares: '262145' is more than 262144" },
	{ "cpuset_cpus", "3-1", "cpuset_cpus: '3-1' ends before it begins" },
	{ "cpuset_mems", "0,,1", "cpuset_mems: empty entry in the list '0,,1'" },
	{ "cpuset_cpus", "", "cpuset_cpus: empty entry in the list ''" },
	{ "cpuset_cpus", "0-1-2", "cpuset_cpus: '1-2' is not a number of 0 or more" },
	{ "cpuset_cpus", "all", "cpuset_cpus: 'all' is not a number of 0 or more" },
	{ "pids_limit", "many", "pids_limit: 'many' is not a number" },
	{ "pids_limit", "-2", "pids_limit: '-2' is not between -1 and 4194304" },
	{ "blkio_weight", "5", "blkio_weight: '5' is not between 10 and 1000" },
	{ "device_read_bps", "/dev/sda",
	  "device_read_bps: '/dev/sda' is not PATH:RATE (as /dev/sda:1mb)" },
	{ "device_write_bps", "sda:1mb", "device_write_bps: 'sda' is not an absolute path" },
	{ "device_write_bps", "/dev/sda:fast",
	  "device_write_bps: 'fast' is not a size (as 512m or 2g)" },
	{ "max_time", "12", "max_time: '12' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "0h", "max_time: '0h' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "h", "max_time: 'h' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "-1h", "max_time: '-1h' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "+1h", "max_time: '+1h' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "1.5h", "max_time: '1.5h' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "12H", "max_time: '12H' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "1w", "max_time: '1w' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "1h30m", "max_time: '1h30m' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "12 h", "max_time: '12 h' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "max_time", "1234567890s",
	  "max_time: '1234567890s' is not a time (as 90s, 30m, 12h, 2d)" },
	{ "selinux", "type:",
	  "selinux: 'type:' is none of user:USER, role:ROLE, type:TYPE, "
	  "level:LEVEL, disable" },
	{ "apparmor", "", "apparmor: '' is not the name of an AppArmor profile" },
	{ "apparmor", "two words", "apparmor: 'two words' is not the name of an AppArmor profile" },
	{ "apparmor", "a\nb", "apparmor: 'a\\x0ab' is not the name of an AppArmor profile" },
	{ "lxcfs", "maybe", "lxcfs: 'maybe' is neither yes nor no" },
};

static void each_bad_value_has_its_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_values) / sizeof(*bad_values); i++) {
		scope_of(request) struct request request = { 0 };
		struct error error = ERROR_INIT;
		const char *message = bad_values[i].message;

		if (!parse_at(&request, bad_values[i].key, bad_values[i].text, 9, &error))
			fail_msg("%s = %s is taken", bad_values[i].key, bad_values[i].text);
		assert_string_equal(error.text, message);
		assert_int_equal(error.kind, ERROR_POLICY);
		assert_string_equal(error.file, "F");
		assert_int_equal(error.line, 9);
	}
}

static const struct {
	const char *key, *text;
	enum limit limit;
	int64_t number;
} limit_values[] = {
	{ "memory", "512m", LIMIT_MEMORY, 536870912 },
	{ "memory", "0", LIMIT_MEMORY, 0 },
	{ "memory_swap", "-1", LIMIT_MEMORY_SWAP, -1 },
	{ "memory_swap", "1g", LIMIT_MEMORY_SWAP, 1073741824 },
	{ "memory_reservation", "6m", LIMIT_MEMORY_RESERVATION, 6291456 },
	{ "cpus", "1.5", LIMIT_CPUS, 1500000000 },
	{ "cpus", ".25", LIMIT_CPUS, 250000000 },
	{ "cpus", "2", LIMIT_CPUS, 2000000000 },
	{ "cpus", "0.01", LIMIT_CPUS, 10000000 },
	{ "cpus", "0", LIMIT_CPUS, 0 },
	{ "cpu_shares", "512", LIMIT_CPU_SHARES, 512 },
	{ "pids_limit", "100", LIMIT_PIDS, 100 },
	{ "pids_limit", "-1", LIMIT_PIDS, 0 },
	{ "pids_limit", "0", LIMIT_PIDS, 0 },
	{ "blkio_weight", "300", LIMIT_BLKIO_WEIGHT, 300 },
	{ "blkio_weight", "0", LIMIT_BLKIO_WEIGHT, 0 },
};

static void limits_are_read_in_dockers_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(limit_values) / sizeof(*limit_values); i++) {
		scope_of(request) struct request request = { 0 };
		struct error error = ERROR_INIT;

		if (parse_at(&request, limit_values[i].key, limit_values[i].text, 9, &error))
			fail_msg("%s", error.text);
		if (request.limits[limit_values[i].limit].number != limit_values[i].number)
			fail_msg("%s = %s is %lld", limit_values[i].key, limit_values[i].text,
				 (long long)request.limits[limit_values[i].limit].number);
		assert_int_equal(request.limits[limit_values[i].limit].origin.line, 9);
	}
}

static const struct {
	const char *memory, *swap, *reservation, *message;
} bad_pairs[] = {
	{ "0", "1g", "0", "memory_swap: there is no memory limit beside it" },
	{ "1g", "512m", "0", "memory_swap: memory and swap together are less than memory" },
	{ "1g", "2g", "2g", "memory_reservation: is more than memory" },
};

static void memory_limits_that_contradict_each_other_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_pairs) / sizeof(*bad_pairs); i++) {
		struct overrides overrides = { 0 };
		struct subject subject = { .user = "alice", .uid = 1000 };
		struct policy policy = { 0 };
		struct request request;
		struct error error = ERROR_INIT;

		assert_int_equal(
			overrides_add(&overrides, KEY_MEMORY, bad_pairs[i].memory, "F", &error), 0);
		assert_int_equal(
			overrides_add(&overrides, KEY_MEMORY_SWAP, bad_pairs[i].swap, "F", &error),
			0);
		assert_int_equal(overrides_add(&overrides, KEY_MEMORY_RESERVATION,
					       bad_pairs[i].reservation, "F", &error),
				 0);
		assert_int_equal(policy_load(&policy, NULL, &subject, &overrides, NULL, &error), 0);
		assert_int_equal(request_parse(&request, &policy, &error), -1);
		assert_string_equal(error.text, bad_pairs[i].message);
		assert_string_equal(error.file, "F");
		policy_clear(&policy);
		overrides_clear(&overrides);
	}
}

static void rates_and_sets_keep_their_text(void **state)
{
	scope_of(request) struct request request = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(parse_at(&request, "device_read_bps", "/dev/sda:1mb", 3, &error), 0);
	assert_int_equal(parse_at(&request, "device_write_bps", "/dev/sdb:0", 4, &error), 0);
	assert_int_equal(parse_at(&request, "cpuset_cpus", "0-2,4", 5, &error), 0);
	assert_int_equal(parse_at(&request, "cpuset_mems", "0", 6, &error), 0);
	assert_int_equal(request.rates.count, 2);
	assert_string_equal(request.rates.items[0].path, "/dev/sda");
	assert_int_equal(request.rates.items[0].bytes_per_s, 1048576);
	assert_false(request.rates.items[0].write);
	assert_true(request.rates.items[1].write);
	assert_string_equal(request.limits[LIMIT_CPUSET_CPUS].text, "0-2,4");
	assert_string_equal(request.limits[LIMIT_CPUSET_MEMS].text, "0");
}

/* What this build cannot carry out must refuse, never pass. */
static const struct {
	const char *key, *text, *message;
} unbuilt[] = {
	{ "selinux", "type:confine_t", "selinux is not supported yet by this build" },
	{ "lxcfs", "yes", "lxcfs is not supported yet by this build" },
	{ "userns", "host", "'userns' is reserved: a login cannot have it yet" },
	{ "network", "private", "'network = private' is reserved: a login cannot have it yet" },
	{ "nested", "yes", "'nested = yes' is reserved: a login cannot have it yet" },
	{ "egress", "x", "'egress' is reserved: a login cannot have it yet" },
	{ "gpus", "all", "'gpus' is reserved: a login cannot have it yet" },
	{ "writable_cgroups", "yes", "'writable_cgroups' is reserved: a login cannot have it yet" },
	{ "device", "vendor.com/class=name",
	  "'device vendor.com/class=name' is reserved: a login cannot have it yet" },
	{ "volume", "/a:/b:nocopy", "volume option 'nocopy' is one that a login cannot have" },
	{ "volume", "/a:/b:shared", "volume option 'shared' is one that a login cannot have" },
	{ "volume", "/a:/b:rshared", "volume option 'rshared' is one that a login cannot have" },
	{ "tmpfs", "/x:mpol=local", "tmpfs option 'mpol' is one that a login cannot have" },
	{ "tmpfs", "/x:size=1m,noatime", "tmpfs option 'noatime' is one that a login cannot have" },
};

static void what_is_not_built_is_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unbuilt) / sizeof(*unbuilt); i++) {
		scope_of(request) struct request request = { 0 };
		struct error error = ERROR_INIT;

		assert_int_equal(parse_at(&request, unbuilt[i].key, unbuilt[i].text, 9, &error),
				 -1);
		assert_string_equal(error.text, unbuilt[i].message);
		assert_int_equal(error.kind, ERROR_UNSUPPORTED);
		assert_int_equal(error.line, 9);
	}
}

static void every_key_that_is_later_or_reserved_is_in_that_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		bool found = keys[i].state == STATE_BUILT;

		for (size_t j = 0; j < sizeof(unbuilt) / sizeof(*unbuilt); j++)
			found |= !strcmp(unbuilt[j].key, keys[i].name);
		if (!found)
			fail_msg("%s", keys[i].name);
	}
}

static void a_flag_may_name_the_callers_own_files(void **state)
{
	scope_of(request) struct request request = { 0 };
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(parse_at(&request, "seccomp", "../my/profile", 0, &error), 0);
	assert_string_equal(request.seccomp, "../my/profile");
	assert_int_equal(parse_at(&request, "env_file", "env.txt", 0, &error), 0);
	assert_string_equal(request.env_files.items[0].text, "env.txt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_stands_in_the_order_of_its_numbers),
		cmocka_unit_test(a_flag_is_spelled_as_its_key),
		cmocka_unit_test(an_empty_policy_asks_for_what_the_table_says),
		cmocka_unit_test(devices_are_read_as_docker_reads_them),
		cmocka_unit_test(device_rules_are_read_as_docker_reads_them),
		cmocka_unit_test(volumes_are_read_as_docker_reads_them),
		cmocka_unit_test(a_tmpfs_has_dockers_defaults_and_its_own_options),
		cmocka_unit_test(ulimits_take_one_number_or_two),
		cmocka_unit_test(names_and_texts_are_kept_apart),
		cmocka_unit_test(words_choose),
		cmocka_unit_test(limits_are_read_in_dockers_units),
		cmocka_unit_test(memory_limits_that_contradict_each_other_are_refused),
		cmocka_unit_test(rates_and_sets_keep_their_text),
		cmocka_unit_test(each_bad_value_has_its_message),
		cmocka_unit_test(what_is_not_built_is_refused_by_name),
		cmocka_unit_test(every_key_that_is_later_or_reserved_is_in_that_table),
		cmocka_unit_test(a_flag_may_name_the_callers_own_files),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
