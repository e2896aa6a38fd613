/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp profile made into the program that the kernel runs, for one
 * session's capabilities on this kernel, for all ABIs of the machine.
 */
#ifndef CONFINE_PLAN_FILTER_H
#define CONFINE_PLAN_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "../policy/profile.h"
#include "host.h"

struct filter {
	struct sock_filter *instructions;
	size_t count;
	uint32_t flags; /* SECCOMP_FILTER_FLAG_... */
};

/*
 * Compiles the profile for the bounding set. Names that this libseccomp does
 * not know go to `skipped` (may be NULL). ERROR_POLICY where the profile's
 * meaning cannot be kept.
 */
int filter_compile(struct filter *ret_filter, const struct profile *profile, uint64_t bounding,
		   const struct host *host, struct strings *skipped, struct error *error);

/*
 * What the kernel would answer to one call: SECCOMP_RET_..., with its data.
 * `arch` is seccomp_data.arch (AUDIT_ARCH_...), `number` carries x32's bit.
 * A program that is none ends in SECCOMP_RET_KILL_PROCESS.
 */
uint32_t filter_decide(const struct filter *filter, uint32_t arch, uint32_t number,
		       const uint64_t arguments[6]);

/* Whether that call is carried out. */
bool filter_allows(const struct filter *filter, uint32_t arch, uint32_t number,
		   const uint64_t arguments[6]);

/*
 * Whether a login can still be finished once the filter is on: ERROR_POLICY
 * that names the first call that it needs and is not given, and what for.
 */
int filter_check_login(const struct filter *filter, const struct host *host, struct error *error);

/* The profile that ships with this build, as JSON text. */
extern const char filter_default_profile[];
extern const size_t filter_default_profile_size;

/*
 * As filter_compile of JSON text, through the cache folder `cache` (NULL: none;
 * nor is it asked where `skipped` is wanted). `name` is what messages call it.
 */
int filter_load(struct filter *ret_filter, const char *name, const char *json, size_t size,
		uint64_t bounding, const struct host *host, const char *cache,
		struct strings *skipped, struct error *error);

void filter_clear(struct filter *filter);

#endif
