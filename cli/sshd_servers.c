/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sshd_servers.h"

#include <stdlib.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "running.h"

static bool same_server(const struct sshd_server *left, const struct sshd_server *right)
{
	if (strcmp(left->program, right->program) || strcmp(left->file, right->file) ||
	    strcmp(left->service, right->service) || left->options.count != right->options.count)
		return false;
	for (size_t i = 0; i < left->options.count; i++)
		if (strcmp(left->options.items[i], right->options.items[i]))
			return false;
	return true;
}

void sshd_servers_clear(struct sshd_servers *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		sshd_server_clear(&servers->items[i]);
	free(servers->items);
	*servers = (struct sshd_servers){ 0 };
}

/* Takes the server over; one like it is enough. */
static int servers_add(struct sshd_servers *servers, struct sshd_server *server,
		       struct error *error)
{
	struct sshd_server *item;

	for (size_t i = 0; i < servers->count; i++)
		if (same_server(&servers->items[i], server))
			return 0;
	item = array_add(&servers->items, &servers->count, sizeof(*item));
	if (!item)
		return error_memory(error);
	*item = *server;
	*server = (struct sshd_server){ 0 };
	return 0;
}

static int add_running(struct sshd_servers *servers, const struct running_server *running,
		       struct error *error)
{
	scope_of(sshd_server) struct sshd_server server = { 0 };
	bool listens;

	if (sshd_server_parse(&server, &running->argv, &listens, error))
		return -1;
	if (!listens)
		return 0;
	server.pid = running->pid;
	server.program = strdup(running->executable);
	return server.program ? servers_add(servers, &server, error) : error_memory(error);
}

/* The one that would be started with Debian's defaults, where it is installed. */
static int add_installed(struct sshd_servers *servers, const struct host *host, struct error *error)
{
	scope_of(host_file) struct host_file file = { 0 };
	scope_of(sshd_server) struct sshd_server server = { 0 };
	struct error fault = ERROR_INIT;

	if (host->file(host, "/", "/usr/sbin/sshd", &file, &fault))
		return 0;
	server.program = strdup(file.real);
	server.file = strdup("/etc/ssh/sshd_config");
	server.service = strdup("sshd");
	if (!server.program || !server.file || !server.service)
		return error_memory(error);
	return servers_add(servers, &server, error);
}

int sshd_servers_find(struct sshd_servers *ret_servers, const struct host *host,
		      struct error *error)
{
	static const char *const names[] = { "sshd", NULL };
	scope_of(running) struct running running = { 0 };
	scope_of(sshd_servers) struct sshd_servers servers = { 0 };

	if (running_find(&running, names, error))
		return -1;
	for (size_t i = 0; i < running.count; i++)
		if (add_running(&servers, &running.items[i], error))
			return -1;
	if (add_installed(&servers, host, error))
		return -1;
	*ret_servers = servers;
	servers = (struct sshd_servers){ 0 };
	return 0;
}
