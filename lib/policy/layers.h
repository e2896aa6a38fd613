/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which files speak of a person, in which order: default.ini, the groups by
 * rising priority, the user's own. Opens those by name and no other. Merging
 * is merge.h's.
 */
#ifndef CONFINE_POLICY_LAYERS_H
#define CONFINE_POLICY_LAYERS_H

#include "ini.h"
#include "policy.h"

struct layer {
	char *file; /* what messages call it */
	bool group;
	int priority; /* of a group */
	unsigned rank; /* from 1; groups of one priority share one */
	struct ini ini;
};

/* By rising rank; groups of one rank by name. All zero is the empty list. */
struct layers {
	struct layer *items;
	size_t count;
};

void layers_clear(struct layers *layers);

/*
 * Reads the files of `subject` in the folder `conf`. ERROR_POLICY with
 * file:line at the first fault: an unsafe file or folder, a missing `conf`, a
 * user whose name cannot be a file's, what ini_read finds. A missing file is
 * no layer.
 */
int layers_read(struct layers *ret_layers, const char *conf, const struct subject *subject,
		const struct log *log, struct error *error);

/* Why no file can bear this name ("begins with a dot"), or NULL where one can. */
const char *layer_name_fault(const char *name);

#endif
