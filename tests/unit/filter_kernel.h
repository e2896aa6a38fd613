/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the running kernel what a filter answers: a child installs the program
 * with every answer made into an errno of its own, so that no call is carried
 * out, makes the calls, and leaves what came back in shared memory. x86-64 only.
 */
#ifndef CONFINE_TESTS_FILTER_KERNEL_H
#define CONFINE_TESTS_FILTER_KERNEL_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum kernel_abi { ABI_X86_64, ABI_X32, ABI_I386, ABI_COUNT };

struct probe {
	enum kernel_abi abi;
	uint32_t number; /* with x32's bit */
	uint64_t arguments[6]; /* the last is not passed by ABI_I386 */
};

static inline uint32_t probe_audit(const struct probe *probe)
{
	return probe->abi == ABI_I386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
}

#ifdef __x86_64__
static inline long call_64(const struct probe *probe)
{
	register uint64_t r10 __asm__("r10") = probe->arguments[3];
	register uint64_t r8 __asm__("r8") = probe->arguments[4];
	register uint64_t r9 __asm__("r9") = probe->arguments[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"((long)(int)probe->number), "D"(probe->arguments[0]),
			   "S"(probe->arguments[1]), "d"(probe->arguments[2]), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long call_32(const struct probe *probe)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(probe->number), "b"(probe->arguments[0]), "c"(probe->arguments[1]),
			   "d"(probe->arguments[2]), "S"(probe->arguments[3]),
			   "D"(probe->arguments[4])
			 : "r8", "r9", "r10", "r11", "memory");
	return result;
}

static inline long call_any(const struct probe *probe)
{
	return probe->abi == ABI_I386 ? call_32(probe) : call_64(probe);
}
#else
static inline long call_any(const struct probe *probe)
{
	return -(long)probe->number;
}
#endif

/* A child that needs no system call to end. */
static inline void plain_child(void)
{
	struct rlimit none = { 0 };

	signal(SIGILL, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
}

/* Whether this kernel takes calls of i386 from a process of 64 bits. */
static inline bool kernel_has_i386(void)
{
	struct probe getpid_call = { ABI_I386, 20, { 0 } };
	pid_t child = fork();
	int status;

	if (!child) {
		plain_child();
		_exit(call_any(&getpid_call) == getpid() ? 0 : 1);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* The distinct answers of a program; an errno is the place in this list, from 1. */
struct answer_list {
	uint32_t actions[1024];
	size_t count;
};

static inline unsigned answer_errno(struct answer_list *list, uint32_t action)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->actions[i] == action)
			return (unsigned)i + 1;
	list->actions[list->count++] = action;
	return (unsigned)list->count;
}

static inline void make_calls(struct sock_filter *program, size_t count, const struct probe *probes,
			      size_t probe_count, int32_t *shared)
{
	struct sock_fprog load = { (unsigned short)count, program };

	plain_child();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &load))
		_exit(1);
	for (size_t i = 0; i < probe_count; i++)
		shared[i] = (int32_t)call_any(&probes[i]);
	shared[probe_count] = 1; /* the end was reached */
	__builtin_trap();
}

/* Writes each probe's answer (SECCOMP_RET_... with its data) to `ret_actions`; false on failure. */
static inline bool kernel_answers(const struct sock_filter *program, size_t count,
				  const struct probe *probes, size_t probe_count,
				  uint32_t *ret_actions)
{
	struct sock_filter *explained = calloc(count, sizeof(*explained));
	struct answer_list list = { .count = 0 };
	size_t size = (probe_count + 1) * sizeof(int32_t);
	int32_t *shared =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool right;
	pid_t child;
	int status;

	if (!explained || shared == MAP_FAILED)
		return false;
	memcpy(explained, program, count * sizeof(*explained));
	for (size_t i = 0; i < count; i++)
		if (explained[i].code == (BPF_RET | BPF_K))
			explained[i].k = SECCOMP_RET_ERRNO | answer_errno(&list, explained[i].k);
	child = fork();
	if (!child)
		make_calls(explained, count, probes, probe_count, shared);
	right = waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
		shared[probe_count] == 1;
	for (size_t i = 0; right && i < probe_count; i++) {
		size_t place = (size_t) - (int64_t)shared[i];

		right = place >= 1 && place <= list.count;
		if (right)
			ret_actions[i] = list.actions[place - 1];
	}
	munmap(shared, size);
	free(explained);
	return right;
}

#endif
