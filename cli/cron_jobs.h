/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who has cron jobs on this host, by the tables of Debian's cron and cronie. */
#ifndef CONFINE_CLI_CRON_JOBS_H
#define CONFINE_CLI_CRON_JOBS_H

#include "../lib/base/text.h"

/*
 * The names of those users, each once, and at the same index the first table
 * that has a job of theirs. A table that cannot be read has none. -1 only when
 * out of memory.
 */
int cron_jobs_find(struct strings *ret_users, struct strings *ret_tables, struct error *error);

#endif
