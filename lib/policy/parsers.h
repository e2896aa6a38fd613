/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parse functions of the key table, one prototype each: a value's grammar,
 * and where it goes in the request. Each stands in the file of its noun. A
 * value is parsed alone: what two keys say together is request.c's.
 */
#ifndef CONFINE_POLICY_PARSERS_H
#define CONFINE_POLICY_PARSERS_H

#include "request.h"
#include "value.h"

#define KEY_PARSER(name) \
	int name(struct request *request, const struct value *value, struct error *error)

/* caps.c */
KEY_PARSER(parse_capability);

/* device.c */
KEY_PARSER(parse_device);
KEY_PARSER(parse_device_cgroup_rule);
KEY_PARSER(parse_gpus);

/* volume.c */
KEY_PARSER(parse_volume);
KEY_PARSER(parse_tmpfs);

/* switches.c */
KEY_PARSER(parse_confine);
KEY_PARSER(parse_privileged);
KEY_PARSER(parse_no_new_privileges);
KEY_PARSER(parse_read_only);
KEY_PARSER(parse_systempaths);
KEY_PARSER(parse_network);
KEY_PARSER(parse_pid);
KEY_PARSER(parse_ipc);
KEY_PARSER(parse_uts);
KEY_PARSER(parse_cgroupns);
KEY_PARSER(parse_userns);
KEY_PARSER(parse_home);
KEY_PARSER(parse_nested);
KEY_PARSER(parse_pts);
KEY_PARSER(parse_share);
KEY_PARSER(parse_linger);
KEY_PARSER(parse_egress);
KEY_PARSER(parse_lxcfs);
KEY_PARSER(parse_writable_cgroups);

/* paths.c */
KEY_PARSER(parse_seccomp);
KEY_PARSER(parse_env_file);
KEY_PARSER(parse_rootfs);
KEY_PARSER(parse_homes);
KEY_PARSER(parse_hide);
KEY_PARSER(parse_run);
KEY_PARSER(parse_shell);

/* names.c */
KEY_PARSER(parse_hostname);
KEY_PARSER(parse_sysctl);
KEY_PARSER(parse_group_add);
KEY_PARSER(parse_env);
KEY_PARSER(parse_apparmor);
KEY_PARSER(parse_selinux);
KEY_PARSER(parse_message);

/* limits.c */
KEY_PARSER(parse_priority);
KEY_PARSER(parse_ulimit);
KEY_PARSER(parse_oom_score_adj);
KEY_PARSER(parse_shm_size);
KEY_PARSER(parse_max_sessions);
KEY_PARSER(parse_max_time);

/* resources.c */
KEY_PARSER(parse_memory);
KEY_PARSER(parse_memory_swap);
KEY_PARSER(parse_memory_reservation);
KEY_PARSER(parse_cpus);
KEY_PARSER(parse_cpu_shares);
KEY_PARSER(parse_cpuset_cpus);
KEY_PARSER(parse_cpuset_mems);
KEY_PARSER(parse_pids_limit);
KEY_PARSER(parse_blkio_weight);
KEY_PARSER(parse_device_read_bps);
KEY_PARSER(parse_device_write_bps);

#endif
