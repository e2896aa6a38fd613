/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of --mount, said as the key `volume` or `tmpfs` says them. */
#ifndef CONFINE_CLI_MOUNT_FLAG_H
#define CONFINE_CLI_MOUNT_FLAG_H

#include "../lib/base/error.h"

/* "type=bind,source=/a,target=/b,readonly" -> KEY_VOLUME, "/a:/b:ro" (malloc'ed). */
int mount_flag_translate(const char *text, int *ret_key, char **ret_text, struct error *error);

#endif
