/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_hold.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/scope.h"

static const struct pam_line *own_line(const struct pam_stack *stack, enum pam_type type)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct pam_line *line = &stack->items[i];

		/* A line with `close` opens nothing (pam_confine(8)). */
		if (line->type == type && pam_line_is(line, "pam_confine.so") &&
		    !strings_contain(&line->arguments, "close"))
			return line;
	}
	return NULL;
}

/* Whether what the module refuses is refused. */
static bool is_strong(const struct pam_line *line, const char *answer)
{
	char buffer[64];
	const char *action = pam_line_action(line, answer, buffer, sizeof(buffer));

	return !strcmp(action, "bad") || !strcmp(action, "die");
}

/* How many lines must be jumped over to pass by `own`: all of a substack is one (pam.d(5)). */
static size_t distance(const struct pam_line *line, const struct pam_line *own)
{
	bool within = false; /* a substack that counts already */
	size_t lines = 0;

	for (const struct pam_line *at = line + 1; at <= own; at++) {
		if (at->type != own->type)
			continue;
		lines += at->level <= line->level || !within;
		within = at->level > line->level;
	}
	return lines;
}

enum pam_hold_kind pam_hold_threat(const struct pam_line *line, const struct pam_line *own)
{
	static const char *const answers[] = { "success", "ignore", "default" };
	char buffer[64];

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		const char *action = pam_line_action(line, answers[i], buffer, sizeof(buffer));

		/* In a substack it ends that one only. */
		if (!strcmp(action, "done") && line->level <= own->level)
			return PAM_HOLD_PASSED;
		if (isdigit((unsigned char)*action) &&
		    strtoul(action, NULL, 10) >= distance(line, own))
			return PAM_HOLD_JUMPED;
	}
	return PAM_HOLD_FULL;
}

/* A line that was to be ours: libpam fails where a module is not there. */
static struct pam_hold weigh_mistyped(const struct pam_stack *stack, const char *answer)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct pam_line *line = &stack->items[i];

		if (line->type == PAM_TYPE_SESSION && !line->optional && is_strong(line, answer) &&
		    pam_line_seems(line, "pam_confine.so") && !pam_line_loads(line, CONFINE_PAMDIR))
			return (struct pam_hold){ PAM_HOLD_SHUT, line };
	}
	return (struct pam_hold){ PAM_HOLD_NONE, NULL };
}

static struct pam_hold weigh(const struct pam_stack *stack, const struct pam_line *own,
			     const char *answer)
{
	if (!own)
		return (struct pam_hold){ PAM_HOLD_NONE, NULL };
	/* `-session`: where the module is missing, nothing is said and nothing refused. */
	if (!is_strong(own, answer) || own->optional)
		return (struct pam_hold){ PAM_HOLD_WEAK, own };
	for (const struct pam_line *line = own; line-- > stack->items;) {
		enum pam_hold_kind kind =
			line->type == own->type ? pam_hold_threat(line, own) : PAM_HOLD_FULL;

		if (kind != PAM_HOLD_FULL)
			return (struct pam_hold){ kind, line };
	}
	return (struct pam_hold){ PAM_HOLD_FULL, own };
}

struct pam_hold pam_hold_find(const struct pam_stack *stack, bool setcred)
{
	struct pam_hold hold = weigh(stack, own_line(stack, PAM_TYPE_SESSION), "session_err");
	struct pam_hold joins = weigh(stack, own_line(stack, PAM_TYPE_AUTH), "cred_err");

	if (setcred && hold.kind != PAM_HOLD_FULL && joins.kind == PAM_HOLD_FULL)
		return joins;
	return hold.kind == PAM_HOLD_NONE ? weigh_mistyped(stack, "module_unknown") : hold;
}

static bool has_type(const struct pam_stack *stack, enum pam_type type)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->items[i].type == type)
			return true;
	return false;
}

int pam_hold_read(struct pam_stack *ret_stack, const char *const *folders, const char *service,
		  struct error *error)
{
	scope_of(pam_stack) struct pam_stack other = { 0 };
	struct error fault = ERROR_INIT;

	if (pam_files_read(ret_stack, folders, service, error))
		return -1;
	if (has_type(ret_stack, PAM_TYPE_SESSION) ||
	    pam_files_read(&other, folders, "other", &fault))
		return 0;
	for (size_t i = 0; i < other.count; i++) {
		struct pam_line *line;

		if (other.items[i].type != PAM_TYPE_SESSION)
			continue;
		line = array_add(&ret_stack->items, &ret_stack->count, sizeof(*line));
		if (!line) {
			pam_stack_clear(ret_stack);
			return error_memory(error);
		}
		*line = other.items[i];
		other.items[i] = (struct pam_line){ 0 };
	}
	return 0;
}
