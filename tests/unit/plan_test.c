/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests resolved against a made-up host: what comes out whole, and what is
 * refused for other than its mounts and devices.
 */
#include "made_up_plan.h"

#include <linux/capability.h>
#include <sched.h>

static const char default_plan[] =
	"user           alice (uid 1000, gid 1000)\n"
	"groups         alice users\n"
	"home           /home/alice\n"
	"namespaces     mnt pid ipc uts cgroup\n"
	"hostname       the host's\n"
	"rootfs         / (read-only)\n"
	"mounts\n"
	"  tmpfs    /dev (nosuid,mode=0755,size=65536k)\n"
	"  bind     /dev/pts (nosuid,noexec) made\n"
	"  tmpfs    /dev/shm (nosuid,nodev,noexec,mode=1777,size=67108864) made\n"
	"  mqueue   /dev/mqueue (nosuid,nodev,noexec) made\n"
	"  proc     /proc (nosuid,nodev,noexec)\n"
	"  sysfs    /sys (ro,nosuid,nodev,noexec)\n"
	"  cgroup   /sys/fs/cgroup (ro,nosuid,nodev,noexec)\n"
	"  tmpfs    /tmp (nosuid,nodev,mode=1777)\n"
	"  tmpfs    /var/tmp (nosuid,nodev,mode=1777)\n"
	"  mask     /proc/acpi optional\n"
	"  mask     /proc/asound optional\n"
	"  mask     /proc/interrupts optional\n"
	"  mask     /proc/kcore optional\n"
	"  mask     /proc/keys optional\n"
	"  mask     /proc/latency_stats optional\n"
	"  mask     /proc/sched_debug optional\n"
	"  mask     /proc/scsi optional\n"
	"  mask     /proc/timer_list optional\n"
	"  mask     /proc/timer_stats optional\n"
	"  mask     /sys/devices/virtual/powercap optional\n"
	"  mask     /sys/firmware optional\n"
	"  mask     /sys/devices/system/cpu/cpu0/thermal_throttle optional\n"
	"  readonly /proc/bus optional\n"
	"  readonly /proc/fs optional\n"
	"  readonly /proc/irq optional\n"
	"  readonly /proc/sys optional\n"
	"  readonly /proc/sysrq-trigger optional\n"
	"  tmpfs    /run (nosuid,nodev,mode=0755,size=10%)\n"
	"  folder   /run/lock (mode=1777,uid=0,gid=0)\n"
	"  folder   /run/screen (mode=1777,uid=0,gid=0)\n"
	"  folder   /run/user (mode=0755,uid=0,gid=0)\n"
	"  folder   /run/user/1000 (mode=0700,uid=1000,gid=1000)\n"
	"  bind     /run/nscd (ro,nosuid,nodev,noexec) made optional\n"
	"  bind     /run/systemd/journal/dev-log (ro,nosuid,nodev,noexec) made optional\n"
	"  bind     /run/systemd/resolve/stub-resolv.conf (ro,nosuid,nodev,noexec) made optional\n"
	"  tmpfs    /home (nosuid,nodev,noexec,mode=0755) sealed\n"
	"  veil     /etc optional\n"
	"  absent   /etc/shadow+\n"
	"  absent   /etc/nshadow\n"
	"  absent   /etc/shadow.edit\n"
	"  absent   /etc/gshadow+\n"
	"  absent   /etc/gshadow.edit\n"
	"  absent   /etc/sssd\n"
	"  absent   /etc/ldap.secret\n"
	"  absent   /etc/pam_ldap.secret\n"
	"  absent   /etc/nslcd.conf\n"
	"  absent   /etc/munge\n"
	"  absent   /etc/wireguard\n"
	"  absent   /etc/wpa_supplicant\n"
	"  absent   /etc/letsencrypt\n"
	"  absent   /etc/credstore\n"
	"  absent   /etc/credstore.encrypted\n"
	"  absent   /etc/kubernetes\n"
	"  absent   /etc/openvpn\n"
	"  absent   /etc/ipsec.secrets\n"
	"  tmpfs    /etc/confine.d (nosuid,nodev,noexec,mode=0755) optional sealed\n"
	"  mask     /etc/shadow optional\n"
	"  tmpfs    /etc/ssl/private (nosuid,nodev,noexec,mode=0755) optional sealed\n"
	"  tmpfs    /root (nosuid,nodev,noexec,mode=0755) optional sealed\n"
	"  bind     /home/alice (nodev) recursive made as-user\n"
	"nodes\n"
	"  /dev/null c 1:3 0666 0:0\n"
	"  /dev/zero c 1:5 0666 0:0\n"
	"  /dev/full c 1:7 0666 0:0\n"
	"  /dev/random c 1:8 0666 0:0\n"
	"  /dev/urandom c 1:9 0666 0:0\n"
	"  /dev/tty c 5:0 0666 0:5\n"
	"  /dev/fd -> /proc/self/fd\n"
	"  /dev/stdin -> /proc/self/fd/0\n"
	"  /dev/stdout -> /proc/self/fd/1\n"
	"  /dev/stderr -> /proc/self/fd/2\n"
	"  /dev/log -> /run/systemd/journal/dev-log\n"
	"  /dev/ptmx c 5:2 0666 0:5\n"
	"device rules\n"
	"  c *:* m\n"
	"  b *:* m\n"
	"  c 1:3 rwm\n"
	"  c 1:5 rwm\n"
	"  c 1:7 rwm\n"
	"  c 1:8 rwm\n"
	"  c 1:9 rwm\n"
	"  c 5:0 rwm\n"
	"  c 5:1 rwm\n"
	"  c 5:2 rwm\n"
	"  c 136:* rwm\n"
	"login shell    /bin/bash\n"
	"shell          /bin/sh (where confine-shell starts it)\n"
	"share          user\n"
	"linger         processes\n"
	"bounding       "
	"CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP,NET_BIND_SERVICE,NET_RAW,SYS_"
	"CHROOT,MKNOD,AUDIT_WRITE,SETFCAP\n"
	"ambient        none\n"
	"new privileges yes\n"
	"seccomp        default\n"
	"apparmor       none\n";

static void the_plan_without_a_policy_is_dockers_in_a_view_of_the_host(void **state)
{
	scope_made struct made_plan made;
	scope_memory char *text = NULL;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	text = plan_print_text(&made.plan);
	assert_string_equal(text, default_plan);
	assert_non_null(made.plan.filter);
}

static void names_are_veiled_only_from_who_could_read_them(void **state)
{
	static const struct {
		const char *hide, *privileges;
		bool veiled;
	} cases[] = {
		{ "hide = /root", "no_new_privileges = yes", false }, /* root's alone, and / */
		{ "hide = /etc/resolv.conf, /srv/data", "no_new_privileges = yes", true },
		{ "hide = /srv/later", "no_new_privileges = yes", true },
		{ "hide = /srv/later*", "no_new_privileges = yes", false },
		{ "hide = /root", "no_new_privileges = no", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scope_made struct made_plan made;
		scope_memory char *text = NULL;

		made_plan_init(&made);
		made_good(&made, LINES(cases[i].privileges, cases[i].hide));
		text = plan_print_text(&made.plan);
		assert_int_equal(!!strstr(text, "  veil "), cases[i].veiled);
	}
}

static void comes_by_confine_shell(struct made_plan *made)
{
	free(made->user.shell);
	made->user.shell = strdup(CONFINE_SHELL);
}

static void a_printed_plan_gives_its_joins_half_back(void **state)
{
	scope_made struct made_plan made;
	scope_memory char *json = NULL, *again = NULL;
	scope_of(plan) struct plan read = { 0 };

	(void)state;
	made_plan_init(&made);
	made.host.hard_limits[RLIMIT_CORE] = RLIM_INFINITY;
	comes_by_confine_shell(&made);
	made_good(&made, LINES("ulimit = nofile=100:200", "ulimit = core=-1", "group_add = audio",
			       "env = A=b \"c\"", "oom_score_adj = 500", "cap_add = NET_ADMIN",
			       "device_cgroup_rule = b 7:* r"));
	json = plan_print_json(&made.plan);
	assert_non_null(json);
	assert_int_equal(plan_read_json(&read, json, &made.error), 0);
	assert_string_equal(read.user.name, "alice");
	assert_int_equal(read.user.gids[1], 100);
	assert_int_equal(read.namespaces, made.plan.namespaces);
	assert_int_equal(read.bounding, made.plan.bounding);
	assert_int_equal(read.ambient, 1 << CAP_NET_ADMIN);
	assert_int_equal(read.oom_score_adj, 500);
	assert_int_equal(read.groups.items[0], 29);
	assert_string_equal(read.env.items[0], "A=b \"c\"");
	assert_int_equal(read.ulimits.items[0].soft, 100);
	assert_int_equal(read.ulimits.items[0].hard, 200);
	assert_true(read.ulimits.items[1].hard == RLIM_INFINITY);
	assert_int_equal(read.device_rules.count, made.plan.device_rules.count);
	for (size_t i = 0; i < read.device_rules.count; i++) {
		assert_int_equal(read.device_rules.items[i].type,
				 made.plan.device_rules.items[i].type);
		assert_int_equal(read.device_rules.items[i].major,
				 made.plan.device_rules.items[i].major);
		assert_int_equal(read.device_rules.items[i].minor,
				 made.plan.device_rules.items[i].minor);
		assert_int_equal(read.device_rules.items[i].access,
				 made.plan.device_rules.items[i].access);
	}
	/* What was read prints the same join's half: mounts and nodes are not read. */
	read.share = SHARE_USER;
	again = plan_print_json(&read);
	*strstr(json, "\"warnings\"") = *strstr(again, "\"warnings\"") = '\0';
	assert_string_equal(strstr(again, "\"bounding\""), strstr(json, "\"bounding\""));
}

static void a_printed_plan_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *json, *message;
	} table[] = {
		{ "", "printed plan: not a JSON object" },
		{ "[]", "printed plan: not a JSON object" },
		{ "{}", "printed plan: 'user' is missing or of another type" },
		{ "{\"user\":{\"name\":\"a\",\"uid\":\"0\"}}",
		  "printed plan: 'uid' is missing or of another type" },
		{ "{\"user\":{\"name\":\"a\",\"uid\":4294967296}}",
		  "printed plan: 'uid' is out of range" },
		{ "{\"user\":{\"name\":\"a\",\"uid\":-1}}", "printed plan: 'uid' is out of range" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct error error = ERROR_INIT;
		struct plan plan = { 0 };

		assert_int_equal(plan_read_json(&plan, table[i].json, &error), -1);
		assert_string_equal(error.text, table[i].message);
	}
}

static void what_this_host_cannot_give_is_refused_by_name(void **state)
{
	static const struct refusal rows[] = {
		{ { "cap_add = SYS_RESOURCE" },
		  "alice.ini: capability 'SYS_RESOURCE' is not available on this host: its "
		  "bounding set lacks it" },
		{ { "cap_add = CAP_45" },
		  "alice.ini: capability 'CAP_45' is unknown to this kernel" },
		{ { "ulimit = nofile=1024:1048577" },
		  "alice.ini: ulimit 'nofile' is above fs.nr_open of this host, 1048576" },
		{ { "ulimit = nproc=10:4097" },
		  "alice.ini: ulimit 'nproc' is above this host's hard limit, 4096, and "
		  "SYS_RESOURCE is "
		  "not available to raise it" },
		{ { "oom_score_adj = -1" },
		  "alice.ini: oom_score_adj '-1' is below this process's own, "
		  "0, and SYS_RESOURCE is not available to lower it" },
		{ { "group_add = nobodys" }, "alice.ini: no group named 'nobodys'" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
}

static void with_sys_resource_limits_rise_and_scores_fall(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made.host.bounding |= UINT64_C(1) << CAP_SYS_RESOURCE;
	made_good(&made, LINES("ulimit = nproc=10:4097", "oom_score_adj = -1"));
	assert_int_equal(made.plan.ulimits.items[0].hard, 4097);
	assert_int_equal(made.plan.oom_score_adj, -1);
}

static void all_is_what_this_host_can_give_and_never_fails(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("cap_add = ALL", "cap_drop = MKNOD"));
	assert_int_equal(made.plan.bounding, made.host.bounding & ~(UINT64_C(1) << CAP_MKNOD));
	assert_int_equal(made.plan.ambient, 0);
	made_good(&made, LINES("privileged = yes", "cap_drop = MKNOD"));
	assert_int_equal(made.plan.bounding, made.host.bounding);
	assert_int_equal(made.plan.ambient, 0);
	assert_string_equal(made.plan.seccomp, "unconfined");
	assert_null(made.plan.filter);
}

static void named_capabilities_become_ambient_for_people_only(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("cap_add = NET_ADMIN, CHOWN"));
	assert_int_equal(made.plan.ambient, 0);
	comes_by_confine_shell(&made);
	made_good(&made, LINES("cap_add = NET_ADMIN, CHOWN"));
	assert_int_equal(made.plan.ambient, 1 << CAP_NET_ADMIN | 1 << CAP_CHOWN);
	made.context.service = true;
	made_good(&made, LINES("cap_add = NET_ADMIN"));
	assert_int_equal(made.plan.ambient, 0);
	assert_int_equal(made.plan.bounding & 1 << CAP_NET_ADMIN, 1 << CAP_NET_ADMIN);
}

static void only_an_ambient_set_with_no_new_privileges_makes_the_tree_nosuid(void **state)
{
	static const struct {
		const char *lines[MOST_LINES + 1];
		bool only_shell_gains;
	} rows[] = {
		{ { "cap_add = NET_ADMIN", "no_new_privileges = yes" }, true },
		{ { "cap_add = NET_ADMIN" }, false },
		{ { "no_new_privileges = yes" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_made struct made_plan made;

		made_plan_init(&made);
		comes_by_confine_shell(&made);
		made_good(&made, rows[i].lines);
		assert_int_equal(made.plan.only_shell_gains, rows[i].only_shell_gains);
	}
}

static void a_plan_with_sys_ptrace_shares_no_container_and_keeps_none(void **state)
{
	static const struct refusal rows[] = {
		{ { "cap_add = SYS_PTRACE", "share = user" },
		  "alice.ini: share = user cannot stand beside SYS_PTRACE" },
		{ { "cap_add = ALL", "share = user" },
		  "alice.ini: share = user cannot stand beside SYS_PTRACE" },
		{ { "cap_add = SYS_PTRACE", "linger = yes" },
		  "alice.ini: linger = yes cannot stand beside SYS_PTRACE" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
	made_good(&made, LINES(NULL));
	assert_int_equal(made.plan.share, SHARE_USER);
	made_good(&made, LINES("cap_add = SYS_PTRACE"));
	assert_int_equal(made.plan.share, SHARE_SESSION);
	made_good(&made, LINES("privileged = yes", "share = user"));
	assert_int_equal(made.plan.share, SHARE_USER);
	made.context.service = true;
	made_good(&made, LINES("share = user"));
	assert_int_equal(made.plan.share, SHARE_SESSION);
}

static void added_groups_come_once_and_are_refused_where_they_would_be_lost(void **state)
{
	static const struct refusal rows[] = {
		{ { "group_add = audio" },
		  "alice.ini: group_add 'audio' would be lost: this server sets the groups anew" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("group_add = audio, alice, 4242, audio"));
	assert_int_equal(made.plan.groups.count, 2);
	assert_int_equal(made.plan.groups.items[0], 29);
	assert_int_equal(made.plan.groups.items[1], 4242);
	made.context.groups_lost = true;
	REFUSE(&made, rows);
}

static void namespaces_are_private_but_for_the_network(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	assert_int_equal(made.plan.namespaces, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
						       CLONE_NEWUTS | CLONE_NEWCGROUP);
	made_good(&made, LINES("pid = host", "ipc = host", "uts = host", "cgroupns = host",
			       "network = none"));
	assert_int_equal(made.plan.namespaces, CLONE_NEWNS | CLONE_NEWNET);
}

static void a_hostname_is_expanded_and_needs_a_namespace_of_its_own(void **state)
{
	static const struct refusal rows[] = {
		{ { "hostname = box", "uts = host" },
		  "alice.ini: hostname cannot stand beside uts = host" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("hostname = %u.%h"));
	assert_string_equal(made.plan.hostname, "alice.tower");
	REFUSE(&made, rows);
}

static void a_sysctl_that_this_host_does_not_have_or_take_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{ { "network = none", "sysctl = net.core.nothing=1" },
		  "alice.ini: sysctl 'net.core.nothing' does not exist on this host" },
		{ { "network = none", "sysctl = net.ipv4.conf.eth0.forwarding=1" },
		  "alice.ini: sysctl 'net.ipv4.conf.eth0.forwarding': a private network has only "
		  "lo" },
		{ { "sysctl = kernel.msgmax=8k" },
		  "alice.ini: sysctl 'kernel.msgmax': '8k' is no whole number" },
		{ { "sysctl = kernel.msgmax=" },
		  "alice.ini: sysctl 'kernel.msgmax': '' is no whole number" },
		{ { "sysctl = kernel.msgmax=99999999999999999999" },
		  "alice.ini: sysctl 'kernel.msgmax': '99999999999999999999' is no whole number" },
		{ { "sysctl = kernel.msgmax=1 2" },
		  "alice.ini: sysctl 'kernel.msgmax': '1 2' has more than 1 number" },
		{ { "sysctl = kernel.sem=1 2 3 4 5" },
		  "alice.ini: sysctl 'kernel.sem': '1 2 3 4 5' has more than 4 numbers" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
	made_good(&made, LINES("network = none", "sysctl = kernel.sem=250 0x7d00",
			       "sysctl = net.ipv4.conf.lo.forwarding=1",
			       "sysctl = net.ipv4.tcp_congestion_control=reno",
			       "sysctl = net.ipv4.route.flush=1", "sysctl = kernel.msgmax=-1"));
}

static void a_private_network_has_dockers_sysctls_unless_the_policy_sets_them(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("sysctl = kernel.msgmax=65536"));
	assert_string_equal(made.plan.sysctls.items[0].name, "kernel.msgmax");
	assert_string_equal(made.plan.sysctls.items[0].text, "65536");
	made_good(&made,
		  LINES("network = none", "sysctl = net.ipv4.ip_unprivileged_port_start=1024"));
	assert_int_equal(made.plan.sysctls.count, 2);
	assert_string_equal(made.plan.sysctls.items[0].text, "0 2147483647");
	assert_string_equal(made.plan.sysctls.items[1].text, "1024");
}

static void a_profile_of_the_policys_is_a_file_of_its_folder(void **state)
{
	static const struct refusal rows[] = {
		{ { "seccomp = dead.json" },
		  "alice.ini: the profile stops 'capset', and no login can do without: the "
		  "join gives its own capabilities up with it" },
		{ { "seccomp = broken.json" },
		  "/etc/confine.d/seccomp/broken.json:1: not JSON: the text ends too early at "
		  "offset 1" },
		{ { "seccomp = gone.json" },
		  "alice.ini: seccomp profile: cannot open '/etc/confine.d/seccomp/gone.json': No "
		  "such "
		  "file or directory" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
	made_good(&made, LINES("seccomp = open.json"));
	assert_string_equal(made.plan.seccomp, "open.json");
	assert_non_null(made.plan.filter);
	made_good(&made, LINES("seccomp = builtin", "privileged = yes"));
	assert_string_equal(made.plan.seccomp, "default");
	assert_non_null(made.plan.filter);
}

static void a_kernel_without_seccomp_is_refused_unless_unconfined(void **state)
{
	static const struct refusal rows[] = {
		{ { NULL }, "this kernel has no seccomp filters" },
		{ { "seccomp = default" }, "alice.ini: this kernel has no seccomp filters" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made.host.has_seccomp = false;
	REFUSE(&made, rows);
	made_good(&made, LINES("seccomp = unconfined"));
	assert_null(made.plan.filter);
}

static void variables_come_from_files_first_and_each_once(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("env = EDITOR=nano", "env_file = /etc/confine.d/env"));
	assert_int_equal(made.plan.env.count, 2);
	assert_string_equal(made.plan.env.items[0], "PAGER=less -R");
	assert_string_equal(made.plan.env.items[1], "EDITOR=nano");
}

static void a_variable_without_a_value_is_the_callers_or_refused(void **state)
{
	static char caller[] = "TERM=xterm";
	static char *const environment[] = { caller, NULL };
	static const struct refusal rows[] = {
		{ { "env = TERM" }, "alice.ini: variable 'TERM' has no value" },
		{ { "env_file = /etc/confine.d/bare" },
		  "/etc/confine.d/bare:2: variable 'B' has no value" },
		{ { "env_file = /etc/confine.d/spaced" },
		  "/etc/confine.d/spaced:1: 'A B' is not a variable's name" },
		{ { "env_file = /etc/confine.d/nameless" },
		  "/etc/confine.d/nameless:1: a variable without a name" },
		{ { "env = CONFINE_SESSION=x" },
		  "alice.ini: variable 'CONFINE_SESSION' is confine's own to set" },
		{ { "env_file = /etc/confine.d/inside" },
		  "/etc/confine.d/inside:2: variable 'container' is confine's own to set" },
		{ { "env_file = /gone" },
		  "alice.ini: env_file: cannot open '/gone': No such file or directory" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	REFUSE(&made, rows);
	made.context.environment = environment;
	made_good(&made, LINES("env = TERM", "env = UNSET"));
	assert_int_equal(made.plan.env.count, 1);
	assert_string_equal(made.plan.env.items[0], "TERM=xterm");
}

static void a_service_has_dockers_environment_and_the_callers_files(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made.context.service = true;
	made.origin = "--env-file";
	made_good(&made, LINES("env_file = mine", "hostname = box"));
	assert_string_equal(made.plan.env.items[0],
			    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	assert_string_equal(made.plan.env.items[1], "HOSTNAME=box");
	assert_string_equal(made.plan.env.items[2], "HOME=/home/alice");
	assert_string_equal(made.plan.env.items[3], "PAGER=less -R");
}

static void a_group_that_is_no_file_name_never_becomes_a_path(void **state)
{
	static const struct refusal rows[] = {
		{ { "tmpfs = /tmp/%g" },
		  "alice.ini: %g in '/tmp/%g' stands for '..', which is no file name" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	free(made.user.group);
	made.user.group = strdup("..");
	REFUSE(&made, rows);
}

static void power_over_the_host_is_warned_of(void **state)
{
	static const struct {
		const char *line, *warning;
	} table[] = {
		{ "cap_add = SYS_ADMIN",
		  "alice.ini: SYS_ADMIN lets uid 0 inside mount file systems and much "
		  "else, over the host too" },
		{ "cap_add = NET_ADMIN",
		  "alice.ini: NET_ADMIN on the host's network lets uid 0 inside change it" },
		{ "cap_add = NET_RAW",
		  "alice.ini: cap_add of NET_RAW does not reach the user's own processes: the "
		  "login shell is '/bin/bash', not confine-shell" },
		{ "pid = host", "alice.ini: pid = host shows the host's processes, and "
				"/proc/PID/root of the user's "
				"own that are not confined leads out" },
		{ "no_new_privileges = no",
		  "alice.ini: with no_new_privileges = no setuid programs give uid 0 inside, which "
		  "is root to a folder that is passed in from outside, and with SETUID uses up any "
		  "uid's processes and inotify instances" },
		{ "privileged = yes",
		  "alice.ini: privileged promises nothing: uid 0 inside is root on the host" },
	};
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES(NULL));
	assert_int_equal(made.plan.warnings.count, 0);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		made_good(&made, LINES(table[i].line));
		if (!made_warned(&made, table[i].warning))
			fail_msg("no warning: %s", table[i].warning);
	}
	free(made.user.shell);
	made.user.shell = strdup("/usr/bin/confine-shell");
	made_good(&made, LINES("cap_add = NET_RAW"));
	assert_int_equal(made.plan.warnings.count, 0);
}

static void a_message_and_the_rest_are_taken_over(void **state)
{
	scope_made struct made_plan made;

	(void)state;
	made_plan_init(&made);
	made_good(&made, LINES("message = Ask us.", "max_sessions = 4", "linger = yes",
			       "no_new_privileges = yes"));
	assert_string_equal(made.plan.message, "Ask us.");
	assert_int_equal(made.plan.max_sessions, 4);
	assert_int_equal(made.plan.linger, LINGER_YES);
	assert_true(made.plan.no_new_privileges);
}

static void a_login_has_its_max_time_and_run_has_none(void **state)
{
	static const struct {
		const char *line;
		uint64_t seconds;
	} rows[] = { { "max_time = 90s", 90 },
		     { "max_time = 30m", 1800 },
		     { "max_time = 12h", 43200 },
		     { "max_time = 2d", 172800 },
		     { "max_time = 999999999d", UINT64_C(86399999913600) } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scope_made struct made_plan made;

		made_plan_init(&made);
		made_good(&made, LINES(rows[i].line));
		assert_int_equal(made.plan.max_time_s, rows[i].seconds);
		plan_clear(&made.plan);
		made.context.service = true;
		made_good(&made, LINES(rows[i].line));
		assert_int_equal(made.plan.max_time_s, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_without_a_policy_is_dockers_in_a_view_of_the_host),
		cmocka_unit_test(names_are_veiled_only_from_who_could_read_them),
		cmocka_unit_test(a_printed_plan_gives_its_joins_half_back),
		cmocka_unit_test(a_printed_plan_that_is_none_is_refused),
		cmocka_unit_test(what_this_host_cannot_give_is_refused_by_name),
		cmocka_unit_test(with_sys_resource_limits_rise_and_scores_fall),
		cmocka_unit_test(all_is_what_this_host_can_give_and_never_fails),
		cmocka_unit_test(named_capabilities_become_ambient_for_people_only),
		cmocka_unit_test(only_an_ambient_set_with_no_new_privileges_makes_the_tree_nosuid),
		cmocka_unit_test(a_plan_with_sys_ptrace_shares_no_container_and_keeps_none),
		cmocka_unit_test(added_groups_come_once_and_are_refused_where_they_would_be_lost),
		cmocka_unit_test(namespaces_are_private_but_for_the_network),
		cmocka_unit_test(a_hostname_is_expanded_and_needs_a_namespace_of_its_own),
		cmocka_unit_test(a_sysctl_that_this_host_does_not_have_or_take_is_refused),
		cmocka_unit_test(a_private_network_has_dockers_sysctls_unless_the_policy_sets_them),
		cmocka_unit_test(a_profile_of_the_policys_is_a_file_of_its_folder),
		cmocka_unit_test(a_kernel_without_seccomp_is_refused_unless_unconfined),
		cmocka_unit_test(variables_come_from_files_first_and_each_once),
		cmocka_unit_test(a_variable_without_a_value_is_the_callers_or_refused),
		cmocka_unit_test(a_service_has_dockers_environment_and_the_callers_files),
		cmocka_unit_test(a_group_that_is_no_file_name_never_becomes_a_path),
		cmocka_unit_test(power_over_the_host_is_warned_of),
		cmocka_unit_test(a_message_and_the_rest_are_taken_over),
		cmocka_unit_test(a_login_has_its_max_time_and_run_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
