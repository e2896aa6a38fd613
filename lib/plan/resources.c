/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits of the container as a whole, in the files of cgroup v2 as runc writes
 * them, held against the controllers and the hardware of this host: one that
 * cannot hold here is refused by name, never left out.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "resolve.h"

/* A login's fewest tasks: init, the server's process, a shell, a command. */
enum { LOGIN_TASKS = 4 };

/* What the rows below get. */
struct resources {
	struct resolve *resolve;
	const struct host_resources *host;
};

/* The file's controller must be there: "memory.max" is memory's. */
static int check_controller(const struct host_resources *host, const char *file,
			    struct error *error)
{
	scope_memory char *name = strndup(file, strcspn(file, "."));

	if (!name)
		return error_memory(error);
	if (strings_contain(&host->controllers, name))
		return 0;
	return error_set(error, ERROR_HOST, "cgroup v2 has no controller '%s' on this host", name);
}

/* Takes `text`. */
static int add_limit(const struct resources *resources, const char *file, char *text,
		     struct error *error)
{
	struct plan *plan = resources->resolve->plan;
	scope_memory char *owned = text;
	struct plan_limit *row;

	if (!owned)
		return error_memory(error);
	if (check_controller(resources->host, file, error))
		return -1;
	row = array_add(&plan->limits.items, &plan->limits.count, sizeof(*row));
	if (!row || !(row->file = strdup(file)))
		return error_memory(error);
	row->text = take_pointer(&owned);
	return 0;
}

static int add_number(const struct resources *resources, const char *file, int64_t number,
		      struct error *error)
{
	return add_limit(resources, file, text_format("%" PRId64, number), error);
}

/* As much swap as memory unless memory_swap says otherwise, as in Docker. */
static int add_memory(const struct resources *resources, const struct limit_request *limit,
		      struct error *error)
{
	uint64_t most = resources->host->memory_bytes;

	if (add_number(resources, "memory.max", limit->number, error))
		return -1;
	if ((uint64_t)limit->number > most &&
	    resolve_warn(resources->resolve, &limit->origin, error,
			 "memory of %" PRId64 " is more than this host has, %" PRIu64
			 ": it limits nothing",
			 limit->number, most))
		return -1;
	if (!resources->host->has_swap ||
	    resources->resolve->request->limits[LIMIT_MEMORY_SWAP].number)
		return 0;
	return add_number(resources, "memory.swap.max", limit->number, error);
}

/* In the policy memory and swap together, in cgroup v2 swap alone. */
static int add_swap(const struct resources *resources, const struct limit_request *limit,
		    struct error *error)
{
	int64_t memory = resources->resolve->request->limits[LIMIT_MEMORY].number;

	if (limit->number < 0 && !memory)
		return 0; /* no limit beside no limit */
	if (!resources->host->has_swap)
		return error_set(error, ERROR_HOST, "this kernel has no swap");
	if (limit->number < 0)
		return add_limit(resources, "memory.swap.max", strdup("max"), error);
	return add_number(resources, "memory.swap.max", limit->number - memory, error);
}

/* memory.low counts as far as every cgroup above has one (cgroup-v2.rst, "Memory Interface Files"),
 * and those above are the host's. */
static int add_reservation(const struct resources *resources, const struct limit_request *limit,
			   struct error *error)
{
	(void)resources;
	(void)limit;
	return error_set(
		error, ERROR_HOST,
		"cgroup v2 leaves memory to no container whose parents have none to leave");
}

/* A weight counts among siblings only, and where systemd has the container stand, in the user's
 * slice, it has no other person's for a sibling. */
static int refuse_weight(const struct resources *resources, const char *property,
			 struct error *error)
{
	uid_t uid = resources->resolve->plan->user.uid;

	return error_set(
		error, ERROR_HOST,
		"under systemd slices are weighed, not containers: set %s of user-%u.slice",
		property, uid);
}

/* Whether a number is in a list as the kernel prints them: "0-3,6". */
static bool list_has(const char *list, unsigned long number)
{
	while (*list) {
		char *end;
		unsigned long least = strtoul(list, &end, 10), most = least;

		if (*end == '-')
			most = strtoul(end + 1, &end, 10);
		if (number >= least && number <= most)
			return true;
		list = end + strcspn(end, ",");
		list += *list == ',';
	}
	return false;
}

static unsigned long list_count(const char *list)
{
	unsigned long count = 0;

	for (unsigned long number = 0; number < 65536; number++)
		count += list_has(list, number);
	return count;
}

/* A bandwidth for each tenth of a second, the kernel's and Docker's period. */
static int add_cpus(const struct resources *resources, const struct limit_request *limit,
		    struct error *error)
{
	unsigned long there = list_count(resources->host->cpus);

	if (limit->number > (int64_t)there * 1000000000)
		return error_set(error, ERROR_HOST, "more than this host has, %lu", there);
	return add_limit(resources, "cpu.max",
			 text_format("%" PRId64 " 100000", limit->number / 10000), error);
}

/* log2(3) by its definition: each squaring gives one more binary digit. */
static double log2_of(int64_t number)
{
	double rest = (double)number, digit = 1, logarithm = 0;

	for (; rest >= 2; rest /= 2)
		logarithm += 1;
	for (int i = 0; i < 50; i++) {
		digit /= 2;
		rest *= rest;
		if (rest >= 2) {
			logarithm += digit;
			rest /= 2;
		}
	}
	return logarithm;
}

/* 10 to the power of 0 to 4, by the series of exp(3): its members are positive and soon small. */
static double ten_to(double power)
{
	const double natural = power * 2.302585092994045684; /* ln 10 */
	double member = 1, sum = 1;

	for (int i = 1; i < 60; i++) {
		member *= natural / i;
		sum += member;
	}
	return sum;
}

/*
 * From cgroup v1's 2 to 262144, 1024 being usual, to cgroup v2's 1 to 10000, 100 being usual: the
 * curve through those three points that runc and crun take (opencontainers/cgroups,
 * ConvertCPUSharesToCgroupV2Value), rounded up. Without libm, which each login would have to load.
 */
static int64_t weight_of_shares(int64_t shares)
{
	double magnitude = log2_of(shares), exact;
	int64_t weight;

	if (shares <= 2)
		return 1;
	exact = ten_to((magnitude * magnitude + 125 * magnitude) / 612.0 - 7.0 / 34.0);
	weight = (int64_t)exact;
	/* The three points are whole numbers, met but for the arithmetic's own error. */
	return exact - (double)weight > 1e-9 ? weight + 1 : weight;
}

static int add_shares(const struct resources *resources, const struct limit_request *limit,
		      struct error *error)
{
	if (resources->host->systemd)
		return refuse_weight(resources, "CPUWeight", error);
	return add_number(resources, "cpu.weight", weight_of_shares(limit->number), error);
}

/* Each of a list that the grammar has passed must be there: the kernel would leave the rest out. */
static int add_set(const struct resources *resources, const char *file, const char *wanted,
		   const char *there, struct error *error)
{
	for (const char *rest = wanted; *rest; rest += *rest == ',') {
		char *end;
		unsigned long number = strtoul(rest, &end, 10), most = number;

		if (*end == '-')
			most = strtoul(end + 1, &end, 10);
		for (; number <= most; number++)
			if (!list_has(there, number))
				return error_set(error, ERROR_HOST,
						 "'%s': number %lu is not there, this host has %s",
						 wanted, number, there);
		rest = end + strcspn(end, ",");
	}
	return add_limit(resources, file, strdup(wanted), error);
}

static int add_cpuset(const struct resources *resources, const struct limit_request *limit,
		      struct error *error)
{
	return add_set(resources, "cpuset.cpus", limit->text, resources->host->cpus, error);
}

static int add_nodes(const struct resources *resources, const struct limit_request *limit,
		     struct error *error)
{
	return add_set(resources, "cpuset.mems", limit->text, resources->host->nodes, error);
}

static int add_tasks(const struct resources *resources, const struct limit_request *limit,
		     struct error *error)
{
	if (limit->number < LOGIN_TASKS && !resources->resolve->context->service)
		return error_set(error, ERROR_POLICY,
				 "%" PRId64 " is less than the %d tasks of a login: init, the "
				 "server's process, a shell, a command",
				 limit->number, LOGIN_TASKS);
	return add_number(resources, "pids.max", limit->number, error);
}

/* BFQ takes Docker's 10 to 1000 as they are; io.weight, which io.cost reads, goes from 1 to 10000
 * (runc). One disk may have the one, another the other. */
static int add_weight(const struct resources *resources, const struct limit_request *limit,
		      struct error *error)
{
	const struct host_resources *host = resources->host;

	if (check_controller(host, "io", error))
		return -1;
	if (host->systemd)
		return refuse_weight(resources, "IOWeight", error);
	if (!host->has_bfq && !host->has_io_cost)
		return error_set(error, ERROR_HOST,
				 "no disk's requests are weighed here: none has the scheduler BFQ, "
				 "nor io.cost");
	if (host->has_bfq && add_number(resources, "io.bfq.weight", limit->number, error))
		return -1;
	if (!host->has_io_cost)
		return 0;
	return add_number(resources, "io.weight", 1 + (limit->number - 10) * 9999 / 990, error);
}

static const struct {
	const char *key;
	int (*add)(const struct resources *resources, const struct limit_request *limit,
		   struct error *error);
} rows[LIMIT_COUNT] = {
	[LIMIT_MEMORY] = { "memory", add_memory },
	[LIMIT_MEMORY_SWAP] = { "memory_swap", add_swap },
	[LIMIT_MEMORY_RESERVATION] = { "memory_reservation", add_reservation },
	[LIMIT_CPUS] = { "cpus", add_cpus },
	[LIMIT_CPU_SHARES] = { "cpu_shares", add_shares },
	[LIMIT_CPUSET_CPUS] = { "cpuset_cpus", add_cpuset },
	[LIMIT_CPUSET_MEMS] = { "cpuset_mems", add_nodes },
	[LIMIT_PIDS] = { "pids_limit", add_tasks },
	[LIMIT_BLKIO_WEIGHT] = { "blkio_weight", add_weight },
};

/* The kernel limits whole disks only (block/blk-cgroup.c, blkg_conf_open_bdev). */
static int check_disk(const struct resolve *resolve, const struct host_nodes *nodes,
		      const char *path, struct error *error)
{
	scope_memory char *partition = NULL;
	scope_of(host_file) struct host_file file = { 0 };
	bool found;

	if (nodes->folder || nodes->items[0].type != 'b')
		return error_set(error, ERROR_HOST, "'%s' is not a block device", path);
	partition = text_format("/sys/dev/block/%u:%u/partition", nodes->items[0].major,
				nodes->items[0].minor);
	if (!partition)
		return error_memory(error);
	if (resolve_file(resolve, "/", partition, &file, &found, error))
		return -1;
	if (found)
		return error_set(error, ERROR_HOST,
				 "'%s' is a partition: the kernel limits whole disks", path);
	return 0;
}

static int add_rate(const struct resources *resources, const struct rate_request *rate,
		    struct error *error)
{
	struct resolve *resolve = resources->resolve;
	scope_memory char *path = expand_path(resolve, rate->path, error);
	scope_of(host_nodes) struct host_nodes nodes = { 0 };

	/* What is written later from the page cache is accounted to the container only where its
	 * memory is too (cgroup-v2.rst, "Writeback"). */
	if (rate->write && check_controller(resources->host, "memory", error))
		return -1;
	if (!path || resolve->host->devices(resolve->host, path, &nodes, error) ||
	    check_disk(resolve, &nodes, path, error))
		return -1;
	return add_limit(resources, "io.max",
			 text_format("%u:%u %cbps=%" PRIu64, nodes.items[0].major,
				     nodes.items[0].minor, rate->write ? 'w' : 'r',
				     rate->bytes_per_s),
			 error);
}

static int add_rates(const struct resources *resources, struct error *error)
{
	const struct request *request = resources->resolve->request;

	for (size_t i = 0; i < request->rates.count; i++) {
		const struct rate_request *rate = &request->rates.items[i];

		if (!rate->bytes_per_s || !add_rate(resources, rate, error))
			continue;
		error_prefix(error, rate->write ? "device_write_bps" : "device_read_bps");
		return resolve_fault(&rate->origin, error);
	}
	return 0;
}

static bool limits_anything(const struct request *request)
{
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		if (request->limits[i].number)
			return true;
	return request->rates.count > 0;
}

/* Where the host has no cgroup v2 at all, the first limit is the one that is told of. */
static int ask_host(const struct resolve *resolve, struct host_resources *ret_host,
		    struct error *error)
{
	const struct request *request = resolve->request;

	if (!resolve->host->resources(resolve->host, ret_host, error))
		return 0;
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		if (request->limits[i].number)
			return resolve_fault(&request->limits[i].origin, error);
	return resolve_fault(&request->rates.items[0].origin, error);
}

int resolve_resources(struct resolve *resolve, struct error *error)
{
	const struct limit_request *limits = resolve->request->limits;
	scope_of(host_resources) struct host_resources host = { 0 };
	const struct resources resources = { resolve, &host };

	if (!limits_anything(resolve->request))
		return 0;
	if (ask_host(resolve, &host, error))
		return -1;
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		if (!limits[i].number || !rows[i].add(&resources, &limits[i], error))
			continue;
		error_prefix(error, "%s", rows[i].key);
		return resolve_fault(&limits[i].origin, error);
	}
	if (add_rates(&resources, error))
		return -1;
	resolve->plan->scope = host.systemd && resolve->plan->limits.count;
	return 0;
}
