/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: which ways into this host confine whom, and which doors stand open beside them.
 */
#include "doctor.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "command.h"

enum { FILE_MOST_BYTES = 1024 * 1024 };

static int (*const checks[])(struct doctor *doctor, struct error *error) = {
	doctor_sshd,	doctor_pam,  doctor_plain_servers, doctor_accounts,
	doctor_manager, doctor_mail, doctor_apparmor,
};

static void doctor_clear(struct doctor *doctor)
{
	people_clear(&doctor->people);
	strings_clear(&doctor->all);
	strings_clear(&doctor->by_shell);
	strings_clear(&doctor->not_by_shell);
	doors_clear(&doctor->doors);
	for (size_t i = 0; i < doctor->way_count; i++) {
		free(doctor->ways[i].server);
		free(doctor->ways[i].where);
	}
	free(doctor->ways);
	strings_clear(&doctor->unseen);
	free(doctor->exempting);
}

int doctor_way(struct doctor *doctor, const char *server, const char *by, const char *where,
	       struct error *error)
{
	struct way_in *way = array_add(&doctor->ways, &doctor->way_count, sizeof(*way));

	if (!way)
		return error_memory(error);
	way->by = by;
	way->server = strdup(server);
	way->where = strdup(where);
	return way->server && way->where ? 0 : error_memory(error);
}

int doctor_unseen(struct doctor *doctor, const struct error *fault, struct error *error)
{
	char line[sizeof(*fault)];

	if (fault->kind == ERROR_MEMORY) {
		*error = *fault;
		return -1;
	}
	error_format(fault, line, sizeof(line));
	return strings_contain(&doctor->unseen, line) ? 0
						      : strings_add(&doctor->unseen, line, error);
}

/* The home belongs to its person: whatever lies there is neither followed nor opened. */
static bool has_file(const char *home, const char *name)
{
	struct error fault = ERROR_INIT;
	scope_fd int folder = path_open_trusted(home, NULL, &fault);
	scope_fd int file =
		folder < 0 ? -1 : path_open_in(folder, name, O_PATH | O_NOFOLLOW, &fault);

	return file >= 0 || (folder >= 0 && fault.number == ELOOP);
}

int doctor_with_file(const struct doctor *doctor, const char *name, struct strings *ret_names,
		     struct error *error)
{
	scope_of(strings) struct strings names = { 0 };

	for (size_t i = 0; i < doctor->people.count; i++) {
		const struct host_user *user = &doctor->people.items[i].user;

		if (has_file(user->home, name) && strings_add(&names, user->name, error))
			return -1;
	}
	*ret_names = names;
	names = (struct strings){ 0 };
	return 0;
}

bool doctor_has_line(const struct doctor *doctor, const char *file, const char *line)
{
	scope_memory char *text = NULL;
	struct error fault = ERROR_INIT;
	char *rest, *part;
	size_t size;

	if (doctor->host.read(&doctor->host, file, false, FILE_MOST_BYTES, &text, &size, &fault))
		return false;
	rest = text;
	while ((part = strsep(&rest, "\n"))) {
		scope_memory char *trimmed = text_trim(part);

		if (trimmed && !strcmp(trimmed, line))
			return true;
	}
	return false;
}

static int examine(struct doctor *doctor, struct error *error)
{
	if (host_init(&doctor->host, error) || people_find(&doctor->people, doctor->conf, error) ||
	    people_names(&doctor->people, PEOPLE_ALL, &doctor->all, error) ||
	    people_names(&doctor->people, PEOPLE_BY_SHELL, &doctor->by_shell, error) ||
	    people_names(&doctor->people, PEOPLE_NOT_BY_SHELL, &doctor->not_by_shell, error) ||
	    doctor_exempting(doctor, error))
		return -1;
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (checks[i](doctor, error))
			return -1;
	return 0;
}

static void print_text(const struct doctor *doctor)
{
	printf("%-32s  %-12s  %s\n", "SERVER", "CONFINES BY", "WHERE");
	for (size_t i = 0; i < doctor->way_count; i++)
		printf("%-32s  %-12s  %s\n", doctor->ways[i].server, doctor->ways[i].by,
		       doctor->ways[i].where);
	printf("\nto be confined: %zu, of them with confine-shell as login shell: %zu\n\n",
	       doctor->all.count, doctor->by_shell.count);
	doors_print(&doctor->doors);
	for (size_t i = 0; i < doctor->unseen.count; i++)
		printf("not looked at: %s\n", doctor->unseen.items[i]);
}

static json_object *json_ways(const struct doctor *doctor)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < doctor->way_count; i++) {
		const struct way_in *way = &doctor->ways[i];
		json_object *object = json_object_new_object();

		json_object_object_add(object, "server", json_object_new_string(way->server));
		json_object_object_add(object, "by", json_object_new_string(way->by));
		json_object_object_add(object, "where", json_object_new_string(way->where));
		json_object_array_add(array, object);
	}
	return array;
}

static void print_json(const struct doctor *doctor)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "servers", json_ways(doctor));
	json_object_object_add(object, "confined", command_json_strings(&doctor->all));
	json_object_object_add(object, "by_login_shell", command_json_strings(&doctor->by_shell));
	json_object_object_add(object, "doors", doors_json(&doctor->doors));
	json_object_object_add(object, "not_looked_at", command_json_strings(&doctor->unseen));
	command_print_json(object);
}

static int run(const struct command *command, int argc, char **argv)
{
	scope_of(doctor) struct doctor doctor = { .conf = CONFINE_CONF };
	struct error error = ERROR_INIT;
	bool json;
	int status;

	if (command_parse_json(command, argc, argv, &json, &status) < 0)
		return status;
	if (examine(&doctor, &error))
		return command_fail(&error, STATUS_CONFINE_FAILED);
	if (json)
		print_json(&doctor);
	else
		print_text(&doctor);
	if (doctor.unseen.count)
		return STATUS_CONFINE_FAILED;
	return doors_open(&doctor.doors) ? STATUS_FAILED : STATUS_FINE;
}

const struct command command_doctor = {
	.name = "doctor",
	.usage = "[--json]",
	.summary = "Look for ways around confine on this host",
	.help = "Which servers confine whom, and by what; then a line for each door that stands\n"
		"open, and one for what shuts it. Notes are no findings. Nothing is changed.\n\n"
		"Exit status: 0 nothing open, 1 findings, 125 something could not be looked at.\n",
	.needs = "only options are taken",
	.root = true,
	.runs = true,
	.run = run,
};
