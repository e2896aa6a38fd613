/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "security_option.h"

#include <string.h>

#include "../lib/base/text.h"
#include "../lib/policy/keys.h"

static const struct {
	const char *name;
	enum key_id key;
	const char *bare; /* the value where none is written; NULL: there must be one */
} rows[] = {
	{ "seccomp", KEY_SECCOMP, NULL },
	{ "no-new-privileges", KEY_NO_NEW_PRIVILEGES, "true" },
	{ "apparmor", KEY_APPARMOR, NULL },
	{ "label", KEY_SELINUX, NULL },
	{ "systempaths", KEY_SYSTEMPATHS, NULL },
	{ "writable-cgroups", KEY_WRITABLE_CGROUPS, NULL },
};

int security_option_translate(const char *option, int *ret_key, const char **ret_text,
			      struct error *error)
{
	/* Docker takes `=`, and `:` of old. */
	size_t length = strcspn(option, "=:");
	char quoted[128];

	text_quote(option, quoted, sizeof(quoted));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = option[length] ? option + length + 1 : rows[i].bare;

		if (strlen(rows[i].name) != length || memcmp(rows[i].name, option, length))
			continue;
		if (!text || !*text)
			return error_set(error, ERROR_USAGE, "'%s' has no value", quoted);
		*ret_key = (int)rows[i].key;
		*ret_text = text;
		return 0;
	}
	return error_set(error, ERROR_USAGE, "unknown option '%s'", quoted);
}
