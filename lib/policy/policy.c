/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "caps.h"
#include "keys.h"
#include "layers.h"
#include "merge.h"
#include "value.h"

void overrides_clear(struct overrides *overrides)
{
	for (size_t i = 0; i < overrides->count; i++)
		value_clear(&overrides->items[i].value);
	free(overrides->items);
	*overrides = (struct overrides){ 0 };
}

int overrides_add(struct overrides *overrides, int key, const char *text, const char *origin,
		  struct error *error)
{
	struct keyed_value *item;

	if (!*text)
		return error_set(error, ERROR_USAGE, "%s needs a value", origin);
	item = array_add(&overrides->items, &overrides->count, sizeof(*item));
	if (!item)
		return error_memory(error);
	item->key = key;
	return value_fill(&item->value, text, "", origin, 0, error);
}

static void setting_clear(struct setting *setting)
{
	for (size_t i = 0; i < setting->count; i++)
		value_clear(&setting->values[i]);
	free(setting->values);
}

void policy_clear(struct policy *policy)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		setting_clear(&policy->settings[i]);
	strings_clear(&policy->files);
	*policy = (struct policy){ 0 };
}

static int note_files(struct policy *policy, const struct layers *layers, struct error *error)
{
	for (size_t i = 0; i < layers->count; i++)
		if (strings_add(&policy->files, layers->items[i].file, error))
			return -1;
	return 0;
}

static int merge_all(struct policy *policy, const struct layers *layers,
		     const struct overrides *overrides, struct error *error)
{
	unsigned top = layers->count ? layers->items[layers->count - 1].rank + 1 : 1;

	if (merge_built_in(policy, error) || merge_layers(policy, layers, error))
		return -1;
	if (overrides && merge_items(policy, overrides->items, overrides->count, top, error))
		return -1;
	return caps_merge(&policy->caps, &policy->settings[KEY_CAP_ADD],
			  &policy->settings[KEY_CAP_DROP], error);
}

/* [policy] is decided before a request is made: its values are checked here. */
static int check_confine(const struct policy *policy, struct error *error)
{
	const struct value *value = policy_value(policy, KEY_CONFINE);
	struct request request = { 0 };

	return value ? request_value(&request, &keys[KEY_CONFINE], value, error) : 0;
}

int policy_load(struct policy *ret_policy, const char *conf, const struct subject *subject,
		const struct overrides *overrides, const struct log *log, struct error *error)
{
	scope_of(policy) struct policy policy = { 0 };
	scope_of(layers) struct layers layers = { 0 };

	if (conf && layers_read(&layers, conf, subject, log, error))
		return -1;
	if (note_files(&policy, &layers, error) || merge_all(&policy, &layers, overrides, error) ||
	    check_confine(&policy, error))
		return -1;
	*ret_policy = policy;
	policy = (struct policy){ 0 };
	return 0;
}

const struct value *policy_value(const struct policy *policy, int key)
{
	const struct setting *setting = &policy->settings[key];

	return setting->count ? &setting->values[setting->count - 1] : NULL;
}

bool policy_exempts(const struct policy *policy)
{
	const struct value *value = policy_value(policy, KEY_CONFINE);
	struct error unused = ERROR_INIT;
	bool confined = true;

	/* policy_load has checked the word. */
	return value && !text_boolean(value->text, &confined, &unused) && !confined;
}

/* Lengths, so that no value can pass for the end of itself and the begin of the next. */
static int print_setting(FILE *stream, const struct key *key, const struct setting *setting)
{
	for (size_t i = 0; i < setting->count; i++)
		if (fprintf(stream, "%s:%zu:%s\n", key->name, strlen(setting->values[i].text),
			    setting->values[i].text) < 0)
			return -1;
	return 0;
}

char *policy_container_half(const struct policy *policy)
{
	scope_memory char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	int failed = 0;

	if (!stream)
		return NULL;
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].half & HALF_CONTAINER)
			failed |= print_setting(stream, &keys[i], &policy->settings[i]);
	failed |= fclose(stream);
	return failed ? NULL : take_pointer(&text);
}
