/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes the host's kernel file systems out of a copy of its tree. */
#ifndef CONFINE_SESSION_DETACH_H
#define CONFINE_SESSION_DETACH_H

#include "../base/error.h"

/*
 * Detaches every procfs, sysfs, cgroup, devpts, ... of this mount namespace,
 * wherever it is mounted (a chroot's /proc too): a procfs of the host's pid
 * namespace shows processes that have not joined, and /proc/PID/root of such a
 * one leads out (findings.md).
 */
int detach_kernel_mounts(struct error *error);

#endif
