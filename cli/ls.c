/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine ls: living containers and their logins. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/base/scope.h"
#include "../lib/base/text.h"
#include "../lib/session/containers.h"
#include "command.h"
#include "effective.h"

enum policy_state { POLICY_SAME, POLICY_CHANGED, POLICY_UNKNOWN };
static const char *const policy_words[] = { "same", "changed", "?" };

/*
 * Whether a login of today would still meet in this container, as find_shared() of
 * lib/session/container.c decides. `confine run`'s have flags of their own and no policy folder:
 * nobody meets in them. Whoever would be refused meets nowhere.
 */
static enum policy_state policy_state(const struct container_facts *facts)
{
	static const struct log silent = { 0 };
	const struct plan_context context = { .conf = facts->conf, .log = &silent };
	scope_of(effective) struct effective effective = { .log = &silent };
	struct error error = ERROR_INIT;
	scope_memory char *half = NULL;

	if (!*facts->conf)
		return POLICY_UNKNOWN;
	if (effective_find(&effective, facts->user, facts->conf, &error) ||
	    effective_load(&effective, facts->conf, NULL, &error))
		return POLICY_UNKNOWN;
	half = policy_container_half(&effective.policy);
	if (!half)
		return POLICY_UNKNOWN;
	if (effective.exempt || policy_exempts(&effective.policy) ||
	    strcmp(half, facts->policy) != 0)
		return POLICY_CHANGED;
	if (effective_plan(&effective, &context, &error))
		return POLICY_UNKNOWN;
	return effective.plan.only_shell_gains == facts->only_shell_gains ? POLICY_SAME
									  : POLICY_CHANGED;
}

static const char *time_text(int64_t since_s, char *buffer, size_t size)
{
	time_t seconds = (time_t)since_s;
	struct tm parts;

	if (!localtime_r(&seconds, &parts) || !strftime(buffer, size, "%F %T", &parts))
		snprintf(buffer, size, "?");
	return buffer;
}

static const char *memory_text(uint64_t bytes, char *buffer, size_t size)
{
	if (bytes)
		snprintf(buffer, size, "%" PRIu64 "K", bytes / 1024);
	else
		snprintf(buffer, size, "-");
	return buffer;
}

/* "pts/1,pts/4"; "-" where there is none, "..." where there are more than fit. */
static const char *terminals_text(const struct strings *terminals, char *buffer, size_t size)
{
	static const char more[] = ",...";
	size_t length = 0;

	snprintf(buffer, size, "-");
	for (size_t i = 0; i < terminals->count; i++) {
		const char *name = terminals->items[i];

		if (length + strlen(name) + sizeof(more) >= size) {
			snprintf(buffer + length, size - length, "%s", more);
			break;
		}
		length += (size_t)snprintf(buffer + length, size - length, "%s%s", i ? "," : "",
					   name);
	}
	return buffer;
}

static void print_line(const struct container_facts *facts, const struct logins_entry *login,
		       enum policy_state state)
{
	static const struct strings none;
	char since[32], memory[32], from[128], terminals[64];

	printf("%-12s  %-12s  %-24s  %-8s  %-19s  %7d  %9s  %5" PRIu64 "  %-7s  %s\n", facts->id,
	       facts->user, login ? text_quote(login->from, from, sizeof(from)) : "-",
	       terminals_text(login ? &login->terminals : &none, terminals, sizeof(terminals)),
	       time_text(login ? login->since_s : facts->since_s, since, sizeof(since)),
	       (int)(login ? login->pid : facts->pid),
	       memory_text(facts->memory_bytes, memory, sizeof(memory)), facts->tasks,
	       policy_words[state], login && *login->cgroup ? login->cgroup : "-");
}

/* A line a login; one for a container that has none any more. */
static void print_container(const struct container_facts *facts)
{
	enum policy_state state = policy_state(facts);
	size_t living = 0;

	for (size_t i = 0; i < facts->logins.count; i++)
		if (facts->logins.items[i].lives) {
			print_line(facts, &facts->logins.items[i], state);
			living++;
		}
	if (!living)
		print_line(facts, NULL, state);
}

static void print_text(const struct containers *list)
{
	printf("%-12s  %-12s  %-24s  %-8s  %-19s  %7s  %9s  %5s  %-7s  %s\n", "ID", "USER", "FROM",
	       "TTY", "SINCE", "PID", "MEMORY", "TASKS", "POLICY", "CGROUP");
	for (size_t i = 0; i < list->count; i++)
		print_container(&list->items[i]);
}

static json_object *json_logins(const struct logins_list *logins)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < logins->count; i++) {
		const struct logins_entry *login = &logins->items[i];
		json_object *object = json_object_new_object();

		if (!login->lives) {
			json_object_put(object);
			continue;
		}
		json_object_object_add(object, "pid", json_object_new_int64(login->pid));
		json_object_object_add(object, "from", json_object_new_string(login->from));
		json_object_object_add(object, "since", json_object_new_int64(login->since_s));
		json_object_object_add(object, "terminals", command_json_strings(&login->terminals));
		json_object_object_add(object, "cgroup", json_object_new_string(login->cgroup));
		json_object_array_add(array, object);
	}
	return array;
}

static json_object *json_container(const struct container_facts *facts)
{
	enum policy_state state = policy_state(facts);
	json_object *object = json_object_new_object();

	json_object_object_add(object, "id", json_object_new_string(facts->id));
	json_object_object_add(object, "user", json_object_new_string(facts->user));
	json_object_object_add(object, "uid", json_object_new_int64(facts->uid));
	json_object_object_add(object, "conf", json_object_new_string(facts->conf));
	json_object_object_add(object, "since", json_object_new_int64(facts->since_s));
	json_object_object_add(object, "pid", json_object_new_int64(facts->pid));
	json_object_object_add(object, "tasks", json_object_new_uint64(facts->tasks));
	json_object_object_add(object, "memory",
			       facts->memory_bytes ? json_object_new_uint64(facts->memory_bytes)
						   : NULL);
	json_object_object_add(
		object, "policy_changed",
		state == POLICY_UNKNOWN ? NULL : json_object_new_boolean(state == POLICY_CHANGED));
	json_object_object_add(object, "logins", json_logins(&facts->logins));
	return object;
}

static void print_json(const struct containers *list)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(array, json_container(&list->items[i]));
	command_print_json(array);
}

static int run(const struct command *command, int argc, char **argv)
{
	scope_of(containers) struct containers list = { 0 };
	struct record_faults faults = { &command_log, 0 };
	struct error error = ERROR_INIT;
	bool json;
	int status;

	if (command_parse_json(command, argc, argv, &json, &status) < 0)
		return status;
	if (containers_list(&list, &faults, &error))
		return command_fail(&error, STATUS_FAILED);
	if (json)
		print_json(&list);
	else
		print_text(&list);
	return faults.count ? STATUS_FAILED : STATUS_FINE;
}

const struct command command_ls = {
	.name = "ls",
	.usage = "[--json]",
	.summary = "List living containers and their logins",
	.help = "A line a login, TTY its processes' terminals (its sshd knows none when it "
		"begins),\n"
		"SINCE its own start; memory and tasks are the whole container's.\n"
		"POLICY says whether the user's next login would still meet in it: 'same', or\n"
		"'changed' since it was made; '?' where there is none, or it would be refused.\n",
	.needs = "only options are taken",
	.root = true,
	.run = run,
};
