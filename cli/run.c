/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine run: one command in a container of its own, by Docker's flags. */
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../lib/session/watch.h"
#include "command.h"
#include "effective.h"
#include "flags.h"
#include "launch.h"
#include "program.h"
#include "user_flag.h"

/* What the flags come to. */
struct order {
	struct flags flags;
	struct effective effective; /* whose policy and home */
	struct host_user user; /* whose ids the command has */
};

static void order_clear(struct order *order)
{
	flags_clear(&order->flags);
	effective_clear(&order->effective);
	host_user_clear(&order->user);
}

static int find_user(const struct flags *flags, struct host_user *ret_user, struct error *error)
{
	scope_of(user_flag) struct user_flag written = { 0 };
	scope_of(host_user) struct host_user user = { 0 };
	struct host host;

	if (flags->as ? host_user_find(flags->as, &user, error) : host_user_root(&user, error))
		return -1;
	if (flags->user &&
	    (host_init(&host, error) || user_flag_parse(&written, flags->user, error) ||
	     user_flag_apply(&written, &host, &user, error))) {
		error_locate(error, "--user", 0);
		return -1;
	}
	*ret_user = user;
	user = (struct host_user){ 0 };
	return 0;
}

/* With --as the home is that user's, whatever -u says; without, there is no home, and the command's
 * user is the plan's, whose HOME it names. */
static int find_owner(struct order *order, struct error *error)
{
	if (order->flags.as)
		return effective_find(&order->effective, order->flags.as, CONFINE_CONF, error);
	return find_user(&order->flags, &order->effective.user, error);
}

static int resolve(struct order *order, struct error *error)
{
	const struct flags *flags = &order->flags;
	struct effective *effective = &order->effective;
	const struct plan_context context = {
		.conf = CONFINE_CONF,
		.service = true,
		.no_home = !flags->as,
		.environment = environ,
		.cache = RECORD_CACHE,
		.log = &command_log,
	};

	if (find_user(flags, &order->user, error) || find_owner(order, error) ||
	    effective_load(effective, flags->as ? CONFINE_CONF : NULL, &flags->overrides, error) ||
	    effective_plan(effective, &context, error))
		return -1;
	/* The container ends with its command, as Docker's does, and is no login. */
	effective->plan.linger = LINGER_NO;
	effective->plan.max_sessions = 0;
	return flags->tty ? program_env_default(&effective->plan.env, "TERM=xterm", error) : 0;
}

static int carry_out(struct order *order, int *ret_status, struct error *error)
{
	const struct flags *flags = &order->flags;
	const struct plan *plan = &order->effective.plan;
	struct login login = LOGIN_INIT;
	const struct launch_order launch = {
		.login = &login,
		.plan = plan,
		.user = &order->user,
		.command = flags->command.items,
		.env = &plan->env,
		.workdir = flags->workdir ? flags->workdir : "/",
		.tty = flags->tty,
		.input = flags->interactive,
	};
	scope_memory char *from =
		text_format("run%s%s", flags->name ? " " : "", flags->name ? flags->name : "");
	bool inside;
	int failed;

	login.way = LOGIN_COMMAND;
	if (!from)
		return error_memory(error);
	if (login_open(&login, plan, NULL, from, NULL, &inside, error))
		return -1;
	failed = launch_run(&launch, ret_status, error);
	/* The caller need not wait until the kernel has taken the container down. */
	if (!failed && !watch_take_over(&login))
		_exit(*ret_status);
	login_close(&login);
	return failed;
}

/*
 * The memory that a run comes to, from the kernel in one call: a page fault for each page would
 * cost a virtual machine more than all that is done there. Where that fails the faults come.
 */
static void prepare_heap(void)
{
	enum { ROOM = 256 * 1024 };
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *room;

	/* Else it is a mapping of its own, or given back when it is freed (mallopt(3)). */
	mallopt(M_MMAP_THRESHOLD, 2 * ROOM);
	mallopt(M_TRIM_THRESHOLD, 2 * ROOM);
	room = malloc(ROOM);
	if (room)
		madvise(room + (page - (uintptr_t)room % page), ROOM - page, MADV_POPULATE_WRITE);
	free(room);
}

static int run(const struct command *command, int argc, char **argv)
{
	__attribute__((cleanup(order_clear))) struct order order = { 0 };
	struct error error = ERROR_INIT;
	int status = STATUS_CONFINE_FAILED;

	if (flags_parse(&order.flags, argc, argv, &error))
		return command_misused(command, &error, STATUS_CONFINE_FAILED);
	if (order.flags.help)
		return command_help(command);
	if (command_needs_root(command))
		return STATUS_CONFINE_FAILED;
	if (order.flags.tty && order.flags.interactive && !isatty(STDIN_FILENO)) {
		error_set(&error, ERROR_USAGE,
			  "standard input is not a terminal: -t cannot have -i");
		return command_fail(&error, STATUS_CONFINE_FAILED);
	}
	prepare_heap();
	if (resolve(&order, &error) || carry_out(&order, &status, &error))
		return command_fail(&error, status);
	return status;
}

const struct command command_run = {
	.name = "run",
	.usage = "[docker run's flags] [--as USER] [--] COMMAND [argument...]",
	.summary = "Run one command in a container of its own (root)",
	.help = "The flags are Docker's, in Docker's spellings; they stand before the command.\n"
		"With --as USER: that user's policy and home, and the flags on top; else what is\n"
		"built in, as root, without a home. confine(8) lists the flags.\n\n"
		"Exit status: the command's own, 128 + N where signal N ended it; 125 where "
		"confine\n"
		"failed, 126 where the command cannot be executed, 127 where it is not found.\n",
	.root = true,
	.runs = true,
	.run = run,
};
