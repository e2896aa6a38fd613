/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Layers on top of each other: which value of a key holds, what a list adds up
 * to, what a suffix or a reset takes away, and when groups of one priority
 * contradict each other (design.md, "Layers").
 */
#ifndef CONFINE_POLICY_MERGE_H
#define CONFINE_POLICY_MERGE_H

#include "layers.h"
#include "policy.h"

/* The layer 0 of keys.c. */
int merge_built_in(struct policy *policy, struct error *error);

/* All layers; ERROR_POLICY that names both files where groups of one priority disagree. */
int merge_layers(struct policy *policy, const struct layers *layers, struct error *error);

/* `items` as one more layer on top; `layer` is its number. */
int merge_items(struct policy *policy, const struct keyed_value *items, size_t count,
		unsigned layer, struct error *error);

#endif
