/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A printed plan read back: the join's half, `namespaces`, `rootfs` and the
 * device rules, for who enters a container that others made. The text is our own, but a record on
 * disk all the same: what is not as we print it is an error.
 */
#include <json-c/json.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/scope.h"
#include "../policy/caps.h"
#include "../policy/parsers.h"
#include "resolve.h"
#include "words.h"

static void object_clear(struct json_object **object)
{
	json_object_put(*object);
}

/* A member that must be there and of that type. */
static struct json_object *member(struct json_object *object, const char *name, enum json_type type,
				  struct error *error)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type)) {
		error_set(error, ERROR_SYSTEM, "printed plan: '%s' is missing or of another type",
			  name);
		return NULL;
	}
	return value;
}

static int read_text(struct json_object *object, const char *name, char **ret_text,
		     struct error *error)
{
	struct json_object *value = member(object, name, json_type_string, error);

	if (!value)
		return -1;
	*ret_text = strdup(json_object_get_string(value));
	return *ret_text ? 0 : error_memory(error);
}

static int read_number(struct json_object *object, const char *name, int64_t least, int64_t most,
		       int64_t *ret_number, struct error *error)
{
	struct json_object *value = member(object, name, json_type_int, error);

	if (!value)
		return -1;
	*ret_number = json_object_get_int64(value);
	if (*ret_number < least || *ret_number > most)
		return error_set(error, ERROR_SYSTEM, "printed plan: '%s' is out of range", name);
	return 0;
}

static bool read_flag(struct json_object *object, const char *name)
{
	return json_object_get_boolean(json_object_object_get(object, name));
}

static int read_strings(struct json_object *object, const char *name, struct strings *list,
			struct error *error)
{
	struct json_object *array = member(object, name, json_type_array, error);

	if (!array)
		return -1;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (!json_object_is_type(item, json_type_string))
			return error_set(error, ERROR_SYSTEM, "printed plan: '%s' holds no text",
					 name);
		if (strings_add(list, json_object_get_string(item), error))
			return -1;
	}
	return 0;
}

static int read_caps(struct json_object *object, const char *name, uint64_t *ret_set,
		     struct error *error)
{
	scope_of(strings) struct strings names = { 0 };

	if (read_strings(object, name, &names, error))
		return -1;
	*ret_set = 0;
	for (size_t i = 0; i < names.count; i++) {
		bool all = false;
		int capability;

		if (caps_parse(names.items[i], &capability, &all, error))
			return -1;
		if (all)
			return error_set(error, ERROR_SYSTEM, "printed plan: '%s' holds ALL", name);
		*ret_set |= CAPS_BIT(capability);
	}
	return 0;
}

static int read_namespaces(struct json_object *root, uint32_t *ret_set, struct error *error)
{
	scope_of(strings) struct strings names = { 0 };
	uint64_t value;

	if (read_strings(root, "namespaces", &names, error))
		return -1;
	*ret_set = 0;
	for (size_t i = 0; i < names.count; i++) {
		if (!words_value(words_namespaces, names.items[i], &value))
			return error_set(error, ERROR_SYSTEM,
					 "printed plan: unknown namespace '%s'", names.items[i]);
		*ret_set |= (uint32_t)value;
	}
	return 0;
}

static int read_gids(struct json_object *object, const char *name, gid_t **items, size_t *count,
		     struct error *error)
{
	struct json_object *array = member(object, name, json_type_array, error);

	if (!array)
		return -1;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);
		gid_t *gid;

		if (!json_object_is_type(item, json_type_int))
			return error_set(error, ERROR_SYSTEM, "printed plan: '%s' holds no number",
					 name);
		gid = array_add(items, count, sizeof(*gid));
		if (!gid)
			return error_memory(error);
		*gid = (gid_t)json_object_get_int64(item);
	}
	return 0;
}

static int read_user(struct json_object *root, struct host_user *user, struct error *error)
{
	struct json_object *object = member(root, "user", json_type_object, error);
	int64_t uid, gid;
	size_t gids = 0;

	if (!object || read_text(object, "name", &user->name, error) ||
	    read_number(object, "uid", 0, UINT32_MAX, &uid, error) ||
	    read_number(object, "gid", 0, UINT32_MAX, &gid, error) ||
	    read_text(object, "group", &user->group, error) ||
	    read_text(object, "home", &user->home, error) ||
	    read_text(object, "shell", &user->shell, error) ||
	    read_strings(object, "groups", &user->groups, error) ||
	    read_gids(object, "gids", &user->gids, &gids, error))
		return -1;
	if (gids != user->groups.count)
		return error_set(error, ERROR_SYSTEM, "printed plan: groups without numbers");
	user->uid = (uid_t)uid;
	user->gid = (gid_t)gid;
	return 0;
}

static int read_limit(struct json_object *object, const char *name, uint64_t *ret_limit,
		      struct error *error)
{
	struct json_object *value = json_object_object_get(object, name);

	if (json_object_is_type(value, json_type_string) &&
	    !strcmp(json_object_get_string(value), "unlimited"))
		*ret_limit = RLIM_INFINITY;
	else if (json_object_is_type(value, json_type_int))
		*ret_limit = json_object_get_uint64(value);
	else
		return error_set(error, ERROR_SYSTEM, "printed plan: ulimit without a '%s' limit",
				 name);
	return 0;
}

static int read_ulimit(struct json_object *object, struct plan *plan, struct error *error)
{
	scope_memory char *name = NULL;
	struct plan_ulimit *row =
		array_add(&plan->ulimits.items, &plan->ulimits.count, sizeof(*row));

	if (!row)
		return error_memory(error);
	if (read_text(object, "name", &name, error) ||
	    read_limit(object, "soft", &row->soft, error) ||
	    read_limit(object, "hard", &row->hard, error))
		return -1;
	row->resource = limits_find(name);
	if (row->resource < 0)
		return error_set(error, ERROR_SYSTEM, "printed plan: unknown ulimit '%s'", name);
	return 0;
}

static int read_ulimits(struct json_object *root, struct plan *plan, struct error *error)
{
	struct json_object *array = member(root, "ulimits", json_type_array, error);

	if (!array)
		return -1;
	for (size_t i = 0; i < json_object_array_length(array); i++)
		if (read_ulimit(json_object_array_get_idx(array, i), plan, error))
			return -1;
	return 0;
}

static int read_oom_score(struct json_object *root, struct plan *plan, struct error *error)
{
	int64_t score;

	if (!json_object_object_get_ex(root, "oom_score_adj", NULL))
		return 0;
	if (read_number(root, "oom_score_adj", -1000, 1000, &score, error))
		return -1;
	plan->oom_score_adj = (int)score;
	plan->oom_score_adj_set = true;
	return 0;
}

/* They are of the container's half, but a login's own cgroup holds to them: who enters has one. */
static int read_rules(struct json_object *root, struct plan *plan, struct error *error)
{
	scope_of(strings) struct strings texts = { 0 };
	scope_of(request) struct request request = { 0 };

	if (read_strings(root, "device_rules", &texts, error))
		return -1;
	for (size_t i = 0; i < texts.count; i++) {
		char printed[] = "printed plan";
		const struct value value = { .text = texts.items[i], .origin.file = printed };
		struct device_rule *rule;

		if (parse_device_cgroup_rule(&request, &value, error))
			return error_prefix(error, "printed plan");
		rule = array_add(&plan->device_rules.items, &plan->device_rules.count,
				 sizeof(*rule));
		if (!rule)
			return error_memory(error);
		*rule = request.device_rules.items[i].rule;
	}
	return 0;
}

static int read_plan(struct json_object *root, struct plan *plan, struct error *error)
{
	plan->service = read_flag(root, "service");
	plan->privileged = read_flag(root, "privileged");
	plan->no_new_privileges = read_flag(root, "no_new_privileges");
	if (read_user(root, &plan->user, error) ||
	    read_namespaces(root, &plan->namespaces, error) ||
	    read_text(root, "rootfs", &plan->rootfs, error) ||
	    read_caps(root, "bounding", &plan->bounding, error) ||
	    read_caps(root, "ambient", &plan->ambient, error) ||
	    read_oom_score(root, plan, error) ||
	    read_gids(root, "groups", &plan->groups.items, &plan->groups.count, error) ||
	    read_ulimits(root, plan, error) || read_strings(root, "env", &plan->env, error) ||
	    read_rules(root, plan, error))
		return -1;
	/* Not there where the plan has none. */
	if (json_object_object_get_ex(root, "apparmor", NULL) &&
	    read_text(root, "apparmor", &plan->apparmor, error))
		return -1;
	return read_text(root, "seccomp", &plan->seccomp, error);
}

int plan_read_json(struct plan *ret_plan, const char *json, struct error *error)
{
	__attribute__((cleanup(object_clear))) struct json_object *root = json_tokener_parse(json);
	scope_of(plan) struct plan plan = { 0 };

	if (!json_object_is_type(root, json_type_object))
		return error_set(error, ERROR_SYSTEM, "printed plan: not a JSON object");
	if (read_plan(root, &plan, error))
		return -1;
	*ret_plan = plan;
	plan = (struct plan){ 0 };
	return 0;
}
