/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an admin should know about a plan that is carried out as it is written:
 * where it gives power over the host, or gives less than it may seem to.
 */
#include <linux/capability.h>
#include <sched.h>
#include <string.h>

#include "../base/scope.h"
#include "../policy/caps.h"
#include "resolve.h"

/* Capabilities that reach beyond any container (capabilities(7); threats.md, "promised when"). */
static const struct {
	int capability;
	const char *power;
} powers[] = {
	{ CAP_SYS_ADMIN, "mount file systems and much else, over the host too" },
	{ CAP_SYS_PTRACE, "reach into whatever joins the container, init and sshd's process too" },
	{ CAP_SYS_MODULE, "load code into the kernel" },
	{ CAP_SYS_RAWIO, "reach the host's memory and disks" },
	{ CAP_DAC_READ_SEARCH, "read every file of the host by its handle" },
	{ CAP_SYS_BOOT, "restart the host" },
	{ CAP_SYS_TIME, "set the host's clock" },
	{ CAP_BPF, "load programs into the kernel" },
	{ CAP_PERFMON, "watch the whole host" },
	{ CAP_SYSLOG, "read the kernel's log" },
	{ CAP_MAC_ADMIN, "change the host's mandatory access control" },
	{ CAP_MAC_OVERRIDE, "pass the host's mandatory access control" },
};

/* Where cap_add last names one of the set; NULL where ALL gave it. */
static const struct origin *origin_of(const struct resolve *resolve, uint64_t set)
{
	const struct request *request = resolve->request;

	for (size_t i = request->capabilities.count; i--;)
		if (CAPS_BIT(request->capabilities.items[i].capability) & set)
			return &request->capabilities.items[i].origin;
	return NULL;
}

static int warn_powers(struct resolve *resolve, struct error *error)
{
	char name[32];

	for (size_t i = 0; i < sizeof(powers) / sizeof(*powers); i++)
		if (resolve_has_cap(resolve, powers[i].capability) &&
		    resolve_warn(resolve, origin_of(resolve, CAPS_BIT(powers[i].capability)), error,
				 "%s lets uid 0 inside %s",
				 caps_name(powers[i].capability, name, sizeof(name)),
				 powers[i].power))
			return -1;
	if (resolve_has_cap(resolve, CAP_NET_ADMIN) &&
	    !(resolve->plan->namespaces & CLONE_NEWNET) &&
	    resolve_warn(resolve, origin_of(resolve, CAPS_BIT(CAP_NET_ADMIN)), error,
			 "NET_ADMIN on the host's network lets uid 0 inside change it"))
		return -1;
	return 0;
}

static int warn_namespaces(struct resolve *resolve, struct error *error)
{
	uint32_t own = resolve->plan->namespaces;

	if (!(own & CLONE_NEWPID) &&
	    resolve_warn(resolve, &resolve->request->pid_origin, error,
			 "pid = host shows the host's processes, and /proc/PID/root of the "
			 "user's own that are not confined leads out"))
		return -1;
	if (!resolve->user->uid && !(own & CLONE_NEWNET) &&
	    resolve_warn(resolve, NULL, error,
			 "uid 0 inside is uid 0 to abstract sockets on the host's network"))
		return -1;
	return 0;
}

/*
 * There is no user namespace: uid 0 inside is the host's. Said of a file that lets it be; that
 * there is none at all is told anyway.
 */
static int warn_setuid(struct resolve *resolve, struct error *error)
{
	const struct origin *origin = &resolve->request->no_new_privileges_origin;

	if (resolve->request->no_new_privileges || !resolve->user->uid ||
	    resolve->context->service || !origin->file || !strcmp(origin->file, "built-in"))
		return 0;
	return resolve_warn(resolve, origin, error,
			    "with no_new_privileges = no setuid programs give uid 0 inside, which "
			    "is root to a folder that is passed in from outside%s",
			    resolve_has_cap(resolve, CAP_SETUID)
				    ? ", and with SETUID uses up any uid's processes and inotify "
				      "instances"
				    : "");
}

uint64_t plan_unreached(const struct request *request, const struct plan *plan)
{
	return plan->ambient ? 0 : request->caps.added & plan->bounding;
}

static int warn_ambient(struct resolve *resolve, struct error *error)
{
	scope_memory char *names = NULL;
	uint64_t wanted = plan_unreached(resolve->request, resolve->plan);

	if (!wanted || resolve->context->service || !resolve->user->uid)
		return 0;
	names = caps_print(wanted);
	if (!names)
		return error_memory(error);
	return resolve_warn(
		resolve, origin_of(resolve, wanted), error,
		"cap_add of %s does not reach the user's own processes: the login shell is "
		"'%s', not confine-shell",
		names, resolve->user->shell);
}

int resolve_warnings(struct resolve *resolve, struct error *error)
{
	if (resolve->request->privileged)
		return resolve_warn(resolve, &resolve->request->privileged_origin, error,
				    "privileged promises nothing: uid 0 inside is root on "
				    "the host");
	if (warn_powers(resolve, error) || warn_namespaces(resolve, error) ||
	    warn_setuid(resolve, error))
		return -1;
	return warn_ambient(resolve, error);
}
