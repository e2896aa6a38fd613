/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's own /run, and what of the host's is bound into it so that
 * ordinary tools find their daemons. Never the system bus nor another way to
 * have something started outside.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/scope.h"
#include "resolve.h"

/* Absolute: names, LDAP and Kerberos lookups, munge's credentials, the journal. Not utmp: who can
 * read it can lock it, and every server that writes a login there waits (getutent(3)). */
static const char *const shipped[] = {
	"/run/nscd",
	"/run/sssd.kcm.socket",
	"/run/.heim_org.h5l.kcm-socket",
	"/run/munge",
	"/run/systemd/journal/dev-log",
	"/run/systemd/journal/socket",
	"/run/systemd/journal/stdout",
	"/run/systemd/resolve/io.systemd.Resolve",
};

/* Through these a process can be had outside, or another person's things (threats.md, side doors).
 */
static const char *const side_doors[] = {
	"/run/confine",
	"/run/dbus",
	"/run/user",
	"/run/systemd/private",
	"/run/systemd/io.systemd.*",
	"/run/systemd/machine",
	"/run/systemd/userdb",
	"/run/docker.sock", /* also by its own name: for patterns that would take it in, once there
			     */
	"/run/docker*",
	"/run/containerd",
	"/run/cri-dockerd.sock",
	"/run/buildkit",
	"/run/k3s",
	"/run/podman",
	"/run/crio",
	"/run/libvirt",
	"/run/snapd.socket",
	"/run/snapd*",
	"/run/lxc",
	"/run/lxd*",
	"/run/incus*",
	"/run/udev",
	"/run/initctl",
	"/run/credentials",
	"/run/acpid.socket",
	"/run/sudo",
	"/run/screen",
	"/run/at*",
	"/run/cron*",
};

static const struct {
	const char *path;
	mode_t mode;
} folders[] = {
	{ "/run/lock", 01777 },
	{ "/run/screen", 01777 },
	{ "/run/user", 0755 },
};

static int add_folders(struct resolve *resolve, struct error *error)
{
	scope_memory char *own = text_format("/run/user/%u", resolve->user->uid);
	struct plan_mount folder = { .kind = MOUNT_FOLDER };

	if (!own)
		return error_memory(error);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		folder.mode = folders[i].mode;
		if (mounts_add(resolve, &folder, folders[i].path, NULL, NULL, error))
			return -1;
	}
	/* XDG_RUNTIME_DIR, as pam_systemd names it. */
	folder.mode = 0700;
	folder.uid = resolve->user->uid;
	folder.gid = resolve->user->gid;
	return mounts_add(resolve, &folder, own, NULL, NULL, error);
}

/* Binds a path of the host's /run at its own place; a socket works on a read-only mount too. */
static int bind_run(struct resolve *resolve, const char *path, struct error *error)
{
	const struct plan_mount bind = { .kind = MOUNT_BIND,
					 .attributes = MOUNTS_NO_SUID_DEV_EXEC | MOUNT_ATTR_RDONLY,
					 .make_target = true,
					 .optional = true };
	const struct plan_mount *cover = mounts_cover(resolve->plan, path);

	if (cover && cover->kind == MOUNT_BIND) /* there already */
		return 0;
	return mounts_add(resolve, &bind, path, path, NULL, error);
}

static int add_shipped(struct resolve *resolve, struct error *error)
{
	for (size_t i = 0; i < sizeof(shipped) / sizeof(*shipped); i++) {
		scope_of(host_file) struct host_file file = { 0 };
		bool found;

		if (resolve_file(resolve, "/", shipped[i], &file, &found, error))
			return -1;
		if (found && path_within(file.real, "/run") && bind_run(resolve, file.real, error))
			return -1;
	}
	return 0;
}

/* A resolver's file is often a link into /run, and its target must be there. */
static int add_resolver(struct resolve *resolve, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (resolve_file(resolve, "/", "/etc/resolv.conf", &file, &found, error))
		return -1;
	if (!found || !path_within(file.real, "/run"))
		return 0;
	return bind_run(resolve, file.real, error);
}

/* /dev/log: journald's is a link into /run, any other logger's a socket in /dev. */
static int add_log(struct resolve *resolve, struct error *error)
{
	const struct plan_mount bind = { .kind = MOUNT_BIND,
					 .attributes = MOUNTS_NO_SUID_DEV_EXEC | MOUNT_ATTR_RDONLY,
					 .make_target = true,
					 .optional = true };
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (resolve_file(resolve, "/", "/dev/log", &file, &found, error))
		return -1;
	if (!found || strcmp(file.real, "/dev/log") || !S_ISSOCK(file.mode))
		return 0;
	return mounts_add(resolve, &bind, "/dev/log", "/dev/log", NULL, error);
}

bool run_leads_out(const char *path)
{
	for (size_t i = 0; i < sizeof(side_doors) / sizeof(*side_doors); i++)
		if (!fnmatch(side_doors[i], path, FNM_PATHNAME | FNM_LEADING_DIR) ||
		    path_within(side_doors[i], path))
			return true;
	return false;
}

static int refuse_side_door(const char *path, struct error *error)
{
	return error_set(error, ERROR_POLICY, "run entry '%s' is a way out of the container", path);
}

/* An entry is judged by its words too: what it names may be there only at the next login. */
static int check_pattern(const char *pattern, struct error *error)
{
	if (run_leads_out(pattern))
		return refuse_side_door(pattern, error);
	for (size_t i = 0; i < sizeof(side_doors) / sizeof(*side_doors); i++)
		if (!fnmatch(pattern, side_doors[i], FNM_PATHNAME | FNM_LEADING_DIR))
			return refuse_side_door(pattern, error);
	return 0;
}

static int add_wanted(struct resolve *resolve, const char *path, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };

	if (resolve->host->file(resolve->host, "/", path, &file, error))
		return -1;
	if (!path_within(file.real, "/run") || !strcmp(file.real, "/run"))
		return error_set(error, ERROR_POLICY, "run entry '%s' is not below /run", path);
	if (run_leads_out(file.real))
		return refuse_side_door(file.real, error);
	return bind_run(resolve, file.real, error);
}

/* An entry of the policy: a pattern, absolute or below /run; nothing that matches is no error. */
static int add_entry(struct resolve *resolve, const char *text, struct error *error)
{
	scope_memory char *whole = text[0] == '/' ? strdup(text) : text_format("/run/%s", text);
	scope_memory char *pattern = whole ? expand_path(resolve, whole, error) : NULL;
	scope_of(strings) struct strings paths = { 0 };

	if (!whole)
		return error_memory(error);
	if (!pattern || check_pattern(pattern, error) ||
	    resolve->host->glob(resolve->host, pattern, &paths, error))
		return -1;
	for (size_t i = 0; i < paths.count; i++)
		if (add_wanted(resolve, paths.items[i], error))
			return -1;
	return 0;
}

int mounts_add_run(struct resolve *resolve, struct error *error)
{
	const struct plan_mount tmpfs = { .kind = MOUNT_TMPFS, .attributes = MOUNTS_NO_SUID_DEV };
	const struct request *request = resolve->request;
	scope_memory char *real = NULL;
	bool make, missing;

	if (mounts_find_target(resolve, "/run", &real, &make, &missing, error))
		return -1;
	if (missing)
		return 0;
	if (mounts_add(resolve, &tmpfs, "/run", NULL, "mode=0755,size=10%", error) ||
	    add_folders(resolve, error) || add_shipped(resolve, error) ||
	    add_resolver(resolve, error) || add_log(resolve, error))
		return -1;
	for (size_t i = 0; i < request->run.count; i++)
		if (add_entry(resolve, request->run.items[i].text, error))
			return resolve_fault(&request->run.items[i].origin, error);
	return 0;
}
