/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A veil over a folder: the same folder through a read-only overlay, whose
 * upper layer, a tmpfs of our own, holds the names that are hidden. A mount on
 * one of them stays whatever the host does to the name; one that is to be
 * absent is a whiteout.
 */
#ifndef CONFINE_SESSION_VEIL_H
#define CONFINE_SESSION_VEIL_H

#include "../plan/plan.h"
#include "mount_table.h"

/* What veils share that are laid one after the other. */
struct veils {
	int layers; /* the tmpfs with every upper layer; -1: there is none */
	struct mount_table before; /* the mounts as they were before the first of them */
};
#define VEILS_INIT            \
	{                     \
		.layers = -1, \
	}
/* For scope_of(veils). */
void veils_clear(struct veils *veils);

/*
 * Carries out row `index`, MOUNT_VEIL, in the new root `root`; `folder` (O_PATH)
 * is its target. The caller's root is `root`, and has the container's /proc and
 * /dev. Before anything else is mounted, veils_finish is called. A folder that
 * overlayfs cannot take is an error: covers alone would be weaker, and the plan
 * asks for veils only where the kernel has overlayfs.
 */
int veil_lay(struct veils *veils, const struct plan *plan, size_t index, int root, int folder,
	     struct error *error);

/* Takes away what laying them needed; nothing where none was laid. */
int veils_finish(struct veils *veils, struct error *error);

/*
 * From inside: has the plan's veils look anew at what the host has changed, for
 * overlayfs keeps what it once found at a name.
 */
int veil_refresh(const struct plan *plan, struct error *error);

#endif
