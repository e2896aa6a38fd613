/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capabilities by name, Docker's default set, and the algebra of cap_add and
 * cap_drop. A set is a uint64_t, bit N is capability N of capabilities(7).
 */
#ifndef CONFINE_POLICY_CAPS_H
#define CONFINE_POLICY_CAPS_H

#include "policy.h"

#define CAPS_BIT(capability) (UINT64_C(1) << (capability))
#define CAPS_ALL UINT64_MAX

/* Docker's default set: 14 capabilities (moby daemon/pkg/oci/caps/defaults.go). */
extern const uint64_t caps_default;

/*
 * One name, any case, with or without CAP_, or CAP_41 for one that has no name
 * yet; "ALL" sets *ret_all instead. An unknown name is an error that quotes it.
 */
int caps_parse(const char *name, int *ret_capability, bool *ret_all, struct error *error);

/* "NET_ADMIN", or "CAP_41" for an unnamed one; buffer holds at least 32 bytes. */
const char *caps_name(int capability, char *buffer, size_t size);

/* Names of a set, comma separated, in the kernel's order; malloc'ed. */
char *caps_print(uint64_t set);

/* One layer's lists. */
struct caps_layer {
	uint64_t add, drop; /* names */
	bool add_all, drop_all;
};

/*
 * Applies one layer to what it inherits. `dropped` remembers names dropped by
 * an earlier layer and not added by name since: ALL never brings them back.
 */
struct caps_state {
	uint64_t set;
	uint64_t dropped;
	uint64_t named; /* written out in any list */
	uint64_t added; /* of `set`: written out in a cap_add */
};
void caps_state_init(struct caps_state *state);
void caps_apply(struct caps_state *state, const struct caps_layer *layer);

/*
 * What the values of cap_add and cap_drop come to, layer by layer. A reset or a
 * removed suffix has taken its values out before. The error is located.
 */
int caps_merge(struct caps_merged *ret_caps, const struct setting *add, const struct setting *drop,
	       struct error *error);

#endif
