/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "keys.h"
#include "value.h"

/* Every row of `list`, each with an origin, then the array. */
#define CLEAR_LIST(list, ...)                                               \
	do {                                                                \
		for (size_t i = 0; i < (list).count; i++) {                 \
			__typeof__(*(list).items) *item = &(list).items[i]; \
			__VA_ARGS__;                                        \
			origin_clear(&item->origin);                        \
		}                                                           \
		free((list).items);                                         \
	} while (0)

static void clear_lists(struct request *request)
{
	CLEAR_LIST(request->capabilities, );
	CLEAR_LIST(request->devices, free(item->host), free(item->inside));
	CLEAR_LIST(request->device_rules, );
	CLEAR_LIST(request->volumes, free(item->source), free(item->target));
	CLEAR_LIST(request->tmpfs, free(item->target));
	CLEAR_LIST(request->ulimits, );
	CLEAR_LIST(request->rates, free(item->path));
	CLEAR_LIST(request->sysctls, free(item->name), free(item->text));
	CLEAR_LIST(request->env, free(item->name), free(item->text));
	CLEAR_LIST(request->env_files, free(item->text));
	CLEAR_LIST(request->group_add, free(item->text));
	CLEAR_LIST(request->hide, free(item->text));
	CLEAR_LIST(request->homes, free(item->text));
	CLEAR_LIST(request->run, free(item->text));
}

void request_clear(struct request *request)
{
	clear_lists(request);
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		free(request->limits[i].text);
		origin_clear(&request->limits[i].origin);
	}
	free(request->seccomp);
	free(request->apparmor);
	free(request->hostname);
	free(request->rootfs);
	free(request->message);
	free(request->shell);
	origin_clear(&request->privileged_origin);
	origin_clear(&request->no_new_privileges_origin);
	origin_clear(&request->pid_origin);
	origin_clear(&request->seccomp_origin);
	origin_clear(&request->apparmor_origin);
	origin_clear(&request->hostname_origin);
	origin_clear(&request->rootfs_origin);
	origin_clear(&request->oom_score_adj_origin);
	origin_clear(&request->share_origin);
	origin_clear(&request->linger_origin);
	origin_clear(&request->shell_origin);
	*request = (struct request){ 0 };
}

int request_value(struct request *request, const struct key *key, const struct value *value,
		  struct error *error)
{
	if (key->parse(request, value, error)) {
		if (error->kind == ERROR_POLICY)
			error_prefix(error, "%s", key->name);
		return error_locate(error, value->origin.file, value->origin.line);
	}
	if (key->state != STATE_LATER)
		return 0;
	error_set(error, ERROR_UNSUPPORTED, "%s is not supported yet by this build", key->name);
	return error_locate(error, value->origin.file, value->origin.line);
}

/* The built-in value of a key that no layer sets. */
static int parse_fallback(struct request *request, const struct key *key, struct error *error)
{
	char text[64], suffix[] = "", file[] = "built-in";
	struct value value = { .text = text, .suffix = suffix, .origin = { .file = file } };

	snprintf(text, sizeof(text), "%s", key->fallback);
	return *text ? key->parse(request, &value, error) : 0;
}

static int parse_setting(struct request *request, const struct key *key,
			 const struct setting *setting, struct error *error)
{
	if (!setting->count)
		return parse_fallback(request, key, error);
	for (size_t i = 0; i < setting->count; i++)
		if (request_value(request, key, &setting->values[i], error))
			return -1;
	return 0;
}

/* What a sysctl needs of the container's namespaces, as in Docker. */
static int check_sysctls(const struct request *request, struct error *error)
{
	for (size_t i = 0; i < request->sysctls.count; i++) {
		const struct pair_request *pair = &request->sysctls.items[i];
		bool net = text_starts(pair->name, "net.");

		if (net ? request->network_none : !request->ipc_host)
			continue;
		error_set(error, ERROR_POLICY, "sysctl: '%s' needs %s of one's own (%s)",
			  pair->name, net ? "a network" : "an IPC namespace",
			  net ? "network = none" : "ipc = private");
		return error_locate(error, pair->origin.file, pair->origin.line);
	}
	return 0;
}

/* What Docker asks of the memory limits together (daemon/daemon_unix.go). */
static int check_memory(const struct request *request, struct error *error)
{
	const struct limit_request *limits = request->limits;
	int64_t memory = limits[LIMIT_MEMORY].number, swap = limits[LIMIT_MEMORY_SWAP].number;
	const struct origin *origin = &limits[LIMIT_MEMORY_SWAP].origin;

	if (swap > 0 && !memory) {
		error_set(error, ERROR_POLICY, "memory_swap: there is no memory limit beside it");
	} else if (swap > 0 && swap < memory) {
		error_set(error, ERROR_POLICY,
			  "memory_swap: memory and swap together are less than memory");
	} else if (memory && limits[LIMIT_MEMORY_RESERVATION].number > memory) {
		error_set(error, ERROR_POLICY, "memory_reservation: is more than memory");
		origin = &limits[LIMIT_MEMORY_RESERVATION].origin;
	} else {
		return 0;
	}
	return error_locate(error, origin->file, origin->line);
}

int request_parse(struct request *ret_request, const struct policy *policy, struct error *error)
{
	scope_of(request) struct request request = { .caps = policy->caps };

	for (size_t i = 0; i < KEY_COUNT; i++)
		if (parse_setting(&request, &keys[i], &policy->settings[i], error))
			return -1;
	if (check_sysctls(&request, error) || check_memory(&request, error))
		return -1;
	*ret_request = request;
	request = (struct request){ 0 };
	return 0;
}
