/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan for people: a line a fact, in the words of mount(8) and of the policy.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/scope.h"
#include "../base/text.h"
#include "../policy/caps.h"
#include "resolve.h"
#include "words.h"

static void print_row(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%-14s %s\n", name, text);
}

/* Names of a set, or "none". */
static void print_set(FILE *out, const char *name, uint64_t set)
{
	scope_memory char *names = set ? caps_print(set) : NULL;

	print_row(out, name, names ? names : "none");
}

static void print_user(FILE *out, const struct plan *plan)
{
	const struct host_user *user = &plan->user;

	fprintf(out, "%-14s %s (uid %u, gid %u)\n", "user", user->name, user->uid, user->gid);
	fprintf(out, "%-14s", "groups");
	for (size_t i = 0; i < user->groups.count; i++)
		fprintf(out, " %s", user->groups.items[i]);
	for (size_t i = 0; i < plan->groups.count; i++)
		fprintf(out, " +%u", plan->groups.items[i]);
	fputc('\n', out);
	print_row(out, "home", user->home);
}

static void print_namespaces(FILE *out, uint32_t own)
{
	fprintf(out, "%-14s", "namespaces");
	for (const struct word *word = words_namespaces; word->name; word++)
		if (own & word->value)
			fprintf(out, " %s", word->name);
	fputc('\n', out);
}

static void print_attributes(FILE *out, const struct plan_mount *mount)
{
	const char *separator = " (";

	for (const struct word *word = words_attributes; word->name; word++)
		if (mount->attributes & word->value) {
			fprintf(out, "%s%s", separator, word->name);
			separator = ",";
		}
	if (mount->options) {
		fprintf(out, "%s%s", separator, mount->options);
		separator = ",";
	}
	if (mount->kind == MOUNT_FOLDER) {
		fprintf(out, "%smode=%04o,uid=%u,gid=%u", separator, mount->mode, mount->uid,
			mount->gid);
		separator = ",";
	}
	if (!strcmp(separator, ","))
		fputc(')', out);
}

/* Names may be the person's own making: what a pattern of `hide` finds in their folders. */
static void print_path(FILE *out, const char *path)
{
	char quoted[4 * PATH_MAX];

	fputs(text_quote(path, quoted, sizeof(quoted)), out);
}

static void print_mount(FILE *out, const struct plan_mount *mount)
{
	static const struct {
		size_t offset;
		const char *word;
	} flags[] = { { offsetof(struct plan_mount, recursive), "recursive" },
		      { offsetof(struct plan_mount, propagate), "slave" },
		      { offsetof(struct plan_mount, make_target), "made" },
		      { offsetof(struct plan_mount, optional), "optional" },
		      { offsetof(struct plan_mount, as_user), "as-user" },
		      { offsetof(struct plan_mount, seal), "sealed" } };

	fprintf(out, "  %-8s ", words_name(words_mounts, mount->kind));
	print_path(out, mount->target);
	if (mount->source && strcmp(mount->source, mount->target)) {
		fputs(" from ", out);
		print_path(out, mount->source);
	}
	print_attributes(out, mount);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (*(const bool *)((const char *)mount + flags[i].offset))
			fprintf(out, " %s", flags[i].word);
	fputc('\n', out);
}

static void print_node(FILE *out, const struct plan_node *node)
{
	if (node->link)
		fprintf(out, "  %s -> %s\n", node->path, node->link);
	else
		fprintf(out, "  %s %c %u:%u %04o %u:%u\n", node->path, node->type, node->major,
			node->minor, node->mode, node->uid, node->gid);
}

static void print_rule(FILE *out, const struct device_rule *rule)
{
	char access[4];

	fprintf(out, "  %c ", rule->type);
	fprintf(out, rule->major < 0 ? "*:" : "%lld:", (long long)rule->major);
	fprintf(out, rule->minor < 0 ? "* " : "%lld ", (long long)rule->minor);
	fprintf(out, "%s\n", words_access(rule->access, access));
}

static void print_limit(FILE *out, uint64_t limit)
{
	if (limit == RLIM_INFINITY)
		fputs("unlimited", out);
	else
		fprintf(out, "%llu", (unsigned long long)limit);
}

static void print_container(FILE *out, const struct plan *plan)
{
	print_namespaces(out, plan->namespaces);
	print_row(out, "hostname", plan->hostname ? plan->hostname : "the host's");
	fprintf(out, "%-14s %s%s%s\n", "rootfs", plan->rootfs,
		plan->root_read_only ? " (read-only)" : "",
		plan->only_shell_gains ? " (nosuid but for confine-shell)" : "");
	fputs("mounts\n", out);
	for (size_t i = 0; i < plan->mounts.count; i++)
		print_mount(out, &plan->mounts.items[i]);
	fputs("nodes\n", out);
	for (size_t i = 0; i < plan->nodes.count; i++)
		print_node(out, &plan->nodes.items[i]);
	fputs("device rules\n", out);
	for (size_t i = 0; i < plan->device_rules.count; i++)
		print_rule(out, &plan->device_rules.items[i]);
	for (size_t i = 0; i < plan->sysctls.count; i++)
		fprintf(out, "%-14s %s=%s\n", "sysctl", plan->sysctls.items[i].name,
			plan->sysctls.items[i].text);
	for (size_t i = 0; i < plan->limits.count; i++)
		fprintf(out, "%-14s %s %s\n", "limit", plan->limits.items[i].file,
			plan->limits.items[i].text);
	if (plan->scope)
		print_row(out, "cgroup", "a scope of systemd's");
	if (plan->shell) {
		print_row(out, "login shell", plan->user.shell);
		fprintf(out, "%-14s %s (where confine-shell starts it)\n", "shell", plan->shell);
	}
	print_row(out, "share", words_name(words_share, plan->share));
	print_row(out, "linger", words_name(words_linger, plan->linger));
	if (plan->max_sessions)
		fprintf(out, "%-14s %u\n", "max_sessions", plan->max_sessions);
}

static void print_join(FILE *out, const struct plan *plan)
{
	char line[sizeof(struct error)];

	print_set(out, "bounding", plan->bounding);
	print_set(out, "ambient", plan->ambient);
	print_row(out, "new privileges", plan->no_new_privileges ? "no" : "yes");
	if (plan->oom_score_adj_set)
		fprintf(out, "%-14s %d\n", "oom_score_adj", plan->oom_score_adj);
	for (size_t i = 0; i < plan->ulimits.count; i++) {
		fprintf(out, "%-14s %s=", "ulimit", limits_name(plan->ulimits.items[i].resource));
		print_limit(out, plan->ulimits.items[i].soft);
		fputc(':', out);
		print_limit(out, plan->ulimits.items[i].hard);
		fputc('\n', out);
	}
	if (plan->max_time_s)
		fprintf(out, "%-14s %llu s\n", "max_time", (unsigned long long)plan->max_time_s);
	for (size_t i = 0; i < plan->env.count; i++)
		print_row(out, "env", plan->env.items[i]);
	print_row(out, "seccomp", plan->seccomp);
	print_row(out, "apparmor", plan->apparmor ? plan->apparmor : "none");
	if (plan->message)
		print_row(out, "message", plan->message);
	for (size_t i = 0; i < plan->warnings.count; i++)
		print_row(out, "warning",
			  error_format(&plan->warnings.items[i], line, sizeof(line)));
}

char *plan_print_text(const struct plan *plan)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool failed;

	if (!out)
		return NULL;
	print_user(out, plan);
	print_container(out, plan);
	print_join(out, plan);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(text);
		return NULL;
	}
	return text;
}
