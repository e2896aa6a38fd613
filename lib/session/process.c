/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t process_clone(struct clone_args *arguments)
{
	return (pid_t)syscall(SYS_clone3, arguments, sizeof(*arguments));
}

void process_forget_signals(void)
{
	struct sigaction fall_back = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		sigaction(number, &fall_back,
			  NULL); /* SIGKILL, SIGSTOP: refused, as they should be */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int process_alone(struct error *error)
{
	struct stat tasks;

	/* A folder a thread, beside `.` and `..` (proc_pid_task(5)). */
	if (stat("/proc/self/task", &tasks))
		return error_errno(error, "cannot count the threads of this process");
	if (tasks.st_nlink != 3)
		return error_set(error, ERROR_HOST,
				 "a process with several threads cannot be confined");
	return 0;
}
