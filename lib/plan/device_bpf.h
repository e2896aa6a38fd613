/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The allow rules for devices made into a BPF_PROG_TYPE_CGROUP_DEVICE program
 * (Documentation/admin-guide/cgroup-v2.rst, "Device controller"). Pure: makes
 * instructions, loads nothing.
 */
#ifndef CONFINE_PLAN_DEVICE_BPF_H
#define CONFINE_PLAN_DEVICE_BPF_H

#include <linux/bpf.h>
#include <stddef.h>

#include "../policy/request.h"

/* malloc'ed instructions; everything that no rule allows is denied. */
int device_bpf_make(const struct device_rule *rules, size_t rule_count,
		    struct bpf_insn **ret_instructions, size_t *ret_count, struct error *error);

#endif
