/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login_terminals.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "record.h"

/* Unix98 slaves, 256 to a major (the kernel's admin-guide/devices.txt); sysfs has no name for them.
 */
enum { SLAVE_FIRST = 136, SLAVE_LAST = 143, SLAVES_EACH = 256 };

/* `device`: tty_nr, minor numbers in bits 31 to 20 and 7 to 0 (proc_pid_stat(5)). */
static void name_terminal(unsigned device, char *name, size_t size)
{
	unsigned major = device >> 8 & 0xfff;
	unsigned minor = (device >> 12 & 0xfff00) | (device & 0xff);
	char path[64], target[256];
	ssize_t length;

	if (major >= SLAVE_FIRST && major <= SLAVE_LAST) {
		snprintf(name, size, "pts/%u", (major - SLAVE_FIRST) * SLAVES_EACH + minor);
		return;
	}
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major, minor);
	length = readlink(path, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	if (strrchr(target, '/'))
		snprintf(name, size, "%s", strrchr(target, '/') + 1);
	else
		snprintf(name, size, "%u:%u", major, minor);
}

struct listing {
	struct strings *terminals;
	struct error *error;
	int failed;
};

static void add_terminal(void *context, pid_t pid)
{
	struct listing *listing = context;
	struct process_state state;
	char name[64];

	if (listing->failed || record_process(pid, &state) || !state.terminal)
		return;
	name_terminal(state.terminal, name, sizeof(name));
	if (!strings_contain(listing->terminals, name))
		listing->failed = strings_add(listing->terminals, name, listing->error);
}

int login_terminals(int root, const char *cgroup, struct strings *terminals, struct error *error)
{
	struct listing listing = { terminals, error, 0 };

	cgroup_visit(root, cgroup, add_terminal, &listing);
	return listing.failed;
}
