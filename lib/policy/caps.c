/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "caps.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "../base/scope.h"
#include "parsers.h"

/* In the kernel's order, include/uapi/linux/capability.h. */
static const char *const names[] = {
	"CHOWN",
	"DAC_OVERRIDE",
	"DAC_READ_SEARCH",
	"FOWNER",
	"FSETID",
	"KILL",
	"SETGID",
	"SETUID",
	"SETPCAP",
	"LINUX_IMMUTABLE",
	"NET_BIND_SERVICE",
	"NET_BROADCAST",
	"NET_ADMIN",
	"NET_RAW",
	"IPC_LOCK",
	"IPC_OWNER",
	"SYS_MODULE",
	"SYS_RAWIO",
	"SYS_CHROOT",
	"SYS_PTRACE",
	"SYS_PACCT",
	"SYS_ADMIN",
	"SYS_BOOT",
	"SYS_NICE",
	"SYS_RESOURCE",
	"SYS_TIME",
	"SYS_TTY_CONFIG",
	"MKNOD",
	"LEASE",
	"AUDIT_WRITE",
	"AUDIT_CONTROL",
	"SETFCAP",
	"MAC_OVERRIDE",
	"MAC_ADMIN",
	"SYSLOG",
	"WAKE_ALARM",
	"BLOCK_SUSPEND",
	"AUDIT_READ",
	"PERFMON",
	"BPF",
	"CHECKPOINT_RESTORE",
};

enum { NAMED = sizeof(names) / sizeof(*names), MOST = 64 };

/* CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT
 * MKNOD AUDIT_WRITE SETFCAP */
const uint64_t caps_default = CAPS_BIT(0) | CAPS_BIT(1) | CAPS_BIT(3) | CAPS_BIT(4) | CAPS_BIT(5) |
			      CAPS_BIT(6) | CAPS_BIT(7) | CAPS_BIT(8) | CAPS_BIT(10) |
			      CAPS_BIT(13) | CAPS_BIT(18) | CAPS_BIT(27) | CAPS_BIT(29) |
			      CAPS_BIT(31);

/* CAP_41 to CAP_63: a capability that a newer kernel has and this list does not. */
static int unnamed(const char *digits)
{
	int number;

	if (!isdigit((unsigned char)digits[0]) || !isdigit((unsigned char)digits[1]) || digits[2])
		return -1;
	number = (digits[0] - '0') * 10 + digits[1] - '0';
	return number >= NAMED && number < MOST ? number : -1;
}

int caps_parse(const char *name, int *ret_capability, bool *ret_all, struct error *error)
{
	bool prefixed = !strncasecmp(name, "CAP_", 4);
	const char *bare = prefixed ? name + 4 : name;
	char quoted[128];
	int found = prefixed ? unnamed(bare) : -1;

	/* As in Docker ALL is a word of its own: CAP_ALL is none. */
	*ret_all = !strcasecmp(name, "ALL");
	if (*ret_all)
		return 0;
	for (int i = 0; i < NAMED; i++)
		if (!strcasecmp(bare, names[i]))
			found = i;
	if (found < 0)
		return error_set(error, ERROR_POLICY, "unknown capability '%s'",
				 text_quote(name, quoted, sizeof(quoted)));
	*ret_capability = found;
	return 0;
}

const char *caps_name(int capability, char *buffer, size_t size)
{
	if (capability >= 0 && capability < NAMED)
		snprintf(buffer, size, "%s", names[capability]);
	else
		snprintf(buffer, size, "CAP_%d", capability);
	return buffer;
}

char *caps_print(uint64_t set)
{
	char *text = strdup(""), name[32];

	for (int i = 0; text && i < MOST; i++) {
		scope_memory char *shorter = text;

		if (!(set & CAPS_BIT(i))) {
			shorter = NULL;
			continue;
		}
		text = text_format("%s%s%s", shorter, *shorter ? "," : "",
				   caps_name(i, name, sizeof(name)));
	}
	return text;
}

void caps_state_init(struct caps_state *state)
{
	*state = (struct caps_state){ .set = caps_default };
}

void caps_apply(struct caps_state *state, const struct caps_layer *layer)
{
	if (layer->add_all) {
		/* With ALL a name in both lists is dropped, as in Docker; else it ends up added. */
		state->dropped = (state->dropped & ~layer->add) | layer->drop;
		state->set = CAPS_ALL & ~state->dropped;
	} else {
		state->dropped = (state->dropped | layer->drop) & ~layer->add;
		state->set =
			layer->drop_all ? layer->add : (state->set & ~layer->drop) | layer->add;
	}
	state->named |= layer->add | layer->drop;
	state->added = (state->added | layer->add) & state->set;
}

/* Puts one value into its layer. */
static int layer_add(uint64_t *names_set, bool *all_set, const struct value *value, const char *key,
		     struct error *error)
{
	int capability;
	bool all;

	if (caps_parse(value->text, &capability, &all, error)) {
		error_prefix(error, "%s", key);
		return error_locate(error, value->origin.file, value->origin.line);
	}
	if (all)
		*all_set = true;
	else
		*names_set |= CAPS_BIT(capability);
	return 0;
}

/* The lowest layer of either list that is at least `least`; UINT_MAX where there is none. */
static unsigned next_layer(const struct setting *add, const struct setting *drop, unsigned least)
{
	unsigned next = UINT32_MAX;

	for (size_t i = 0; i < add->count; i++)
		if (add->values[i].layer >= least && add->values[i].layer < next)
			next = add->values[i].layer;
	for (size_t i = 0; i < drop->count; i++)
		if (drop->values[i].layer >= least && drop->values[i].layer < next)
			next = drop->values[i].layer;
	return next;
}

static int layer_fill(struct caps_layer *layer, const struct setting *add,
		      const struct setting *drop, unsigned number, struct error *error)
{
	for (size_t i = 0; i < add->count; i++)
		if (add->values[i].layer == number &&
		    layer_add(&layer->add, &layer->add_all, &add->values[i], "cap_add", error))
			return -1;
	for (size_t i = 0; i < drop->count; i++)
		if (drop->values[i].layer == number &&
		    layer_add(&layer->drop, &layer->drop_all, &drop->values[i], "cap_drop", error))
			return -1;
	return 0;
}

int caps_merge(struct caps_merged *ret_caps, const struct setting *add, const struct setting *drop,
	       struct error *error)
{
	struct caps_state state;
	unsigned number = next_layer(add, drop, 0);

	caps_state_init(&state);
	for (; number != UINT32_MAX; number = next_layer(add, drop, number + 1)) {
		struct caps_layer layer = { 0 };

		if (layer_fill(&layer, add, drop, number, error))
			return -1;
		caps_apply(&state, &layer);
	}
	*ret_caps = (struct caps_merged){
		.set = state.set,
		.named = state.named,
		.added = state.added,
	};
	return 0;
}

/* What they come to has been merged by policy_load; here is remembered where each name stands. */
int parse_capability(struct request *request, const struct value *value, struct error *error)
{
	struct cap_request *named;
	int capability;
	bool all = false;

	if (caps_parse(value->text, &capability, &all, error))
		return -1;
	if (all)
		return 0;
	named = array_add(&request->capabilities.items, &request->capabilities.count,
			  sizeof(*named));
	if (!named)
		return error_memory(error);
	named->capability = capability;
	return origin_copy(&named->origin, &value->origin, error);
}
