/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine show: one person's effective policy, and the plan it makes on this host. */
#include <string.h>

#include "../lib/base/scope.h"
#include "../lib/policy/keys.h"
#include "command.h"
#include "difference.h"
#include "effective.h"

/* What is to be said of a person. */
struct picture {
	struct effective effective;
	const char *unconfined; /* why a login is not confined, or NULL */
	bool planned;
	bool refused; /* there is a plan, and it lets no one in */
	struct error fault; /* why there is no plan, though the user is confined */
	struct strings differences;
};

static void picture_clear(struct picture *picture)
{
	effective_clear(&picture->effective);
	strings_clear(&picture->differences);
}

/* -1 only where there is nothing to show. */
static int picture_take(struct picture *picture, const char *name, struct error *error)
{
	const struct plan_context context = { .conf = CONFINE_CONF };
	struct effective *effective = &picture->effective;

	if (effective_find(effective, name, CONFINE_CONF, error))
		return -1;
	picture->unconfined = effective->exempt;
	if (picture->unconfined)
		return 0;
	if (effective_load(effective, CONFINE_CONF, NULL, error))
		return -1;
	if (policy_exempts(&effective->policy))
		picture->unconfined = "confine = no";
	else
		picture->planned = !effective_plan(effective, &context, &picture->fault);
	picture->refused = picture->planned && effective->plan.message;
	if (picture->refused)
		error_set(&picture->fault, ERROR_DENIED, "logins are refused with the message '%s'",
			  effective->plan.message);
	return picture->planned ? difference_list(effective, &picture->differences, error) : 0;
}

/* A key that nobody set and that this build does not carry out says nothing. */
static bool is_shown(const struct setting *setting, const struct key *key)
{
	return setting->count || (key->state == STATE_BUILT && *key->fallback);
}

/* As for people: "section.key.suffix = value", and where it stands. */
static void print_value(const struct key *key, const char *suffix, const char *text,
			const struct origin *origin)
{
	scope_memory char *left = text_format("%s.%s%s%s = %s", key->section, key->name,
					      *suffix ? "." : "", suffix, text);
	const char *file = origin ? origin->file : "built-in";

	if (origin && origin->line)
		printf("  %-48s  %s:%u\n", left ? left : "", file, origin->line);
	else
		printf("  %-48s  %s\n", left ? left : "", file);
}

static void print_policy(const struct policy *policy)
{
	puts("policy:");
	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct setting *setting = &policy->settings[i];

		if (!setting->count && is_shown(setting, &keys[i]))
			print_value(&keys[i], "", keys[i].fallback, NULL);
		for (size_t j = 0; j < setting->count; j++)
			print_value(&keys[i], setting->values[j].suffix, setting->values[j].text,
				    &setting->values[j].origin);
	}
}

static void print_list(const char *title, const struct strings *list)
{
	if (list->count)
		printf("%s:\n", title);
	for (size_t i = 0; i < list->count; i++)
		printf("  %s\n", list->items[i]);
}

static void print_indented(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		printf("  %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static int print_plan(const struct picture *picture, struct error *error)
{
	scope_memory char *text = plan_print_text(&picture->effective.plan);

	if (!text)
		return error_memory(error);
	puts("plan:");
	print_indented(text);
	print_list("other than 'docker run'", &picture->differences);
	return 0;
}

static int print_text(const struct picture *picture, struct error *error)
{
	const struct host_user *user = &picture->effective.user;

	printf("user %s, uid %u, groups", user->name, user->uid);
	for (size_t i = 0; i < user->groups.count; i++)
		printf(" %s", user->groups.items[i]);
	putchar('\n');
	if (picture->unconfined)
		printf("not confined: %s\n", picture->unconfined);
	if (picture->effective.exempt)
		return 0;
	print_list("files", &picture->effective.policy.files);
	print_policy(&picture->effective.policy);
	return picture->planned ? print_plan(picture, error) : 0;
}

static json_object *json_text(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

static json_object *json_findings(const struct findings *list)
{
	json_object *array = json_object_new_array();
	char line[sizeof(struct error)];

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(array,
				      json_text(error_format(&list->items[i], line, sizeof(line))));
	return array;
}

static json_object *json_value(const struct key *key, const struct value *value)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "section", json_text(key->section));
	json_object_object_add(object, "key", json_text(key->name));
	json_object_object_add(object, "suffix", json_text(value ? value->suffix : ""));
	json_object_object_add(object, "value", json_text(value ? value->text : key->fallback));
	json_object_object_add(object, "file", json_text(value ? value->origin.file : "built-in"));
	json_object_object_add(object, "line",
			       json_object_new_int64(value ? value->origin.line : 0));
	return object;
}

static json_object *json_policy(const struct policy *policy)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct setting *setting = &policy->settings[i];

		if (!setting->count && is_shown(setting, &keys[i]))
			json_object_array_add(array, json_value(&keys[i], NULL));
		for (size_t j = 0; j < setting->count; j++)
			json_object_array_add(array, json_value(&keys[i], &setting->values[j]));
	}
	return array;
}

static json_object *json_picture(const struct picture *picture)
{
	const struct effective *effective = &picture->effective;
	char line[sizeof(struct error)];
	json_object *object = json_object_new_object();
	bool faulty = !picture->unconfined && (!picture->planned || picture->refused);
	scope_memory char *plan = picture->planned ? plan_print_json(&effective->plan) : NULL;

	json_object_object_add(object, "user", json_text(effective->user.name));
	json_object_object_add(object, "uid", json_object_new_int64(effective->user.uid));
	json_object_object_add(object, "groups", command_json_strings(&effective->user.groups));
	json_object_object_add(object, "unconfined", json_text(picture->unconfined));
	json_object_object_add(object, "files", command_json_strings(&effective->policy.files));
	json_object_object_add(object, "policy", json_policy(&effective->policy));
	json_object_object_add(object, "fault",
			       faulty ? json_text(error_format(&picture->fault, line, sizeof(line)))
				      : NULL);
	json_object_object_add(object, "plan", plan ? json_tokener_parse(plan) : NULL);
	json_object_object_add(object, "warnings", json_findings(&effective->plan.warnings));
	json_object_object_add(object, "differences", command_json_strings(&picture->differences));
	return object;
}

static int show(const char *name, bool json)
{
	__attribute__((cleanup(picture_clear))) struct picture picture = { 0 };
	struct error error = ERROR_INIT;

	if (picture_take(&picture, name, &error))
		return command_fail(&error, STATUS_FAILED);
	if (json)
		command_print_json(json_picture(&picture));
	else if (print_text(&picture, &error))
		return command_fail(&error, STATUS_FAILED);
	fflush(stdout);
	if ((picture.planned && !picture.refused) || picture.unconfined)
		return STATUS_FINE;
	return command_fail(&picture.fault, STATUS_FAILED);
}

static int run(const struct command *command, int argc, char **argv)
{
	bool json;
	int status;

	if (command_parse_json(command, argc, argv, &json, &status) < 0)
		return status;
	return show(argv[1], json);
}

const struct command command_show = {
	.name = "show",
	.usage = "USER [--json]",
	.summary = "Show a user's effective policy, and the plan it makes on this host",
	.help = "Each value stands with the file and line it comes from.\n\n"
		"Exit status: 0, or 1 where the user's logins would be refused.\n",
	.least = 1,
	.most = 1,
	.needs = "one user's name is needed",
	.run = run,
};
