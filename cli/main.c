/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The admin's command: finds the subcommand and runs it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/text.h"
#include "command.h"
#include "executable.h"

static const struct command *const commands[] = {
	&command_check, &command_show, &command_run,	 &command_ls,	  &command_enter,
	&command_kill,	&command_gc,   &command_seccomp, &command_doctor,
};

static int print_help(FILE *to, int status)
{
	fputs("usage: confine COMMAND [argument...]\n\n", to);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(to, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nRun 'confine COMMAND --help' for more of one\n", to);
	return status;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* A file that is opened where a standard stream is missing would be written to by printf. */
static int open_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -1;
	return 0;
}

/* A report that is cut (a full disk) must not be taken for a whole one. */
static int check_output(int status)
{
	struct error error = ERROR_INIT;

	if (status != STATUS_FINE || (!fflush(stdout) && !ferror(stdout)))
		return status;
	error_errno(&error, "cannot write to standard output");
	return command_fail(&error, STATUS_FAILED);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct command *command = find_command(name);
	struct error error = ERROR_INIT;
	char quoted[128];

	if (open_streams())
		return STATUS_CONFINE_FAILED;
	/* Who is not root cannot, and is told by the command. */
	if (command && command->joins && !geteuid() && executable_seal(argv, &error))
		return command_fail(&error, STATUS_CONFINE_FAILED);
	if (command)
		return check_output(command->run(command, argc - 1, argv + 1));
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
		return print_help(stdout, STATUS_FINE);
	if (!strcmp(name, "version") || !strcmp(name, "--version")) {
		puts("confine " CONFINE_VERSION);
		return STATUS_FINE;
	}
	if (*name)
		fprintf(stderr, "confine: unknown command '%s'\n",
			text_quote(name, quoted, sizeof(quoted)));
	return print_help(stderr, STATUS_USAGE);
}
