/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds a process that must not go on as the user, but has still to say why. */
#ifndef CONFINE_PAM_RESTRAIN_H
#define CONFINE_PAM_RESTRAIN_H

/*
 * From here on this process and its children can execute nothing, open no file and no socket
 * (EPERM, by a seccomp filter that stays); what is open can be read and written, and they can fork
 * and end. -1 where that cannot be had: then the process has to end.
 */
int restrain_process(void);

#endif
