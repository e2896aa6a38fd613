/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confine doctor: the PAM services of this host that start something for people. sshd's is its own.
 */
#include <string.h>

#include "../lib/base/scope.h"
#include "doctor.h"
#include "pam_hold.h"

/* What a service starts, by its name. Names that are not here and open a session are servers too.
 */
static const struct service {
	const char *name, *starts;
	bool quiet; /* starts nothing for people, or is looked at elsewhere */
	bool note; /* is for root, or for those who can become root: no door of a confined person */
	bool shell; /* starts the login shell: confine-shell confines there without a line of ours
		     */
	bool setcred; /* joins by its auth line */
	const char *arguments; /* of our lines */
	const char *lines_of; /* includes this one, where the lines belong; or NULL */
	const char *allow, *deny; /* who may use it at all; NULL: everyone */
	bool needs_list; /* without either file only root may */
} services[] = {
	{ "login", "logins at the console", .shell = true },
	{ "su", "shells by su", .shell = true },
	{ "su-l", "shells by su -l", .shell = true, .lines_of = "su" },
	{ "sudo-i", "shells by sudo -i", .shell = true },
	{ "sudo", "commands by sudo -u", .note = true },
	{ "runuser", "shells by runuser", .note = true },
	{ "runuser-l", "shells by runuser -l", .note = true },
	{ "cron", "cron jobs", .setcred = true, .arguments = " join=fork",
	  .allow = "/etc/cron.allow", .deny = "/etc/cron.deny" },
	{ "crond", "cron jobs", .allow = "/etc/cron.allow", .deny = "/etc/cron.deny" },
	{ "atd", "at jobs", .allow = "/etc/at.allow", .deny = "/etc/at.deny", .needs_list = true },
	{ "other", "logins by servers without a file of their own", .note = true },
	{ "sshd", .quiet = true },
	{ "systemd-user", .quiet = true },
	{ "passwd", .quiet = true },
	{ "chfn", .quiet = true },
	{ "chsh", .quiet = true },
	{ "chage", .quiet = true },
	{ "chpasswd", .quiet = true },
	{ "newusers", .quiet = true },
	{ "useradd", .quiet = true },
	{ "userdel", .quiet = true },
	{ "usermod", .quiet = true },
	{ "groupadd", .quiet = true },
	{ "groupdel", .quiet = true },
	{ "groupmod", .quiet = true },
	{ "groupmems", .quiet = true },
	{ "polkit-1", .quiet = true },
};

static const struct service *find_service(const char *name)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (!strcmp(services[i].name, name))
			return &services[i];
	return NULL;
}

bool doctor_pam_knows(const char *service)
{
	return find_service(service);
}

/* What several stacks share ("common-session") is no service. */
static int note_parts(const struct pam_stack *stack, const char *service, struct strings *parts,
		      struct error *error)
{
	for (size_t i = 0; i < stack->count; i++) {
		const char *slash = strrchr(stack->items[i].file, '/');
		const char *name = slash ? slash + 1 : stack->items[i].file;

		if (strcmp(name, service) && !strings_contain(parts, name) &&
		    strings_add(parts, name, error))
			return -1;
	}
	return 0;
}

static int find_parts(const struct strings *names, struct strings *parts, struct error *error)
{
	for (size_t i = 0; i < names->count; i++) {
		scope_of(pam_stack) struct pam_stack stack = { 0 };
		struct error fault = ERROR_INIT;

		if (!pam_files_read(&stack, NULL, names->items[i], &fault) &&
		    note_parts(&stack, names->items[i], parts, error))
			return -1;
	}
	return 0;
}

static bool opens_sessions(const struct pam_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->items[i].type == PAM_TYPE_SESSION)
			return true;
	return false;
}

/* crontab(1), at(1): the allow file, else the deny file; without either everyone, or only root. */
static bool may_use(const struct doctor *doctor, const struct service *service, const char *user)
{
	scope_of(host_file) struct host_file file = { 0 }, other = { 0 };
	struct error fault = ERROR_INIT;

	if (!service->allow)
		return true;
	if (!doctor->host.file(&doctor->host, "/", service->allow, &file, &fault))
		return doctor_has_line(doctor, service->allow, user);
	if (!doctor->host.file(&doctor->host, "/", service->deny, &other, &fault))
		return !doctor_has_line(doctor, service->deny, user);
	return !service->needs_list;
}

static int find_users(const struct doctor *doctor, const struct service *service,
		      struct strings *users, struct error *error)
{
	const struct strings *most = service->shell ? &doctor->not_by_shell : &doctor->all;

	for (size_t i = 0; i < most->count; i++)
		if (may_use(doctor, service, most->items[i]) &&
		    strings_add(users, most->items[i], error))
			return -1;
	return 0;
}

static bool is_there(const struct doctor *doctor, const char *path)
{
	scope_of(host_file) struct host_file file = { 0 };
	struct error fault = ERROR_INIT;

	return !doctor->host.file(&doctor->host, "/", path, &file, &fault);
}

/* Our lines for a service's own file; a vendor's is copied first, for it is not to be edited. */
static char *own_lines(const struct doctor *doctor, const struct service *service, const char *name,
		       bool vendors)
{
	const char *exempting = doctor->exempting;

	if (vendors)
		return text_format("cp /usr/lib/pam.d/%s /etc/pam.d/ && printf 'auth required "
				   "pam_confine.so%s\\nsession required pam_confine.so%s\\n' "
				   ">>/etc/pam.d/%s",
				   name, exempting, exempting, name);
	return doctor_own_lines(doctor, service->arguments ? service->arguments : "");
}

static int add_door(struct doctor *doctor, const struct service *service, const char *name,
		    const struct pam_hold *hold, const struct strings *users, struct error *error)
{
	static const char *const faults[] = {
		[PAM_HOLD_NONE] = "has no line of pam_confine",
		[PAM_HOLD_WEAK] = "goes on where pam_confine fails",
		[PAM_HOLD_PASSED] = "may end before the line of pam_confine",
		[PAM_HOLD_JUMPED] = "may jump over the line of pam_confine",
	};
	const char *belongs_to = service->lines_of ? service->lines_of : name;
	scope_memory char *belongs = text_format("/etc/pam.d/%s", belongs_to);
	bool vendors = belongs && !is_there(doctor, belongs);
	scope_memory char *file = text_format("%s/pam.d/%s", vendors ? "/usr/lib" : "/etc", name);
	scope_memory char *lines = own_lines(doctor, service, belongs_to, vendors);
	const struct door_place place = {
		.note = service->note || hold->kind == PAM_HOLD_JUMPED,
		.file = hold->line ? hold->line->file : file,
		.line = hold->line ? hold->line->number : 0,
		.shut = service->note ? NULL : lines,
		.shut_file = vendors ? NULL : belongs,
	};

	if (!file || !belongs || !lines)
		return error_memory(error);
	if (!(service->note ? doctor->all.count : users->count))
		return 0; /* open to no one who is confined */
	return doors_add(&doctor->doors, &place, service->note ? NULL : users, error,
			 "%s are not confined: '%s' %s", service->starts, name, faults[hold->kind]);
}

int doctor_pam_unread(struct doctor *doctor, const char *server, const struct error *fault,
		      struct error *error)
{
	return doctor_way(doctor, server, "not known", *fault->file ? fault->file : "-", error) ||
			       doctor_unseen(doctor, fault, error)
		       ? -1
		       : 0;
}

int doctor_pam_shut(struct doctor *doctor, const char *server, const struct pam_line *line,
		    struct error *error)
{
	const struct door_place place = { .note = true, .file = line->file, .line = line->number };
	scope_memory char *where = text_format("%s:%u", line->file, line->number);

	if (!where)
		return error_memory(error);
	if (doctor_way(doctor, server, "refuses all", where, error))
		return -1;
	return doors_add(&doctor->doors, &place, NULL, error,
			 "no one gets in by '%s': the module '%s' is not there", server,
			 line->module);
}

static int look_at(struct doctor *doctor, const struct service *service, const char *name,
		   const struct pam_stack *stack, struct error *error)
{
	scope_of(strings) struct strings users = { 0 };
	const struct pam_hold hold = pam_hold_find(stack, service->setcred);
	bool holds = hold.kind == PAM_HOLD_FULL;
	scope_memory char *where = holds ? text_format("%s:%u", hold.line->file, hold.line->number)
					 : text_format("/etc/pam.d/%s", name);

	if (!where)
		return error_memory(error);
	if (hold.kind == PAM_HOLD_SHUT)
		return doctor_pam_shut(doctor, name, hold.line, error);
	if (doctor_way(doctor, name,
		       holds		? "PAM"
		       : service->shell ? "login shell"
					: "nothing",
		       where, error))
		return -1;
	if (holds)
		return 0;
	return find_users(doctor, service, &users, error) ||
			       add_door(doctor, service, name, &hold, &users, error)
		       ? -1
		       : 0;
}

static int look_at_name(struct doctor *doctor, const char *name, const struct strings *parts,
			struct error *error)
{
	static const struct service unknown = { .starts = "its sessions" };
	const struct service *service = find_service(name);
	scope_of(pam_stack) struct pam_stack stack = { 0 };
	struct error fault = ERROR_INIT;

	if (service ? service->quiet : strings_contain(parts, name))
		return 0;
	if (pam_hold_read(&stack, NULL, name, &fault))
		return doctor_pam_unread(doctor, name, &fault, error);
	if (!opens_sessions(&stack))
		return 0;
	return look_at(doctor, service ? service : &unknown, name, &stack, error);
}

int doctor_pam(struct doctor *doctor, struct error *error)
{
	scope_of(strings) struct strings names = { 0 }, parts = { 0 };

	if (pam_files_services(NULL, &names, error) || find_parts(&names, &parts, error))
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (look_at_name(doctor, names.items[i], &parts, error))
			return -1;
	return 0;
}
