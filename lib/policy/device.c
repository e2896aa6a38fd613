/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices as docker run writes them: HOST[:INSIDE][:PERMS], cgroup rules, rates. */
#include <ctype.h>
#include <string.h>

#include "../base/scope.h"
#include "parsers.h"

/* PERMS: r, w, m, each at most once, in any order. 0 where it is anything else. */
static unsigned char access_bits(const char *text)
{
	static const char letters[] = "rwm"; /* ACCESS_READ, ACCESS_WRITE, ACCESS_MKNOD */
	unsigned char bits = 0;

	for (; *text; text++) {
		const char *letter = strchr(letters, *text);
		unsigned char bit;

		if (!letter)
			return 0;
		bit = (unsigned char)(1 << (letter - letters));
		if (bits & bit)
			return 0;
		bits |= bit;
	}
	return bits;
}

static int unknown_access(const char *text, struct error *error)
{
	char quoted[128];

	return error_set(error, ERROR_POLICY, "unknown access '%s': r, w, m, each once",
			 text_quote(text, quoted, sizeof(quoted)));
}

/* The second of two fields: PERMS if it can be, else the path inside. */
static int second_field(struct device_request *device, const char *text, struct error *error)
{
	char quoted[128];

	device->access = access_bits(text);
	device->access_written = device->access != 0;
	if (device->access_written)
		return 0;
	device->access = ACCESS_ALL;
	if (*text != '/')
		return error_set(
			error, ERROR_POLICY,
			"'%s' is neither an access (r, w, m, each once) nor an absolute path",
			text_quote(text, quoted, sizeof(quoted)));
	if (value_path(text, "path inside", error))
		return -1;
	return value_copy(&device->inside, text, error);
}

static int device_fields(struct device_request *device, char *text, struct error *error)
{
	char *second = strchr(text, ':'), *third = second ? strchr(second + 1, ':') : NULL;

	if (second)
		*second++ = '\0';
	if (third)
		*third++ = '\0';
	device->access = ACCESS_ALL;
	if (value_path(text, "", error) || value_copy(&device->host, text, error))
		return -1;
	if (!second)
		return 0;
	if (!third)
		return second_field(device, second, error);
	device->access = access_bits(third);
	device->access_written = true;
	if (!device->access)
		return unknown_access(third, error);
	if (value_path(second, "path inside", error))
		return -1;
	return value_copy(&device->inside, second, error);
}

/* vendor.com/class=name, the Container Device Interface (Docker 28.3). */
static bool is_cdi(const char *text)
{
	const char *slash = strchr(text, '/');

	return *text != '/' && slash && strchr(slash, '=');
}

KEY_PARSER(parse_device)
{
	struct device_request *device;
	scope_memory char *text = strdup(value->text);
	scope_memory char *cdi = text_format("device %s", value->text);

	if (!text || !cdi)
		return error_memory(error);
	if (is_cdi(text))
		return value_reserved(cdi, error);
	device = array_add(&request->devices.items, &request->devices.count, sizeof(*device));
	if (!device)
		return error_memory(error);
	if (device_fields(device, text, error))
		return -1;
	return origin_copy(&device->origin, &value->origin, error);
}

/* N or *, up to `end`; -1 is *. The kernel's dev_t has 12 bits of major and 20 of minor. */
static int rule_number(const char **text, char end, int64_t most, int64_t *ret_number,
		       struct error *error)
{
	size_t length = strspn(*text, "0123456789");
	scope_memory char *digits = strndup(*text, length);

	if (!digits)
		return error_memory(error);
	if (**text == '*' && (*text)[1] == end) {
		*text += 2;
		*ret_number = -1;
		return 0;
	}
	if (!length || (*text)[length] != end)
		return error_set(error, ERROR_POLICY, "a number or * was expected");
	*text += length + 1;
	return text_number(digits, 0, most, ret_number, error);
}

static int rule_fields(struct device_rule *rule, const char *text, struct error *error)
{
	if (!*text || !strchr("acb", *text) || text[1] != ' ')
		return error_set(error, ERROR_POLICY, "a, b or c and a space were expected");
	rule->type = *text;
	text += 2;
	if (rule_number(&text, ':', 4095, &rule->major, error) ||
	    rule_number(&text, ' ', 1048575, &rule->minor, error))
		return -1;
	/* Here Docker lets a letter stand twice: ^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$ */
	if (strlen(text) > 3 || !*text || text[strspn(text, "rwm")])
		return error_set(error, ERROR_POLICY, "r, w, m were expected at the end");
	rule->access = (unsigned char)((strchr(text, 'r') ? ACCESS_READ : 0) |
				       (strchr(text, 'w') ? ACCESS_WRITE : 0) |
				       (strchr(text, 'm') ? ACCESS_MKNOD : 0));
	return 0;
}

KEY_PARSER(parse_device_cgroup_rule)
{
	struct device_rule_request *item = array_add(&request->device_rules.items,
						     &request->device_rules.count, sizeof(*item));
	char quoted[128];

	if (!item)
		return error_memory(error);
	if (rule_fields(&item->rule, value->text, error))
		return error_prefix(error, "'%s' (as in: c 7:* rmw)",
				    text_quote(value->text, quoted, sizeof(quoted)));
	return origin_copy(&item->origin, &value->origin, error);
}

KEY_PARSER(parse_gpus)
{
	(void)request;
	(void)value;
	return value_reserved("gpus", error);
}
