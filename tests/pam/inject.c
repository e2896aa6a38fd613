/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inject WHO N ERRNO PROGRAM...: makes the n-th system call of one process of a login fail, by the
 * real kernel's tracing, and says on standard error which that was, or how many there are. WHO:
 * server (from the driver's mark before open to the one behind it), helper (what it forks there),
 * builder (what that forks, until it executes), join (a child of the server in its setcred).
 * Processes of no interest run untraced. Calls that cannot fail are not counted.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if !defined(__x86_64__)
int main(void)
{
	fprintf(stderr, "unsupported\n");
	return 2;
}
#else

enum role { UNKNOWN, SERVER, HELPER, BUILDER, CHILD };
enum { PROCESSES = 64, MARK_OPEN = 0x6f70656e, MARK_JOIN = 0x6a6f696e, MARK_DONE = 0x646f6e65 };

static struct process {
	pid_t pid;
	enum role role;
	int stopped; /* was seen before its parent's word of it */
	int counting;
	int entered; /* in a system call */
	int failing; /* which shall come back with the error */
} processes[PROCESSES];

static const char *wanted;
static long target, counted;
static int number;

static struct process *find(pid_t pid)
{
	for (int i = 0; i < PROCESSES; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

static struct process *add(pid_t pid, enum role role)
{
	struct process *process = find(0);

	if (!process)
		exit(2);
	*process = (struct process){ .pid = pid, .role = role };
	return process;
}

/* Not of these: what has no way to fail, and what an error would not stop from being done. */
static int can_fail(long call)
{
	static const int calls[] = {
		SYS_close,   SYS_exit,	   SYS_exit_group,    SYS_rt_sigreturn,	   SYS_getpid,
		SYS_getuid,  SYS_geteuid,  SYS_getgid,	      SYS_getegid,	   SYS_gettid,
		SYS_getppid, SYS_umask,	   SYS_clock_gettime, SYS_rt_sigprocmask,  SYS_rt_sigaction,
		SYS_munmap,  SYS_setfsuid, SYS_setfsgid,      SYS_sendto,	   SYS_close_range,
		SYS_alarm,   SYS_time,	   SYS_sched_yield,   SYS_set_robust_list, SYS_rseq,
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (call == calls[i])
			return 0;
	return 1;
}

static void mark(struct process *process, unsigned long what)
{
	if (what == MARK_OPEN && process->role == SERVER)
		process->counting = !strcmp(wanted, "server") ? 1 : -1;
	else if (what == MARK_JOIN && process->role == CHILD)
		process->counting = !strcmp(wanted, "join");
	else if (what == MARK_DONE)
		process->counting = 0;
}

static void at_entry(struct process *process, struct user_regs_struct *registers)
{
	long call = (long)registers->orig_rax;

	if (call == SYS_prctl)
		mark(process, registers->rdi);
	if (process->counting != 1 || !can_fail(call) || ++counted != target)
		return;
	fprintf(stderr, "hit %ld\n", call);
	registers->orig_rax = (unsigned long)-1;
	process->failing = 1;
	ptrace(PTRACE_SETREGS, process->pid, 0, registers);
}

static void at_exit(struct process *process, struct user_regs_struct *registers)
{
	if (!process->failing)
		return;
	process->failing = 0;
	registers->rax = (unsigned long long)-(long long)number;
	ptrace(PTRACE_SETREGS, process->pid, 0, registers);
}

static void system_call(struct process *process)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, process->pid, 0, &registers))
		return;
	process->entered = !process->entered;
	if (process->entered)
		at_entry(process, &registers);
	else
		at_exit(process, &registers);
}

static int is_wanted(const struct process *process)
{
	static const char *const names[] = { "", "server", "helper", "builder", "join" };

	return process->role == SERVER || process->role == UNKNOWN || process->role == HELPER ||
	       !strcmp(wanted, names[process->role]);
}

static void go_on(struct process *process, int signal_number)
{
	if (is_wanted(process)) {
		ptrace(PTRACE_SYSCALL, process->pid, 0, signal_number);
		return;
	}
	ptrace(PTRACE_DETACH, process->pid, 0, signal_number);
	process->pid = 0;
}

static void child_made(const struct process *parent)
{
	struct process *child;
	unsigned long pid;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid))
		return;
	child = find((pid_t)pid);
	if (!child)
		child = add((pid_t)pid, UNKNOWN);
	child->role = parent->role == HELPER			   ? BUILDER
		      : parent->role == SERVER && parent->counting ? HELPER
		      : parent->role == SERVER			   ? CHILD
								   : BUILDER;
	child->counting = (child->role == HELPER && !strcmp(wanted, "helper")) ||
			  (child->role == BUILDER && !strcmp(wanted, "builder"));
	if (child->stopped)
		go_on(child, 0);
}

static void stopped(pid_t pid, int status)
{
	struct process *process = find(pid);
	int event = status >> 16, signal_number = WSTOPSIG(status);

	if (!process) {
		process = add(pid, UNKNOWN);
		process->stopped = 1;
		return; /* goes on when its parent's event tells whose it is */
	}
	if (process->role != SERVER && !process->stopped && signal_number == SIGSTOP) {
		process->stopped = 1;
		if (process->role != UNKNOWN)
			go_on(process, 0);
		return;
	}
	if (signal_number == (SIGTRAP | 0x80)) {
		system_call(process);
		signal_number = 0;
	} else if (event == PTRACE_EVENT_EXEC && process->role == BUILDER) {
		ptrace(PTRACE_DETACH, pid, 0, 0);
		process->pid = 0;
		return;
	} else if (event) {
		if (event != PTRACE_EVENT_EXEC)
			child_made(process);
		signal_number = 0;
	}
	go_on(process, signal_number);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	int status, result = 2;
	pid_t server, pid;

	if (argc < 5)
		return 2;
	wanted = argv[1];
	target = atol(argv[2]);
	number = atoi(argv[3]);
	server = start(argv + 4);
	waitpid(server, &status, __WALL);
	add(server, SERVER)->stopped = 1;
	ptrace(PTRACE_SETOPTIONS, server, 0,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, server, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			stopped(pid, status);
			continue;
		}
		if (pid == server) {
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			break;
		}
		if (find(pid))
			find(pid)->pid = 0;
	}
	fprintf(stderr, "count %ld\n", counted);
	return result;
}
#endif
