/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sysctls of the container's own namespaces, held against those of this
 * host: what the kernel would not take is refused here, with its place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

/* A fresh network has these, whatever interfaces the host's has. */
static const char *const fresh_interfaces[] = { "lo", "all", "default" };

/* net.ipv4.conf.eth0.forwarding is the host's: there is no eth0 inside. */
static int check_interface(const char *name, struct error *error)
{
	static const char *const families[] = { "net.ipv4.conf.", "net.ipv6.conf.",
						"net.ipv4.neigh.", "net.ipv6.neigh." };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		const char *interface = name + strlen(families[i]);
		size_t length;

		if (!text_starts(name, families[i]))
			continue;
		length = strcspn(interface, ".");
		for (size_t j = 0; j < sizeof(fresh_interfaces) / sizeof(*fresh_interfaces); j++)
			if (strlen(fresh_interfaces[j]) == length &&
			    !strncmp(interface, fresh_interfaces[j], length))
				return 0;
		return error_set(error, ERROR_POLICY, "sysctl '%s': a private network has only lo",
				 name);
	}
	return 0;
}

/* The next whole number of a sysctl's text (proc_dointvec takes them in C's notations, a blank
 * apart); 1: it is there, 0: the text ends, -1: it is something else. */
static int next_number(const char **text)
{
	char *end;

	*text += strspn(*text, " \t\n");
	if (!**text)
		return 0;
	errno = 0;
	if (**text == '-')
		strtoll(*text, &end, 0);
	else
		strtoull(*text, &end, 0);
	if (errno || end == *text || (*end && !strchr(" \t\n", *end)))
		return -1;
	*text = end;
	return 1;
}

/* How many numbers a text is; -1 where it is not all numbers. */
static int count_numbers(const char *text)
{
	int count = 0, next;

	while ((next = next_number(&text)) > 0)
		count++;
	return next < 0 ? -1 : count;
}

/* The kernel says only "Invalid argument", and only when the container is being made. */
static int check_sysctl(const struct resolve *resolve, const struct pair_request *pair,
			struct error *error)
{
	scope_memory char *now = NULL;
	int wanted = count_numbers(pair->text), held;
	char quoted[128];

	if (check_interface(pair->name, error))
		return -1;
	if (resolve->host->sysctl(resolve->host, pair->name, &now, error))
		return -1;
	held = count_numbers(now);
	if (held <= 0)
		return 0;
	text_quote(pair->text, quoted, sizeof(quoted));
	if (wanted <= 0)
		return error_set(error, ERROR_POLICY, "sysctl '%s': '%s' is no whole number",
				 pair->name, quoted);
	if (wanted > held)
		return error_set(error, ERROR_POLICY, "sysctl '%s': '%s' has more than %d number%s",
				 pair->name, quoted, held, held == 1 ? "" : "s");
	return 0;
}

static int add_sysctl(struct plan *plan, const char *name, const char *text, struct error *error)
{
	struct plan_pair *pair = NULL;

	for (size_t i = 0; i < plan->sysctls.count; i++)
		if (!strcmp(plan->sysctls.items[i].name, name))
			pair = &plan->sysctls.items[i];
	if (!pair)
		pair = array_add(&plan->sysctls.items, &plan->sysctls.count, sizeof(*pair));
	if (!pair)
		return error_memory(error);
	free(pair->name);
	free(pair->text);
	pair->name = strdup(name);
	pair->text = strdup(text);
	return pair->name && pair->text ? 0 : error_memory(error);
}

int resolve_sysctls(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;

	/* Docker's own in every private network (daemon/oci_linux.go). */
	if (request->network_none &&
	    (add_sysctl(resolve->plan, "net.ipv4.ping_group_range", "0 2147483647", error) ||
	     add_sysctl(resolve->plan, "net.ipv4.ip_unprivileged_port_start", "0", error)))
		return -1;
	for (size_t i = 0; i < request->sysctls.count; i++) {
		const struct pair_request *pair = &request->sysctls.items[i];

		if (check_sysctl(resolve, pair, error))
			return resolve_fault(&pair->origin, error);
		if (add_sysctl(resolve->plan, pair->name, pair->text, error))
			return -1;
	}
	return 0;
}
