/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inject PROGRAM...: runs the driver and makes one system call of a login fail, by the real
 * kernel's tracing, as often as the driver asks for it (inject.h). Instead of failing one it lists
 * all on standard error: number, system call, and from where in the module it came. Processes of no
 * interest run untraced. Calls that cannot fail are not counted.
 */
#include "inject.h"

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

enum role { UNKNOWN, SERVER, HELPER, BUILDER, CHILD, OTHER };
enum { PROCESSES = 64, ANY_PHASE = 0 };

static struct process {
	pid_t pid;
	enum role role;
	unsigned long phase; /* the last mark, 0 after MARK_DONE */
	int stopped; /* was seen before its parent's word of it */
	int entered; /* in a system call */
	int replaced; /* which is not made, and comes back with `result` */
	long result;
} processes[PROCESSES];

/* Who is counted, and while in which phase. */
static const struct {
	enum role role;
	unsigned long phase;
} places[WHOSE_COUNT] = {
	[WHOSE_AUTH] = { SERVER, MARK_SETCRED }, [WHOSE_OPEN] = { SERVER, MARK_OPEN },
	[WHOSE_HELPER] = { HELPER, ANY_PHASE },	 [WHOSE_BUILDER] = { BUILDER, ANY_PHASE },
	[WHOSE_JOIN] = { CHILD, MARK_SETCRED },	 [WHOSE_HERE] = { CHILD, MARK_OPEN },
	[WHOSE_CLOSE] = { SERVER, MARK_CLOSE },
};

static unsigned long whose;
static long target, counted, hit;
static int number;
static unsigned long module_begin, module_end;

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

/* Where the module's code lies in the driver, and so in all that it forks. */
static void find_module(pid_t pid)
{
	char path[32], line[512];
	unsigned long begin, end;
	FILE *maps;

	module_begin = module_end = 0;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "/pam_confine.so") && sscanf(line, "%lx-%lx", &begin, &end) == 2) {
			module_begin = module_begin ? module_begin : begin;
			module_end = end;
		}
	if (maps)
		fclose(maps);
}

/*
 * Where the module called what made the call, by the first word on the stack that looks like it;
 * one left there by an earlier call makes two sites of one, never one of two.
 */
static unsigned long site(const struct process *process, const struct user_regs_struct *registers)
{
	enum { PAGE = 4096, PAGES = 8 };
	static unsigned long words[PAGES * PAGE / sizeof(unsigned long)];
	struct iovec here = { words, sizeof(words) }, there[PAGES];
	unsigned long at = registers->rsp;
	ssize_t got;

	/* Page by page, for the stack may end before. */
	for (int i = 0; i < PAGES; i++) {
		there[i].iov_base = (void *)at;
		there[i].iov_len = PAGE - at % PAGE;
		at += there[i].iov_len;
	}
	got = process_vm_readv(process->pid, &here, 1, there, PAGES, 0);
	for (ssize_t i = 0; i < got / (ssize_t)sizeof(*words); i++)
		if (words[i] >= module_begin && words[i] < module_end) {
			return words[i] - module_begin;
		}
	return 0;
}

static void give(struct process *process, struct user_regs_struct *registers, long result)
{
	registers->orig_rax = (unsigned long)-1;
	process->replaced = 1;
	process->result = result;
	ptrace(PTRACE_SETREGS, process->pid, 0, registers);
}

static void mark(struct process *process, struct user_regs_struct *registers)
{
	switch (registers->rdi) {
	case MARK_INJECT:
		whose = registers->rsi;
		target = (long)registers->rdx;
		number = (int)registers->r10;
		counted = 0;
		hit = -1;
		find_module(process->pid);
		return;
	case MARK_ASK:
		give(process, registers, (hit << 32) | counted);
		return;
	case MARK_SETCRED:
	case MARK_OPEN:
	case MARK_CLOSE:
		process->phase = registers->rdi;
		return;
	case MARK_DONE:
		process->phase = 0;
		return;
	}
}

static void at_entry(struct process *process, struct user_regs_struct *registers)
{
	long call = (long)registers->orig_rax;

	if (call == SYS_prctl)
		mark(process, registers);
	if (process->role != places[whose].role || process->phase != places[whose].phase ||
	    !can_fail(call) || (call == SYS_prctl && registers->rdi == process->phase))
		return;
	counted++;
	if (!target)
		fprintf(stderr, "call %ld %ld %lx\n", counted, call, site(process, registers));
	if (counted != target)
		return;
	hit = call;
	give(process, registers, -(long)number);
}

static void at_exit(struct process *process, struct user_regs_struct *registers)
{
	if (!process->replaced)
		return;
	process->replaced = 0;
	registers->rax = (unsigned long long)process->result;
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
	switch (process->role) {
	case UNKNOWN:
	case SERVER:
		return 1;
	case HELPER:
		return whose == WHOSE_HELPER || whose == WHOSE_BUILDER;
	case BUILDER:
		return whose == WHOSE_BUILDER;
	case CHILD:
		/* Until its phase is over; it has none before. */
		return places[whose].role == CHILD && (!target || hit < 0) &&
		       !(counted && !process->phase);
	default:
		return 0;
	}
}

static void go_on(struct process *process, int signal_number)
{
	if (is_wanted(process) || process->replaced) {
		ptrace(PTRACE_SYSCALL, process->pid, 0, signal_number);
		return;
	}
	ptrace(PTRACE_DETACH, process->pid, 0, signal_number);
	process->pid = 0;
}

static enum role role_of_child(const struct process *parent)
{
	if (parent->role == SERVER)
		return parent->phase == MARK_OPEN ? HELPER : CHILD;
	return parent->role == HELPER ? BUILDER : OTHER;
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
	child->role = role_of_child(parent);
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
	} else if (event == PTRACE_EVENT_EXEC && process->role != SERVER) {
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

/* Until the driver ends; gives its status. */
static int follow(pid_t server)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			stopped(pid, status);
			continue;
		}
		if (pid == server)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (find(pid))
			find(pid)->pid = 0;
	}
	return 2;
}

int main(int argc, char **argv)
{
	pid_t server;
	int status;

	if (argc < 2)
		return 2;
	server = start(argv + 1);
	waitpid(server, &status, __WALL);
	add(server, SERVER)->stopped = 1;
	ptrace(PTRACE_SETOPTIONS, server, 0,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, server, 0, 0);
	return follow(server);
}
#endif
