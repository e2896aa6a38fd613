/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of every key: "key=value", the key by its name. */
#include <string.h>

#include "../../lib/policy/keys.h"
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char file[] = "fuzz.ini", suffix[] = "fuzz";
	scope_memory char *text = fuzz_text(data, size);
	scope_of(request) struct request request = { 0 };
	struct value value = { .suffix = suffix, .origin = { file, 1 } };
	char *equals = strchr(text, '=');
	const struct key *key;
	struct error error;

	if (!equals)
		return -1;
	*equals = '\0';
	key = find_key(text);
	if (!key)
		return -1;
	value.text = equals + 1;
	request_value(&request, key, &value, &error);
	return 0;
}
