/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine gc: clears what a crash left behind. */
#include <stddef.h>

#include "../lib/session/containers.h"
#include "command.h"
#include "options.h"

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option_row rows[] = {
		{ "help", 'h', .boolean = true, .take = option_take_boolean },
	};
	bool help = false;
	const struct options options = { rows, 1, .mixed = true, .context = &help };
	struct record_faults faults = { &command_log, 0 };
	struct error error = ERROR_INIT;
	int status;

	if (command_parse(command, &options, &help, argc, argv, &status) < 0)
		return status;
	if (containers_sweep(&faults, &error))
		return command_fail(&error, STATUS_FAILED);
	return faults.count ? STATUS_FAILED : STATUS_FINE;
}

const struct command command_gc = {
	.name = "gc",
	.usage = "",
	.summary = "Clear what a crash left: records and cgroups of the dead",
	.needs = "no arguments are taken",
	.root = true,
	.run = run,
};
