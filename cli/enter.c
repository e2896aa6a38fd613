/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine enter: root joins a living container. */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/session/containers.h"
#include "command.h"
#include "executable.h"
#include "launch.h"
#include "options.h"
#include "program.h"

static int add_environment(struct strings *env, struct error *error)
{
	const char *term = getenv("TERM");
	scope_memory char *pair = text_format("TERM=%s", term ? term : "dumb");

	if (!pair)
		return error_memory(error);
	return program_env_default(env, PROGRAM_PATH, error) ||
			       program_env_default(env, "HOME=/root", error) ||
			       program_env_default(env, pair, error)
		       ? -1
		       : 0;
}

static int carry_out(struct container *container, struct plan *plan, char *const *words,
		     int *ret_status, struct error *error)
{
	static char shell[] = "bash";
	static char *const shell_words[] = { shell, NULL };
	scope_of(host_user) struct host_user root = { 0 };
	struct login login = LOGIN_INIT;
	const bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	const struct launch_order order = {
		.login = &login,
		.plan = plan,
		.user = &root,
		.command = *words ? words : shell_words,
		.fallback = *words ? NULL : "sh",
		.env = &plan->env,
		.workdir = "/",
		.tty = terminal,
		.input = terminal,
	};
	int failed;

	/* Ambient ones are for processes of the user. */
	plan->ambient = 0;
	if (host_user_root(&root, error) || add_environment(&plan->env, error))
		return -1;
	login.way = LOGIN_COMMAND;
	if (login_open_in(&login, container, plan, "enter", error))
		return -1;
	failed = launch_run(&order, ret_status, error);
	login_close(&login);
	return failed;
}

static int enter(const char *id, char *const *words, int *ret_status, struct error *error)
{
	struct record_faults faults = { &command_log, 0 };
	struct container container = CONTAINER_INIT;
	scope_of(plan) struct plan plan = { 0 };
	int failed;

	if (containers_find(&container, id, &faults, error))
		return -1;
	failed = container_plan(&container, &plan, error);
	if (!failed)
		failed = carry_out(&container, &plan, words, ret_status, error);
	container_close(&container);
	return failed;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ "help", 'h', .boolean = true, .take = option_take_boolean },
	};
	bool help = false;
	const struct options options = { rows, 1, .context = &help };
	struct error error = ERROR_INIT;
	int status;
	char *const *words;

	if (command_parse(command, &options, &help, argc, argv, &status) < 0)
		return status;
	status = STATUS_CONFINE_FAILED;
	words = argv + 2;
	if (*words && !strcmp(*words, "--"))
		words++;
	return enter(argv[1], words, &status, &error) ? command_fail(&error, status) : status;
}

const struct command command_enter = {
	.name = "enter",
	.usage = "ID [COMMAND [argument...]]",
	.summary = "Join a container as root, under its policy",
	.help = "ID as 'confine ls' shows it, or its beginning. Without a command: a shell.\n\n"
		"Exit status: as of 'confine run'.\n",
	.least = 1,
	.most = INT_MAX,
	.needs = "a container's ID is needed",
	.root = true,
	.runs = true,
	.joins = true,
	.run = run,
};
