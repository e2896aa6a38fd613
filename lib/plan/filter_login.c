/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is still to be done once a session's filter is on, by the join and by
 * the server whose process it is. A filter that stops one of these would leave
 * a login dead half way, where the client sees no more than a broken pipe; so
 * the plan refuses it.
 */
#include <linux/capability.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>

#include "filter.h"
#include "filter_abi.h"

static const struct {
	const char *name;
	uint64_t arguments[6];
	const char *reason;
} needed[] = {
	{ "capset", { 0 }, "the join gives its own capabilities up with it" },
	{ "prctl", { PR_SET_DUMPABLE }, "the join makes itself undumpable with it" },
	{ "prctl", { PR_SET_NO_NEW_PRIVS, 1 }, "it may be asked for after the filter is on" },
	{ "close", { 0 }, "the join closes what it had opened" },
	{ "setgroups", { 0 }, "servers take the person's groups with it" },
	{ "setgid", { 0 }, "servers become the person with it" },
	{ "setuid", { 0 }, "servers become the person with it" },
	{ "setresgid", { 0 }, "servers become the person with it" },
	{ "setresuid", { 0 }, "servers become the person with it" },
	{ "setregid", { 0 }, "servers become the person with it" },
	{ "setreuid", { 0 }, "servers become the person with it" },
	{ "clone",
	  { CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD },
	  "servers and shells start programs with it" },
	{ "wait4", { 0 }, "servers and shells wait for programs with it" },
	{ "execve", { 0 }, "the shell is started with it" },
	{ "mmap", { 0 }, "every program is loaded with it" },
	{ "mprotect", { 0 }, "every program is loaded with it" },
	{ "openat", { 0 }, "every program opens files with it" },
	{ "read", { 0 }, "every program reads with it" },
	{ "write", { 0 }, "every program writes with it" },
	{ "rt_sigaction", { 0 }, "every shell sets its signals with it" },
	{ "rt_sigprocmask", { 0 }, "every shell sets its signals with it" },
	{ "rt_sigreturn", { 0 }, "every signal handler ends with it" },
	{ "exit_group", { 0 }, "every program ends with it" },
};

int filter_check_login(const struct filter *filter, const struct host *host, struct error *error)
{
	const struct machine *machine = machine_find(host->arch);

	if (!machine)
		return error_set(error, ERROR_HOST, "no system call filters for the machine '%s'",
				 host->arch);
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		const struct abi *own = &machine->abis[0];
		struct abi_number number = abi_resolve(own, needed[i].name);

		if (number.direct >= 0 &&
		    !filter_allows(filter, own->audit, (uint32_t)number.direct,
				   needed[i].arguments))
			return error_set(error, ERROR_POLICY,
					 "the profile stops '%s', and no login can do without: %s",
					 needed[i].name, needed[i].reason);
	}
	return 0;
}
