/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "keeper.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "orphan.h"

/* The numbers are confine-keeper's interface (init/confine-keeper.c). */
enum { KEEPER_LINE = 0, KEEPER_CGROUP = 1 };

static void work(const void *context, int line, struct error *error)
{
	const struct cgroup_pair *pair = context;
	char name[] = "confine-keeper", *words[] = { name, NULL };
	struct orphan_program program = {
		.path = CONFINE_KEEPER,
		.file = path_open_root_file(AT_FDCWD, CONFINE_KEEPER, error),
		.kept = { [KEEPER_LINE] = line, [KEEPER_CGROUP] = pair->leaf, -1, -1, -1 },
		.words = words,
		.capabilities = UINT64_C(1) << CAP_KILL,
	};

	if (program.file >= 0)
		orphan_execute(&program, error);
}

int keeper_start(const struct cgroup_pair *pair, struct error *error)
{
	const struct orphan orphan = { .name = "the session's keeper",
				       .work = work,
				       .context = pair };

	return orphan_make(&orphan, error);
}
