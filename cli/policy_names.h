/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For whom a policy folder has files. What the files say is the library's. */
#ifndef CONFINE_CLI_POLICY_NAMES_H
#define CONFINE_CLI_POLICY_NAMES_H

#include "../lib/base/text.h"

/*
 * Adds to `names` each NAME that CONF/FOLDER ("user", "group") has a NAME.ini
 * for and that a login would look for by it. No FOLDER: none; no CONF: an error.
 */
int policy_names(const char *conf, const char *folder, struct strings *names, struct error *error);

#endif
