/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scope_unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "../base/scope.h"
#include "../base/text.h"

enum { TIMEOUT_S = 10, STOP_TIMEOUT_S = 5 };

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"

/* sd_bus_error(3). */
struct bus_error {
	const char *name, *message;
	int need_free;
};

typedef int handler(void *message, void *context, struct bus_error *error);

/* What is used of sd-bus(3), whose interface is stable: building needs no libsystemd. */
struct library {
	int (*new)(void **ret_bus);
	int (*set_address)(void *bus, const char *address);
	int (*set_bus_client)(void *bus, int client);
	int (*set_method_call_timeout)(void *bus, uint64_t timeout_us);
	int (*start)(void *bus);
	int (*is_ready)(void *bus);
	int (*match_signal)(void *bus, void **ret_slot, const char *sender, const char *path,
			    const char *interface, const char *member, handler *callback,
			    void *context);
	int (*message_new_method_call)(void *bus, void **ret_message, const char *destination,
				       const char *path, const char *interface, const char *member);
	int (*message_append)(void *message, const char *types, ...);
	int (*open_container)(void *message, char type, const char *contents);
	int (*close_container)(void *message);
	int (*message_read)(void *message, const char *types, ...);
	int (*call)(void *bus, void *message, uint64_t timeout_us, struct bus_error *error,
		    void **ret_reply);
	int (*process)(void *bus, void **ret_message);
	int (*wait)(void *bus, uint64_t timeout_us);
	void *(*message_unref)(void *message);
	void *(*close_unref)(void *bus);
	void (*error_free)(struct bus_error *error);
	void *handle;
};

static const struct {
	size_t offset;
	const char *name;
} symbols[] = {
	{ offsetof(struct library, new), "sd_bus_new" },
	{ offsetof(struct library, set_address), "sd_bus_set_address" },
	{ offsetof(struct library, set_bus_client), "sd_bus_set_bus_client" },
	{ offsetof(struct library, set_method_call_timeout), "sd_bus_set_method_call_timeout" },
	{ offsetof(struct library, start), "sd_bus_start" },
	{ offsetof(struct library, is_ready), "sd_bus_is_ready" },
	{ offsetof(struct library, match_signal), "sd_bus_match_signal" },
	{ offsetof(struct library, message_new_method_call), "sd_bus_message_new_method_call" },
	{ offsetof(struct library, message_append), "sd_bus_message_append" },
	{ offsetof(struct library, open_container), "sd_bus_message_open_container" },
	{ offsetof(struct library, close_container), "sd_bus_message_close_container" },
	{ offsetof(struct library, message_read), "sd_bus_message_read" },
	{ offsetof(struct library, call), "sd_bus_call" },
	{ offsetof(struct library, process), "sd_bus_process" },
	{ offsetof(struct library, wait), "sd_bus_wait" },
	{ offsetof(struct library, message_unref), "sd_bus_message_unref" },
	{ offsetof(struct library, close_unref), "sd_bus_close_unref" },
	{ offsetof(struct library, error_free), "sd_bus_error_free" },
};

/* One conversation. */
struct talk {
	struct library sd;
	void *bus, *reply;
	struct bus_error fault;
	const char *job; /* part of the reply */
	char *result; /* "done", once the job is */
	struct timespec end;
};

static void talk_clear(struct talk *talk)
{
	if (!talk->sd.handle)
		return;
	talk->sd.error_free(&talk->fault);
	if (talk->reply)
		talk->sd.message_unref(talk->reply);
	if (talk->bus)
		talk->sd.close_unref(talk->bus);
	free(talk->result);
	dlclose(talk->sd.handle);
}

static int load(struct library *sd, struct error *error)
{
	struct library found = { .handle = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL) };

	if (!found.handle)
		return error_set(error, ERROR_HOST, "cannot load libsystemd.so.0");
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *symbol = dlsym(found.handle, symbols[i].name);

		if (!symbol) {
			dlclose(found.handle);
			return error_set(error, ERROR_HOST, "libsystemd.so.0 has no %s",
					 symbols[i].name);
		}
		memcpy((char *)&found + symbols[i].offset, &symbol, sizeof(symbol));
	}
	*sd = found;
	return 0;
}

/* The time that is left, in microseconds. */
static uint64_t time_left(const struct talk *talk)
{
	struct timespec now;
	int64_t left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (int64_t)(talk->end.tv_sec - now.tv_sec) * 1000000 +
	       (talk->end.tv_nsec - now.tv_nsec) / 1000;
	return left > 0 ? (uint64_t)left : 0;
}

static int fail(struct talk *talk, int result, const char *what, struct error *error)
{
	char quoted[256];

	if (talk->fault.message)
		return error_set(error, ERROR_HOST, "%s: %s", what,
				 text_quote(talk->fault.message, quoted, sizeof(quoted)));
	errno = -result;
	return error_errno(error, "%s", what);
}

/* JobRemoved of systemd: u id, o job, s unit, s result. */
static int job_removed(void *message, void *context, struct bus_error *error)
{
	struct talk *talk = context;
	const char *job, *unit, *result;
	uint32_t number;

	(void)error;
	if (talk->sd.message_read(message, "uoss", &number, &job, &unit, &result) < 0)
		return 0;
	if (talk->job && !strcmp(job, talk->job) && !talk->result)
		talk->result = strdup(result);
	return 0;
}

/* A step of the conversation, within the time that is left. */
static int step(const struct talk *talk)
{
	uint64_t left = time_left(talk);
	int result = left ? talk->sd.process(talk->bus, NULL) : -ETIMEDOUT;

	if (!result)
		result = talk->sd.wait(talk->bus, left);
	return result == -EINTR ? 0 : result; /* the server's own signals */
}

/* Greeted by the bus. A call would wait for that too, but as long as libsystemd likes: 90 s. */
static int get_ready(const struct talk *talk)
{
	int ready, result = 0;

	while (!(ready = talk->sd.is_ready(talk->bus)) && result >= 0)
		result = step(talk);
	return result < 0 ? result : ready;
}

/* The address is fixed: under su the environment is the caller's. */
static int reach(struct talk *talk, struct error *error)
{
	const struct library *sd = &talk->sd;
	int result = sd->new (&talk->bus);

	if (result >= 0)
		result = sd->set_address(talk->bus, "unix:path=/run/dbus/system_bus_socket");
	if (result >= 0)
		result = sd->set_bus_client(talk->bus, 1);
	if (result >= 0)
		result = sd->start(talk->bus);
	if (result >= 0)
		result = get_ready(talk);
	if (result >= 0) /* 0 would be the default, 25 s */
		result = sd->set_method_call_timeout(talk->bus, time_left(talk) + 1);
	if (result >= 0)
		result = sd->match_signal(talk->bus, NULL, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
					  "JobRemoved", job_removed, talk);
	return result < 0 ? fail(talk, result, "cannot reach the system bus", error) : 0;
}

/*
 * The scope's properties. TasksMax: the policy's limit holds, not systemd's default one. A stop
 * ends with SIGKILL after a while, for init hears no other signal. OOMPolicy (from 253 on, where it
 * would be "stop"): an end for want of memory is one process's, not everyone's.
 */
static int put_properties(const struct talk *talk, void *message, const struct scope_unit *unit,
			  bool oom_policy)
{
	scope_memory char *description =
		text_format("Container %s of %s (confine)", unit->id, unit->user);
	scope_memory char *slice = text_format("user-%u.slice", unit->uid);
	int (*append)(void *, const char *, ...) = talk->sd.message_append;
	int result = description && slice ? 0 : -ENOMEM;

	if (result >= 0)
		result = append(message, "(sv)(sv)(sv)", "Description", "s", description, "Slice",
				"s", slice, "PIDs", "au", 1, (uint32_t)unit->pid);
	if (result >= 0)
		result = append(message, "(sv)(sv)(sv)(sv)", "Delegate", "b", 1, "TasksMax", "t",
				UINT64_MAX, "TimeoutStopUSec", "t",
				STOP_TIMEOUT_S * UINT64_C(1000000), "CollectMode", "s",
				"inactive-or-failed");
	if (result >= 0)
		result = append(message, "(sv)", "RequiresMountsFor", "as", 1, unit->home);
	if (result >= 0 && oom_policy)
		result = append(message, "(sv)", "OOMPolicy", "s", "continue");
	return result;
}

static int put_call(const struct talk *talk, void *message, const struct scope_unit *unit,
		    bool oom_policy)
{
	const struct library *sd = &talk->sd;
	scope_memory char *name = text_format("confine-%s.scope", unit->id);
	int result = name ? sd->message_append(message, "ss", name, "fail") : -ENOMEM;

	if (result >= 0)
		result = sd->open_container(message, 'a', "(sv)");
	if (result >= 0)
		result = put_properties(talk, message, unit, oom_policy);
	if (result >= 0)
		result = sd->close_container(message);
	if (result >= 0)
		result = sd->message_append(message, "a(sa(sv))", 0);
	return result;
}

/* The job's path in talk->job, or less than 0. */
static int ask(struct talk *talk, const struct scope_unit *unit, bool oom_policy)
{
	const struct library *sd = &talk->sd;
	void *message = NULL;
	int result = sd->message_new_method_call(talk->bus, &message, SYSTEMD, SYSTEMD_PATH,
						 SYSTEMD_MANAGER, "StartTransientUnit");

	if (result >= 0)
		result = put_call(talk, message, unit, oom_policy);
	if (result >= 0)
		result = sd->call(talk->bus, message, time_left(talk), &talk->fault, &talk->reply);
	if (result >= 0)
		result = sd->message_read(talk->reply, "o", &talk->job);
	sd->message_unref(message);
	return result;
}

static int await(struct talk *talk, struct error *error)
{
	int result = 0;

	while (!talk->result && result >= 0)
		result = step(talk);
	if (result < 0)
		return fail(talk, result,
			    result == -ETIMEDOUT ? "systemd has not made it"
						 : "the system bus is gone",
			    error);
	if (strcmp(talk->result, "done"))
		return error_set(error, ERROR_HOST, "systemd's job has ended as '%s'",
				 talk->result);
	return 0;
}

int scope_unit_start(const struct scope_unit *unit, struct error *error)
{
	scope_of(talk) struct talk talk = { 0 };
	int result;

	if (load(&talk.sd, error))
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &talk.end);
	talk.end.tv_sec += TIMEOUT_S;
	if (reach(&talk, error))
		return -1;
	result = ask(&talk, unit, true);
	if (result == -EROFS) { /* a property that it does not know: "PropertyReadOnly" */
		talk.sd.error_free(&talk.fault);
		result = ask(&talk, unit, false);
	}
	if (result < 0)
		return fail(&talk, result, "systemd", error);
	return await(&talk, error);
}
