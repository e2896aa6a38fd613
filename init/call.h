/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program without a libc: how it begins, in start(), how it calls the
 * kernel, how it ends. Included once, by the program's only file.
 */
#ifndef CONFINE_INIT_CALL_H
#define CONFINE_INIT_CALL_H

#include <asm/unistd.h>
#include <linux/audit.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}
/* The stack pointer at entry is argc; the ABI wants it aligned before a call. */
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n");
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
static long call(long number, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}
__asm__(".globl _start\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x0, sp\n"
	"	b start\n");
#else
#error "confine-init has no system call for this machine yet"
#endif

static void __attribute__((noreturn)) leave(int status)
{
	for (;;)
		call(__NR_exit_group, status, 0, 0, 0);
}

#endif
