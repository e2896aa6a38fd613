/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ways to call the kernel on each machine, and what number a system call
 * has in each of them. Numbers are libseccomp's, but for the multiplexed calls
 * of i386, which it hides behind numbers of its own.
 */
#ifndef CONFINE_PLAN_FILTER_ABI_H
#define CONFINE_PLAN_FILTER_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct abi {
	const char *name;
	uint32_t token; /* SCMP_ARCH_... */
	uint32_t audit; /* seccomp_data.arch, AUDIT_ARCH_...; x32 shares x86-64's */
	uint32_t first; /* its smallest number: x32's carry bit 30 */
	bool wide; /* arguments of 64 bits; else only the low word of each counts */
};

struct machine {
	const char *name; /* Docker's: amd64, arm64, ... */
	const struct abi *abis; /* its own first; those that share `audit` by rising `first` */
	size_t abi_count;
};

/* NULL where confine makes no filters for that machine. */
const struct machine *machine_find(const char *name);

/* One call that is reached through another: socketcall(2), ipc(2). */
struct multiplexed {
	const char *name;
	uint32_t hub; /* the number of the call it goes through */
	uint32_t selector; /* the hub's first argument */
	uint32_t mask; /* what of that argument selects */
	int direct; /* the number of its own that it got later (Linux 4.3), or -1 */
};

struct abi_number {
	int64_t direct; /* -1 where this ABI has no such call */
	const struct multiplexed *through; /* NULL where it is reached directly only */
};

struct abi_number abi_resolve(const struct abi *abi, const char *name);

/* Whether libseccomp knows a call of that name on any machine. */
bool abi_knows(const char *name);

#endif
