/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "merge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/scope.h"
#include "keys.h"
#include "value.h"

static bool is_list(int key)
{
	return keys[key].shape != SHAPE_SINGLE;
}

static bool splits_at_commas(int key)
{
	return keys[key].shape == SHAPE_COMMAS || keys[key].shape == SHAPE_CAPS;
}

/* The bare key of a list with an empty value. */
static bool is_reset(const struct keyed_value *item)
{
	return is_list(item->key) && !*item->value.suffix && !*item->value.text;
}

/* Takes out the values of lower layers that bear `suffix`, or all of them (NULL). */
static void setting_remove(struct setting *setting, const char *suffix, unsigned layer)
{
	size_t kept = 0;

	for (size_t i = 0; i < setting->count; i++) {
		struct value *value = &setting->values[i];

		if (value->layer < layer && (!suffix || !strcmp(value->suffix, suffix)))
			value_clear(value);
		else
			setting->values[kept++] = *value;
	}
	setting->count = kept;
}

/* Groups of one priority may say the same twice. */
static bool said_already(const struct setting *setting, const struct value *from, const char *text,
			 unsigned layer)
{
	for (size_t i = 0; i < setting->count; i++) {
		const struct value *value = &setting->values[i];

		if (value->layer == layer && !strcmp(value->suffix, from->suffix) &&
		    !strcmp(value->text, text) && strcmp(value->origin.file, from->origin.file))
			return true;
	}
	return false;
}

static int setting_add(struct setting *setting, const struct value *from, const char *text,
		       unsigned layer, struct error *error)
{
	struct value *value;

	if (said_already(setting, from, text, layer))
		return 0;
	value = array_add(&setting->values, &setting->count, sizeof(*value));
	if (!value)
		return error_memory(error);
	value->layer = layer;
	return value_fill(value, text, from->suffix, from->origin.file, from->origin.line, error);
}

static int add_split(struct setting *setting, const struct keyed_value *item, unsigned layer,
		     struct error *error)
{
	__attribute__((cleanup(strings_clear))) struct strings parts = { 0 };
	const struct origin *origin = &item->value.origin;

	if (text_split(&parts, item->value.text, ',', error)) {
		error_prefix(error, "%s", keys[item->key].name);
		return error_locate(error, origin->file, origin->line);
	}
	for (size_t i = 0; i < parts.count; i++)
		if (setting_add(setting, &item->value, parts.items[i], layer, error))
			return -1;
	return 0;
}

/* What `item` takes away from the layers below. */
static void take_away(struct policy *policy, const struct keyed_value *item, unsigned layer)
{
	struct setting *setting = &policy->settings[item->key];

	if (!is_list(item->key) || is_reset(item))
		setting_remove(setting, NULL, layer);
	else if (*item->value.suffix)
		setting_remove(setting, item->value.suffix, layer);
}

/* A single value: the most specific one holds, of one layer the last (a flag that stands twice). */
static int replace(struct setting *setting, const struct keyed_value *item, unsigned layer,
		   struct error *error)
{
	bool confined = true;

	/* Where groups of one priority disagree on `confine`, no wins. */
	if (item->key == KEY_CONFINE && setting->count && setting->values[0].layer == layer &&
	    !text_boolean(setting->values[0].text, &confined, error) && !confined)
		return 0;
	setting_remove(setting, NULL, layer + 1);
	return setting_add(setting, &item->value, item->value.text, layer, error);
}

static int add(struct policy *policy, const struct keyed_value *item, unsigned layer,
	       struct error *error)
{
	struct setting *setting = &policy->settings[item->key];

	if (!is_list(item->key))
		return replace(setting, item, layer, error);
	if (!*item->value.text)
		return 0;
	if (splits_at_commas(item->key))
		return add_split(setting, item, layer, error);
	return setting_add(setting, &item->value, item->value.text, layer, error);
}

int merge_items(struct policy *policy, const struct keyed_value *items, size_t count,
		unsigned layer, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		take_away(policy, &items[i], layer);
	for (size_t i = 0; i < count; i++)
		if (add(policy, &items[i], layer, error))
			return -1;
	return 0;
}

int merge_built_in(struct policy *policy, struct error *error)
{
	for (size_t i = 0; i < key_built_in_count; i++) {
		const struct key_built_in *row = &key_built_ins[i];
		struct keyed_value item = { .key = (int)row->key };
		int failed = value_fill(&item.value, row->text, row->suffix, "built-in", 0, error);

		failed = failed || merge_items(policy, &item, 1, 0, error);
		value_clear(&item.value);
		if (failed)
			return -1;
	}
	return 0;
}

/* Says that `b` contradicts `a`, of another group with the same priority. */
static int conflict(const struct keyed_value *a, const struct keyed_value *b, const char *how,
		    struct error *error)
{
	const struct origin *here = &b->value.origin, *there = &a->value.origin;

	error_set(error, ERROR_POLICY, "%s%s%s: %s %s:%u, a group of the same [policy] priority",
		  keys[b->key].name, *b->value.suffix ? "." : "", b->value.suffix, how, there->file,
		  there->line);
	return error_locate(error, here->file, here->line);
}

static int check_values(const struct keyed_value *a, const struct keyed_value *b,
			struct error *error)
{
	/* `no` wins where groups disagree on confine; priority is each file's own. */
	if (a->key != b->key || a->key == KEY_CONFINE || a->key == KEY_PRIORITY)
		return 0;
	if (is_list(a->key) && !*a->value.suffix)
		return 0;
	if (strcmp(a->value.suffix, b->value.suffix) || !strcmp(a->value.text, b->value.text))
		return 0;
	return conflict(a, b, "set otherwise than in", error);
}

static const struct keyed_value *find_reset(const struct ini *ini, int key)
{
	for (size_t i = 0; i < ini->count; i++)
		if (ini->items[i].key == key && is_reset(&ini->items[i]))
			return &ini->items[i];
	return NULL;
}

/* Each list that one resets and the other adds to. */
static int check_resets(const struct ini *resetting, const struct ini *other, struct error *error)
{
	for (size_t i = 0; i < other->count; i++) {
		const struct keyed_value *item = &other->items[i];
		const struct keyed_value *reset = find_reset(resetting, item->key);

		if (reset && !find_reset(other, item->key))
			return conflict(reset, item, "set, but reset in", error);
	}
	return 0;
}

/* The length of the next name of a list and, in `at`, where it begins without CAP_. 0: no more. */
static size_t next_name(const char **at)
{
	*at += strspn(*at, " \t,");
	if (!strncasecmp(*at, "CAP_", 4))
		*at += 4;
	return strcspn(*at, " \t,");
}

/* Whether a name (or ALL) stands in both lists. */
static bool share_capability(const char *a, const char *b)
{
	size_t length, other_length;

	for (; (length = next_name(&a)); a += length)
		for (const char *other = b; (other_length = next_name(&other));
		     other += other_length)
			if (length == other_length && !strncasecmp(a, other, length))
				return true;
	return false;
}

static int check_capabilities(const struct keyed_value *a, const struct keyed_value *b,
			      struct error *error)
{
	bool opposed = (a->key == KEY_CAP_ADD && b->key == KEY_CAP_DROP) ||
		       (a->key == KEY_CAP_DROP && b->key == KEY_CAP_ADD);

	if (!opposed || !share_capability(a->value.text, b->value.text))
		return 0;
	return conflict(a, b,
			a->key == KEY_CAP_ADD ? "takes what is added in" : "adds what is taken in",
			error);
}

static int check_pair(const struct layer *a, const struct layer *b, struct error *error)
{
	for (size_t i = 0; i < a->ini.count; i++)
		for (size_t j = 0; j < b->ini.count; j++)
			if (check_values(&a->ini.items[i], &b->ini.items[j], error) ||
			    check_capabilities(&a->ini.items[i], &b->ini.items[j], error))
				return -1;
	if (check_resets(&a->ini, &b->ini, error))
		return -1;
	return check_resets(&b->ini, &a->ini, error);
}

/* All items of the layers from `first` to before `end`, one rank, as one layer. */
static int merge_rank(struct policy *policy, const struct layers *layers, size_t first, size_t end,
		      struct error *error)
{
	for (size_t i = first; i < end; i++)
		for (size_t j = i + 1; j < end; j++)
			if (check_pair(&layers->items[i], &layers->items[j], error))
				return -1;
	for (size_t i = first; i < end; i++)
		if (merge_items(policy, layers->items[i].ini.items, layers->items[i].ini.count,
				layers->items[i].rank, error))
			return -1;
	return 0;
}

int merge_layers(struct policy *policy, const struct layers *layers, struct error *error)
{
	for (size_t first = 0, end; first < layers->count; first = end) {
		for (end = first + 1; end < layers->count; end++)
			if (layers->items[end].rank != layers->items[first].rank)
				break;
		if (merge_rank(policy, layers, first, end, error))
			return -1;
	}
	return 0;
}
