/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plans for tests: alice on the made-up host, with a policy of a few lines.
 * Included once, by the test's only file.
 */
#ifndef CONFINE_TESTS_MADE_UP_PLAN_H
#define CONFINE_TESTS_MADE_UP_PLAN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../lib/plan/plan.h"
#include "../../lib/policy/keys.h"
#include "made_up_host.h"

#define MOST_LINES 6

/* What a test varies. */
struct made_plan {
	struct host host;
	struct host_user user;
	struct plan_context context;
	const char *origin; /* of every line */
	struct plan plan;
	struct error error;
};

static inline void made_plan_init(struct made_plan *made)
{
	*made = (struct made_plan){ .origin = "alice.ini",
				    .context = { .conf = "/etc/confine.d" } };
	made_up_host(&made->host);
	made_up_user(&made->user);
}

static inline void made_plan_clear(struct made_plan *made)
{
	plan_clear(&made->plan);
	host_user_clear(&made->user);
}

/* "key = value" of either section. */
static inline void made_line(struct overrides *overrides, const char *origin, const char *line)
{
	struct error error = ERROR_INIT;
	const char *equals = strstr(line, " = ");
	scope_memory char *name = strndup(line, (size_t)(equals - line));
	const struct key *key = key_find("container", name);

	if (!key)
		key = key_find("session", name);
	if (!key)
		fail_msg("no key '%s'", name);
	assert_int_equal(overrides_add(overrides, (int)key->id, equals + 3, origin, &error), 0);
}

/* Resolves the lines (up to a NULL); the result of plan_resolve. */
static inline int made_resolve(struct made_plan *made, const char *const *lines)
{
	struct subject subject = { .user = made->user.name,
				   .uid = made->user.uid,
				   .groups = made->user.groups.items,
				   .group_count = made->user.groups.count };
	struct overrides overrides = { 0 };
	struct policy policy = { 0 };
	struct request request = { 0 };
	int result = -1;

	for (size_t i = 0; i < MOST_LINES && lines[i]; i++)
		made_line(&overrides, made->origin, lines[i]);
	if (policy_load(&policy, NULL, &subject, &overrides, NULL, &made->error) ||
	    request_parse(&request, &policy, &made->error))
		fail_msg("the policy is at fault already: %s", made->error.text);
	plan_clear(&made->plan);
	made->error = (struct error)ERROR_INIT;
	result = plan_resolve(&made->plan, &request, &made->user, &made->host, &made->context,
			      &made->error);
	request_clear(&request);
	policy_clear(&policy);
	overrides_clear(&overrides);
	return result;
}

/* Resolves lines that are fine. */
static inline void made_good(struct made_plan *made, const char *const *lines)
{
	if (made_resolve(made, lines))
		fail_msg("%s", made->error.text);
}

#define LINES(...) ((const char *const[MOST_LINES + 1]){ __VA_ARGS__ })

struct refusal {
	const char *lines[MOST_LINES + 1];
	const char *message; /* with its file */
};

/* Each row is refused with its message, and leaves no plan. */
static inline void made_refuse(struct made_plan *made, const struct refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[1024];

		if (!made_resolve(made, rows[i].lines))
			fail_msg("not refused: %s", rows[i].lines[0]);
		assert_string_equal(error_format(&made->error, text, sizeof(text)),
				    rows[i].message);
		assert_null(made->plan.rootfs);
		assert_int_equal(made->plan.mounts.count, 0);
	}
}

#define REFUSE(made, rows) made_refuse(made, rows, sizeof(rows) / sizeof(*(rows)))

/* "KIND TARGET [SOURCE] attributes flags" of the row at `target` with that index from the end. */
static inline const struct plan_mount *made_mount(const struct made_plan *made, const char *target)
{
	for (size_t i = made->plan.mounts.count; i--;)
		if (!strcmp(made->plan.mounts.items[i].target, target))
			return &made->plan.mounts.items[i];
	return NULL;
}

static inline const struct plan_node *made_node(const struct made_plan *made, const char *path)
{
	for (size_t i = 0; i < made->plan.nodes.count; i++)
		if (!strcmp(made->plan.nodes.items[i].path, path))
			return &made->plan.nodes.items[i];
	return NULL;
}

static inline bool made_warned(const struct made_plan *made, const char *line)
{
	char text[sizeof(struct error)];

	for (size_t i = 0; i < made->plan.warnings.count; i++)
		if (!strcmp(error_format(&made->plan.warnings.items[i], text, sizeof(text)), line))
			return true;
	return false;
}

#define scope_made __attribute__((cleanup(made_plan_clear)))

#endif
