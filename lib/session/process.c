/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel gives the child nothing but registers: its stack holds no return address. */
static long clone_onto_stack(struct clone_args *arguments, void (*start)(void *), void *context)
{
#if defined(__x86_64__)
	register long result __asm__("rax") = SYS_clone3;
	register void (*function)(void *) __asm__("r12") = start;
	register void *argument __asm__("r13") = context;

	__asm__ volatile("syscall\n"
			 "	test %%rax, %%rax\n"
			 "	jnz 1f\n"
			 "	xor %%ebp, %%ebp\n"
			 "	mov %%r13, %%rdi\n"
			 "	call *%%r12\n"
			 "	xor %%edi, %%edi\n"
			 "	mov %[exit], %%eax\n"
			 "	syscall\n"
			 "1:\n"
			 : "+r"(result)
			 : "D"(arguments), "S"(sizeof(*arguments)), "r"(function),
			   "r"(argument), [exit] "i"(SYS_exit_group)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long result __asm__("x0") = (long)arguments;
	register size_t size __asm__("x1") = sizeof(*arguments);
	register long number __asm__("x8") = SYS_clone3;
	register void (*function)(void *) __asm__("x9") = start;
	register void *argument __asm__("x10") = context;

	__asm__ volatile("svc 0\n"
			 "	cbnz x0, 1f\n"
			 "	mov x29, xzr\n"
			 "	mov x0, x10\n"
			 "	blr x9\n"
			 "	mov x0, xzr\n"
			 "	mov x8, %[exit]\n"
			 "	svc 0\n"
			 "1:\n"
			 : "+r"(result)
			 : "r"(size), "r"(number), "r"(function),
			   "r"(argument), [exit] "i"(SYS_exit_group)
			 : "memory");
	return result;
#else
#error "process_lend has no clone3 for this machine yet"
#endif
}

enum { STACK_SIZE = 512 * 1024 };

static void *map_stack(void)
{
	return mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
}

/*
 * Signals are blocked, for neither a handler of this process's nor an end in the middle of malloc
 * may come upon its memory. The kernel counts what the child becomes (commit_creds: another id)
 * against the memory's dumpability; the lender has not changed.
 */
pid_t process_lend(struct clone_args *arguments, void (*start)(void *context), void *context)
{
	void *stack = map_stack();
	int dumpable = prctl(PR_GET_DUMPABLE);
	sigset_t all, before;
	long result;

	if (stack == MAP_FAILED)
		return -1;
	arguments->flags |= CLONE_VM | CLONE_VFORK;
	arguments->stack = (uint64_t)(uintptr_t)stack;
	arguments->stack_size = STACK_SIZE;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	result = clone_onto_stack(arguments, start, context);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (dumpable == 1)
		prctl(PR_SET_DUMPABLE, 1);
	munmap(stack, STACK_SIZE);
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return (pid_t)result;
}

pid_t process_bequeath(void (*start)(void *context), void *context)
{
	void *stack = map_stack();
	struct clone_args arguments = {
		.flags = CLONE_VM,
		.exit_signal = SIGCHLD,
		.stack = (uint64_t)(uintptr_t)stack,
		.stack_size = STACK_SIZE,
	};
	sigset_t all, before;
	long result;

	if (stack == MAP_FAILED)
		return -1;
	/* A handler would run in memory that two processes use. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	result = clone_onto_stack(&arguments, start, context);
	if (result >= 0)
		return (pid_t)result;
	sigprocmask(SIG_SETMASK, &before, NULL);
	munmap(stack, STACK_SIZE);
	errno = (int)-result;
	return -1;
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
