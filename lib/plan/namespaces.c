/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which namespaces are the container's own, and its hostname.
 */
#include <ctype.h>
#include <sched.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

/* A hostname as the kernel takes it: at most 64 bytes (sethostname(2)), and nothing that garbles a
 * log or a prompt. */
static int check_hostname(const char *name, struct error *error)
{
	char quoted[256];

	text_quote(name, quoted, sizeof(quoted));
	if (!*name || strlen(name) > 64)
		return error_set(error, ERROR_POLICY, "hostname '%s' is not of 1 to 64 characters",
				 quoted);
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-._", *at))
			return error_set(
				error, ERROR_POLICY,
				"hostname '%s' holds more than letters, digits, '-', '.', '_'",
				quoted);
	return 0;
}

static int resolve_hostname(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	scope_memory char *name = NULL;

	if (!request->hostname)
		return 0;
	if (request->uts_host)
		error_set(error, ERROR_POLICY, "hostname cannot stand beside uts = host");
	else if ((name = expand_text(resolve, request->hostname, error)) &&
		 !check_hostname(name, error)) {
		resolve->plan->hostname = take_pointer(&name);
		return 0;
	}
	return resolve_fault(&request->hostname_origin, error);
}

int resolve_namespaces(struct resolve *resolve, struct error *error)
{
	const struct request *request = resolve->request;
	uint32_t own = CLONE_NEWNS;

	own |= request->pid_host ? 0 : CLONE_NEWPID;
	own |= request->ipc_host ? 0 : CLONE_NEWIPC;
	own |= request->uts_host ? 0 : CLONE_NEWUTS;
	own |= request->cgroupns_host ? 0 : CLONE_NEWCGROUP;
	own |= request->network_none ? CLONE_NEWNET : 0;
	resolve->plan->namespaces = own;
	return resolve_hostname(resolve, error);
}
