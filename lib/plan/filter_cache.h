/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Filters made before, in a folder that only root may write. An entry is named
 * after a hash of all that a filter depends on and bears that in full, so that
 * it is never taken for another. Nothing here is an error: whatever is wrong
 * with the folder or an entry, the filter is made anew.
 */
#ifndef CONFINE_PLAN_FILTER_CACHE_H
#define CONFINE_PLAN_FILTER_CACHE_H

#include "filter.h"

/* What a filter depends on; libseccomp and this build add themselves. */
struct filter_key {
	const char *json;
	size_t size;
	uint64_t bounding;
	const struct host *host;
};

/* The canonical form of a key: every part by name and length; malloc'ed, NULL when out of memory.
 */
char *filter_key_text(const struct filter_key *key, size_t *ret_size);

/* Whether `folder` (a path) holds that filter; then it is in ret_filter. */
bool filter_cache_find(const char *folder, const struct filter_key *key, struct filter *ret_filter);

/*
 * Keeps a filter, in one step that shows it whole or not at all. Makes the
 * folder (0700) where it is missing, and removes the oldest entry where there
 * are more than FILTER_CACHE_MOST.
 */
void filter_cache_keep(const char *folder, const struct filter_key *key,
		       const struct filter *filter);

#define FILTER_CACHE_MOST 64

#endif
