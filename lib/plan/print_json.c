/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan as JSON: all of it but the filter's program. Numbers that a reader of
 * JSON could round (limits) are written as they are; json-c keeps 64 bits.
 */
#include <json-c/json.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/scope.h"
#include "../policy/caps.h"
#include "resolve.h"
#include "words.h"

/*
 * json-c says by NULL or -1 that memory ran out; both are gathered in one flag,
 * so that the lines below say what is printed and nothing else.
 */
struct printer {
	bool failed;
};

static void put(struct printer *printer, struct json_object *object, const char *name,
		struct json_object *value)
{
	if (!value || !object || json_object_object_add(object, name, value)) {
		json_object_put(value);
		printer->failed = true;
	}
}

static void put_text(struct printer *printer, struct json_object *object, const char *name,
		     const char *text)
{
	if (text)
		put(printer, object, name, json_object_new_string(text));
}

static void put_number(struct printer *printer, struct json_object *object, const char *name,
		       int64_t number)
{
	put(printer, object, name, json_object_new_int64(number));
}

/* Only what holds is said. */
static void put_flag(struct printer *printer, struct json_object *object, const char *name,
		     bool flag)
{
	if (flag)
		put(printer, object, name, json_object_new_boolean(true));
}

/* A mode as people write it. */
static void put_mode(struct printer *printer, struct json_object *object, mode_t mode)
{
	char text[16];

	snprintf(text, sizeof(text), "%04o", mode);
	put_text(printer, object, "mode", text);
}

static void append(struct printer *printer, struct json_object *array, struct json_object *value)
{
	if (!value || !array || json_object_array_add(array, value)) {
		json_object_put(value);
		printer->failed = true;
	}
}

static struct json_object *print_strings(struct printer *printer, const struct strings *list)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		append(printer, array, json_object_new_string(list->items[i]));
	return array;
}

static struct json_object *print_findings(struct printer *printer, const struct findings *list)
{
	struct json_object *array = json_object_new_array();
	char line[sizeof(struct error)];

	for (size_t i = 0; i < list->count; i++)
		append(printer, array,
		       json_object_new_string(error_format(&list->items[i], line, sizeof(line))));
	return array;
}

static struct json_object *print_flags(struct printer *printer, const struct word *words,
				       uint64_t set)
{
	struct json_object *array = json_object_new_array();

	for (; words->name; words++)
		if (set & words->value)
			append(printer, array, json_object_new_string(words->name));
	return array;
}

static struct json_object *print_caps(struct printer *printer, uint64_t set)
{
	struct json_object *array = json_object_new_array();
	char name[32];

	for (int capability = 0; capability < 64; capability++)
		if (set & CAPS_BIT(capability))
			append(printer, array,
			       json_object_new_string(caps_name(capability, name, sizeof(name))));
	return array;
}

static struct json_object *print_gids(struct printer *printer, const gid_t *gids, size_t count)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		append(printer, array, json_object_new_int64(gids[i]));
	return array;
}

static struct json_object *print_user(struct printer *printer, const struct host_user *user)
{
	struct json_object *object = json_object_new_object();

	put_text(printer, object, "name", user->name);
	put_number(printer, object, "uid", user->uid);
	put_number(printer, object, "gid", user->gid);
	put_text(printer, object, "group", user->group);
	put_text(printer, object, "home", user->home);
	put_text(printer, object, "shell", user->shell);
	put(printer, object, "groups", print_strings(printer, &user->groups));
	put(printer, object, "gids", print_gids(printer, user->gids, user->groups.count));
	return object;
}

static struct json_object *print_mount(struct printer *printer, const struct plan_mount *mount)
{
	struct json_object *object = json_object_new_object();

	put_text(printer, object, "kind", words_name(words_mounts, mount->kind));
	put_text(printer, object, "target", mount->target);
	put_text(printer, object, "source", mount->source);
	put_text(printer, object, "options", mount->options);
	if (mount->attributes)
		put(printer, object, "attributes",
		    print_flags(printer, words_attributes, mount->attributes));
	put_flag(printer, object, "recursive", mount->recursive);
	put_flag(printer, object, "propagate", mount->propagate);
	put_flag(printer, object, "make_target", mount->make_target);
	put_flag(printer, object, "optional", mount->optional);
	put_flag(printer, object, "as_user", mount->as_user);
	put_flag(printer, object, "seal", mount->seal);
	if (mount->kind == MOUNT_FOLDER) {
		put_mode(printer, object, mount->mode);
		put_number(printer, object, "uid", mount->uid);
		put_number(printer, object, "gid", mount->gid);
	}
	return object;
}

static struct json_object *print_node(struct printer *printer, const struct plan_node *node)
{
	struct json_object *object = json_object_new_object();
	char type[2] = { node->type, '\0' };

	put_text(printer, object, "path", node->path);
	put_text(printer, object, "link", node->link);
	if (node->link)
		return object;
	put_text(printer, object, "type", type);
	put_number(printer, object, "major", node->major);
	put_number(printer, object, "minor", node->minor);
	put_mode(printer, object, node->mode);
	put_number(printer, object, "uid", node->uid);
	put_number(printer, object, "gid", node->gid);
	return object;
}

/* As Docker writes a rule: "c 1:3 rwm". */
static struct json_object *print_rule(const struct device_rule *rule)
{
	char text[80], major[24] = "*", minor[24] = "*", access[4];

	if (rule->major >= 0)
		snprintf(major, sizeof(major), "%lld", (long long)rule->major);
	if (rule->minor >= 0)
		snprintf(minor, sizeof(minor), "%lld", (long long)rule->minor);
	snprintf(text, sizeof(text), "%c %s:%s %s", rule->type, major, minor,
		 words_access(rule->access, access));
	return json_object_new_string(text);
}

static struct json_object *print_limit(uint64_t limit)
{
	return limit == RLIM_INFINITY ? json_object_new_string("unlimited")
				      : json_object_new_uint64(limit);
}

static struct json_object *print_ulimit(struct printer *printer, const struct plan_ulimit *ulimit)
{
	struct json_object *object = json_object_new_object();

	put_text(printer, object, "name", limits_name(ulimit->resource));
	put(printer, object, "soft", print_limit(ulimit->soft));
	put(printer, object, "hard", print_limit(ulimit->hard));
	return object;
}

static void put_tree(struct printer *printer, struct json_object *root, const struct plan *plan)
{
	struct json_object *mounts = json_object_new_array(), *nodes = json_object_new_array();
	struct json_object *rules = json_object_new_array();

	for (size_t i = 0; i < plan->mounts.count; i++)
		append(printer, mounts, print_mount(printer, &plan->mounts.items[i]));
	for (size_t i = 0; i < plan->nodes.count; i++)
		append(printer, nodes, print_node(printer, &plan->nodes.items[i]));
	for (size_t i = 0; i < plan->device_rules.count; i++)
		append(printer, rules, print_rule(&plan->device_rules.items[i]));
	put_text(printer, root, "rootfs", plan->rootfs);
	put_flag(printer, root, "root_read_only", plan->root_read_only);
	put_flag(printer, root, "only_shell_gains", plan->only_shell_gains);
	put(printer, root, "mounts", mounts);
	put(printer, root, "nodes", nodes);
	put(printer, root, "device_rules", rules);
}

/* As it is written: "memory.max 536870912". A file may be written more than once. */
static struct json_object *print_limits(struct printer *printer, const struct plan *plan)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < plan->limits.count; i++) {
		const struct plan_limit *limit = &plan->limits.items[i];
		scope_memory char *text = text_format("%s %s", limit->file, limit->text);

		append(printer, array, text ? json_object_new_string(text) : NULL);
	}
	return array;
}

static void put_container(struct printer *printer, struct json_object *root,
			  const struct plan *plan)
{
	struct json_object *sysctls = json_object_new_object();

	for (size_t i = 0; i < plan->sysctls.count; i++)
		put_text(printer, sysctls, plan->sysctls.items[i].name,
			 plan->sysctls.items[i].text);
	put_text(printer, root, "policy", plan->policy);
	put_flag(printer, root, "service", plan->service);
	put_flag(printer, root, "privileged", plan->privileged);
	put(printer, root, "namespaces", print_flags(printer, words_namespaces, plan->namespaces));
	put_text(printer, root, "hostname", plan->hostname);
	put_tree(printer, root, plan);
	put(printer, root, "sysctls", sysctls);
	put(printer, root, "limits", print_limits(printer, plan));
	put_flag(printer, root, "scope", plan->scope);
	put_text(printer, root, "shell", plan->shell);
	put_text(printer, root, "share", words_name(words_share, plan->share));
	put_text(printer, root, "linger", words_name(words_linger, plan->linger));
	put_number(printer, root, "max_sessions", plan->max_sessions);
}

static void put_join(struct printer *printer, struct json_object *root, const struct plan *plan)
{
	struct json_object *ulimits = json_object_new_array();

	for (size_t i = 0; i < plan->ulimits.count; i++)
		append(printer, ulimits, print_ulimit(printer, &plan->ulimits.items[i]));
	put(printer, root, "bounding", print_caps(printer, plan->bounding));
	put(printer, root, "ambient", print_caps(printer, plan->ambient));
	put_flag(printer, root, "no_new_privileges", plan->no_new_privileges);
	if (plan->oom_score_adj_set)
		put_number(printer, root, "oom_score_adj", plan->oom_score_adj);
	put(printer, root, "groups", print_gids(printer, plan->groups.items, plan->groups.count));
	put(printer, root, "ulimits", ulimits);
	if (plan->max_time_s)
		put_number(printer, root, "max_time_s", (int64_t)plan->max_time_s);
	put(printer, root, "env", print_strings(printer, &plan->env));
	put_text(printer, root, "seccomp", plan->seccomp);
	put_text(printer, root, "apparmor", plan->apparmor);
	put_text(printer, root, "message", plan->message);
	put(printer, root, "warnings", print_findings(printer, &plan->warnings));
}

char *plan_print_json(const struct plan *plan)
{
	struct json_object *root = json_object_new_object();
	struct printer printer = { .failed = !root };
	const char *text = NULL;
	char *copy = NULL;

	if (root) {
		put(&printer, root, "user", print_user(&printer, &plan->user));
		put_container(&printer, root, plan);
		put_join(&printer, root, plan);
	}
	if (!printer.failed)
		text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
								    JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		copy = strdup(text);
	json_object_put(root);
	return copy;
}
