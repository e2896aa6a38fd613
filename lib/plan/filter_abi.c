/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter_abi.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* arch/x86/include/uapi/asm/unistd.h: __X32_SYSCALL_BIT */
#define X32_FIRST 0x40000000

static const struct abi amd64[] = {
	{ "x86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64, 0, true },
	{ "x32", SCMP_ARCH_X32, AUDIT_ARCH_X86_64, X32_FIRST, false },
	{ "i386", SCMP_ARCH_X86, AUDIT_ARCH_I386, 0, false },
};
static const struct abi arm64[] = {
	{ "arm64", SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64, 0, true },
	{ "arm", SCMP_ARCH_ARM, AUDIT_ARCH_ARM, 0, false },
};
static const struct abi x86[] = { { "i386", SCMP_ARCH_X86, AUDIT_ARCH_I386, 0, false } };
static const struct abi arm[] = { { "arm", SCMP_ARCH_ARM, AUDIT_ARCH_ARM, 0, false } };
static const struct abi riscv64[] = { { "riscv64", SCMP_ARCH_RISCV64, AUDIT_ARCH_RISCV64, 0,
					true } };
static const struct abi ppc64le[] = { { "ppc64le", SCMP_ARCH_PPC64LE, AUDIT_ARCH_PPC64LE, 0,
					true } };

static const struct machine machines[] = {
	{ "amd64", amd64, COUNT(amd64) },
	{ "arm64", arm64, COUNT(arm64) },
	{ "x86", x86, COUNT(x86) },
	{ "arm", arm, COUNT(arm) },
	{ "riscv64", riscv64, COUNT(riscv64) },
	{ "ppc64le", ppc64le, COUNT(ppc64le) },
};

const struct machine *machine_find(const char *name)
{
	for (size_t i = 0; i < COUNT(machines); i++)
		if (!strcmp(machines[i].name, name))
			return &machines[i];
	return NULL;
}

/* socketcall takes an int; ipc has a version in the upper half of its first (ipc/syscall.c). */
#define SOCKET(name, selector, direct)                  \
	{                                               \
		name, 102, selector, 0xffffffff, direct \
	}
#define IPC(name, selector, direct)                 \
	{                                           \
		name, 117, selector, 0xffff, direct \
	}

/* include/uapi/linux/net.h, linux/ipc.h, arch/x86/entry/syscalls/syscall_32.tbl */
static const struct multiplexed multiplexed[] = {
	SOCKET("socket", 1, 359),      SOCKET("bind", 2, 361),	      SOCKET("connect", 3, 362),
	SOCKET("listen", 4, 363),      SOCKET("accept", 5, -1),	      SOCKET("getsockname", 6, 367),
	SOCKET("getpeername", 7, 368), SOCKET("socketpair", 8, 360),  SOCKET("send", 9, -1),
	SOCKET("recv", 10, -1),	       SOCKET("sendto", 11, 369),     SOCKET("recvfrom", 12, 371),
	SOCKET("shutdown", 13, 373),   SOCKET("setsockopt", 14, 366), SOCKET("getsockopt", 15, 365),
	SOCKET("sendmsg", 16, 370),    SOCKET("recvmsg", 17, 372),    SOCKET("accept4", 18, 364),
	SOCKET("recvmmsg", 19, 337),   SOCKET("sendmmsg", 20, 345),   IPC("semop", 1, -1),
	IPC("semget", 2, 393),	       IPC("semctl", 3, 394),	      IPC("semtimedop", 4, -1),
	IPC("msgsnd", 11, 400),	       IPC("msgrcv", 12, 401),	      IPC("msgget", 13, 399),
	IPC("msgctl", 14, 402),	       IPC("shmat", 21, 397),	      IPC("shmdt", 22, 398),
	IPC("shmget", 23, 395),	       IPC("shmctl", 24, 396),
};

static const struct multiplexed *multiplexed_find(const char *name)
{
	for (size_t i = 0; i < COUNT(multiplexed); i++)
		if (!strcmp(multiplexed[i].name, name))
			return &multiplexed[i];
	return NULL;
}

struct abi_number abi_resolve(const struct abi *abi, const char *name)
{
	const struct multiplexed *through = NULL;
	int number;

	if (abi->token == SCMP_ARCH_X86)
		through = multiplexed_find(name);
	if (through)
		return (struct abi_number){ through->direct, through };
	number = seccomp_syscall_resolve_name_arch(abi->token, name);
	return (struct abi_number){ number < 0 ? -1 : number, NULL };
}

bool abi_knows(const char *name)
{
	return seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, name) != __NR_SCMP_ERROR;
}
