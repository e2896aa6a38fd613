/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: servers that know no PAM. Only confine-shell confines there. */
#include <string.h>

#include "../lib/base/scope.h"
#include "doctor.h"
#include "running.h"

static const struct plain_server {
	const char *name, *program;
	/* What starts it at boot or for a connection: any path that matches. */
	const char *starts[4];
	/* Options without which it forwards ports itself, and the line and file that give them. */
	const char *quiet_options[3];
	const char *shut, *shut_file;
} servers[] = {
	{ "dropbear",
	  "/usr/sbin/dropbear",
	  { "/etc/rc[2345].d/S??dropbear", "/etc/systemd/system/*.wants/dropbear*" },
	  { "-j", "-k" },
	  "DROPBEAR_EXTRA_ARGS=\"-j -k\"",
	  "/etc/default/dropbear" },
	{ "tinysshd",
	  "/usr/sbin/tinysshd",
	  { "/etc/systemd/system/*.wants/tinyssh*", "/etc/service/tinyssh*" },
	  { NULL },
	  NULL,
	  NULL },
};

static int is_started(const struct doctor *doctor, const struct plain_server *server,
		      bool *ret_started, struct error *error)
{
	for (size_t i = 0; !*ret_started && server->starts[i]; i++) {
		scope_of(strings) struct strings found = { 0 };

		if (doctor->host.glob(&doctor->host, server->starts[i], &found, error))
			return -1;
		*ret_started = found.count > 0;
	}
	return 0;
}

static bool has_options(const struct plain_server *server, const struct strings *argv)
{
	for (size_t i = 0; server->quiet_options[i]; i++)
		if (!strings_contain(argv, server->quiet_options[i]))
			return false;
	return true;
}

static int add_forwarding(struct doctor *doctor, const struct plain_server *server,
			  struct error *error)
{
	const struct door_place place = { .shut = server->shut, .shut_file = server->shut_file };

	if (!doctor->by_shell.count)
		return 0;
	return doors_add(&doctor->doors, &place, &doctor->by_shell, error,
			 "%s forwards ports, outside", server->name);
}

/* Every running one counts: each has options of its own. */
static int look_at_forwarding(struct doctor *doctor, const struct plain_server *server,
			      const struct running *running, struct error *error)
{
	if (!server->shut)
		return 0;
	for (size_t i = 0; i < running->count; i++)
		if (!has_options(server, &running->items[i].argv))
			return add_forwarding(doctor, server, error);
	if (!running->count && !doctor_has_line(doctor, server->shut_file, server->shut))
		return add_forwarding(doctor, server, error);
	return 0;
}

static int add_unconfined(struct doctor *doctor, const struct plain_server *server,
			  struct error *error)
{
	static const struct door_place place = { .shut = "chsh -s " CONFINE_SHELL " USER" };

	if (!doctor->not_by_shell.count)
		return 0;
	return doors_add(&doctor->doors, &place, &doctor->not_by_shell, error,
			 "%s knows no PAM: its logins are not confined", server->name);
}

static int add_installed(struct doctor *doctor, const struct plain_server *server,
			 struct error *error)
{
	const struct door_place place = { .note = true, .file = server->program };
	scope_of(host_file) struct host_file file = { 0 };
	struct error fault = ERROR_INIT;

	if (doctor->host.file(&doctor->host, "/", server->program, &file, &fault))
		return 0;
	return doors_add(&doctor->doors, &place, NULL, error,
			 "is installed, not started: only confine-shell would confine there");
}

static int look_at_server(struct doctor *doctor, const struct plain_server *server,
			  struct error *error)
{
	const char *const names[] = { server->name, NULL };
	scope_of(running) struct running running = { 0 };
	bool started;

	if (running_find(&running, names, error))
		return -1;
	started = running.count > 0;
	if (is_started(doctor, server, &started, error))
		return -1;
	if (!started)
		return add_installed(doctor, server, error);
	return doctor_way(doctor, server->name, "login shell", "no PAM", error) ||
			       add_unconfined(doctor, server, error) ||
			       look_at_forwarding(doctor, server, &running, error)
		       ? -1
		       : 0;
}

int doctor_plain_servers(struct doctor *doctor, struct error *error)
{
	for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++)
		if (look_at_server(doctor, &servers[i], error))
			return -1;
	return 0;
}
