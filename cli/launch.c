/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../lib/base/scope.h"
#include "../lib/session/launch.h"
#include "../lib/session/terminal.h"
#include "command.h"
#include "program.h"

/* In the command's process. */
static int execute(void *context, int line, struct error *error)
{
	const struct launch_order *order = context;
	char quoted[256];

	(void)line;
	if (!chdir(order->workdir))
		return program_execute(order->command, order->fallback, order->env, error);
	error_errno(error, "working folder '%s'",
		    text_quote(order->workdir, quoted, sizeof(quoted)));
	return STATUS_CONFINE_FAILED;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The command runs. */
static int attend(const struct launch_order *order, const struct launched *launched,
		  int *ret_status, struct error *error)
{
	scope_fd int pidfd = (int)syscall(SYS_pidfd_open, launched->pid, 0);
	int failed;

	if (pidfd < 0)
		return error_errno(error, "cannot watch the command");
	failed = terminal_relay(launched->master, pidfd, order->tty && order->input, NULL, error);
	if (failed)
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	*ret_status = wait_for(launched->pid);
	return failed;
}

int launch_run(const struct launch_order *order, int *ret_status, struct error *error)
{
	const struct launch launch = {
		.login = order->login,
		.plan = order->plan,
		.user = order->user,
		.terminal = order->tty ? LAUNCH_NEW_TERMINAL : LAUNCH_NO_TERMINAL,
		.streams = 7,
		.failure = STATUS_CONFINE_FAILED,
		.lends = true,
		.execute = execute,
		.context = (void *)(uintptr_t)order,
	};
	scope_of(launched) struct launched launched = LAUNCHED_INIT;

	*ret_status = STATUS_CONFINE_FAILED;
	if (launch_begin(&launch, &launched, error))
		return -1;
	if (launch_hear(&launched, error)) {
		*ret_status = launched.status;
		return -1;
	}
	return attend(order, &launched, ret_status, error);
}
