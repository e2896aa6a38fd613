/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The change of this process to the plan's AppArmor profile: at once, not on
 * exec, for sshd's own process serves sftp and forwarding without one.
 */
#ifndef CONFINE_SESSION_APPARMOR_H
#define CONFINE_SESSION_APPARMOR_H

#include "../plan/plan.h"

/*
 * Opens the file by which this very thread changes; only it may write there.
 * *ret_fd is the caller's to close, -1 where the plan has no profile.
 */
int apparmor_open(const struct plan *plan, int *ret_fd, struct error *error);

/*
 * Changes. Needs no privilege; under no_new_privs an unconfined process may,
 * and one that has a profile of its own may not (the kernel's
 * Documentation/userspace-api/no_new_privs.rst: only less is allowed).
 */
int apparmor_change(int fd, const struct plan *plan, struct error *error);

#endif
