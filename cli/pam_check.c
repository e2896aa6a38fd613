/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_check.h"

#include <grp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/scope.h"
#include "../pam_module/server.h"
#include "doctor.h"
#include "pam_hold.h"

static const char module[] = "pam_confine.so";

/* One line of ours. */
struct own {
	const struct pam_line *line;
	struct arguments arguments;
};

/* The lines of one type of a service, all and ours, and how its server joins. */
struct half {
	const char *service, *type;
	const struct pam_line **lines;
	size_t count;
	struct own *own;
	size_t own_count;
	enum login_way way;
};

struct pam_check {
	const char *const *folders; /* of services */
	const char *modules; /* the folder of modules */
	const char *conf;
	struct strings *exempt; /* groups */
	struct notes *notes;
	struct error *error;
};

static void half_clear(struct half *half)
{
	free(half->lines);
	free(half->own);
}

static int tell(struct pam_check *check, const struct pam_line *line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int tell(struct pam_check *check, const struct pam_line *line, const char *format, ...)
{
	struct error said = ERROR_INIT;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(said.text, sizeof(said.text), format, arguments);
	va_end(arguments);
	error_locate(&said, line->file, line->number);
	return notes_add(check->notes, NOTE_FINDING, NULL, &said, false, check->error);
}

/* Services are named after programs: "su-l" and "sudo-i" too, and "sshd-try" of README. */
static int find_way(struct pam_check *check, const char *service, const struct own *own,
		    enum login_way *ret_way)
{
	scope_memory char *name = strndup(service, strcspn(service, "-"));
	struct error fault = ERROR_INIT;
	struct server server;

	if (!name)
		return error_memory(check->error);
	if (server_named(&server, name, &own->arguments, &fault) &&
	    tell(check, own->line, "%s", fault.text))
		return -1;
	*ret_way = server.way;
	return 0;
}

static int add_own(struct pam_check *check, struct half *half, const struct pam_line *line)
{
	const char *const *words = (const char *const *)line->arguments.items;
	struct error fault = ERROR_INIT;
	struct own own = { .line = line };
	struct own *added;
	int failed = arguments_parse(&own.arguments, (int)line->arguments.count, words, &fault);

	if (access(own.arguments.conf, F_OK) && strcmp(own.arguments.conf, CONFINE_CONF) != 0 &&
	    tell(check, line, "conf=%s is not there: every login is refused", own.arguments.conf))
		return -1;
	if (strcmp(own.arguments.conf, check->conf) != 0)
		return 0;
	if (failed && tell(check, line, "%s: every login is refused", fault.text))
		return -1;
	if (!pam_line_loads(line, check->modules) &&
	    tell(check, line, "'%s' is not there: every login is refused", line->module))
		return -1;
	if (!pam_line_is(line, module))
		return 0;
	if (find_way(check, half->service, &own, &half->way))
		return -1;
	added = array_add(&half->own, &half->own_count, sizeof(*added));
	if (!added)
		return error_memory(check->error);
	*added = own;
	return 0;
}

static int gather(struct pam_check *check, struct half *half, const struct pam_stack *stack,
		  enum pam_type type)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct pam_line *line = &stack->items[i], **added;

		if (line->type != type)
			continue;
		added = array_add(&half->lines, &half->count, sizeof(*added));
		if (!added)
			return error_memory(check->error);
		*added = line;
		if ((pam_line_is(line, module) ||
		     (pam_line_seems(line, module) && !pam_line_loads(line, check->modules))) &&
		    add_own(check, half, line))
			return -1;
	}
	return 0;
}

/* A refusal must end the login, and a module that is gone be missed. */
static int check_control(struct pam_check *check, const struct half *half, const struct own *own)
{
	static const char *const answers[] = { "session_err", "cred_err", "perm_denied" };
	const struct pam_line *line = own->line;
	char action[16];

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		pam_line_action(line, answers[i], action, sizeof(action));
		if (strcmp(action, "bad") != 0 && strcmp(action, "die") != 0)
			return tell(check, line,
				    "control '%s' lets a login that is refused go on: the %s line "
				    "must be 'required'",
				    line->control, half->type);
	}
	if (line->optional)
		return tell(check, line,
			    "'-%s' lets logins go on unconfined where the module is missing",
			    half->type);
	return 0;
}

static int check_groups(struct pam_check *check, const struct own *own)
{
	const char *rest = own->arguments.exempt_group;

	while (rest && *rest) {
		size_t length = strcspn(rest, ",");
		scope_memory char *name = strndup(rest, length);

		if (!name)
			return error_memory(check->error);
		if (*name && !getgrnam(name) &&
		    tell(check, own->line, "no group named '%s': it exempts no one", name))
			return -1;
		if (*name && strings_add(check->exempt, name, check->error))
			return -1;
		rest += length + (rest[length] == ',');
	}
	return 0;
}

/* What may stand after us: it does nothing that could be done inside. */
static bool is_harmless(const struct pam_line *line)
{
	return pam_line_is(line, module) || pam_line_is(line, "pam_permit.so") ||
	       pam_line_is(line, "pam_deny.so");
}

static size_t place_of(const struct half *half, const struct own *own)
{
	size_t place = 0;

	while (half->lines[place] != own->line)
		place++;
	return place;
}

/* Other modules run after ours: under `here` inside, and by setcred inside as root. */
static int check_last(struct pam_check *check, const struct half *half)
{
	const struct own *last = &half->own[half->own_count - 1];
	scope_of(strings) struct strings names = { 0 };
	scope_memory char *list = strdup("");

	if (last->arguments.only_close)
		return 0;
	for (size_t i = place_of(half, last) + 1; i < half->count; i++) {
		const char *name = half->lines[i]->module;

		if (is_harmless(half->lines[i]) || strings_contain(&names, name))
			continue;
		if (strings_add(&names, name, check->error))
			return -1;
	}
	for (size_t i = 0; list && i < names.count; i++) {
		scope_memory char *before = list;

		list = text_format("%s%s%s", before, i ? ", " : "", names.items[i]);
	}
	if (!list)
		return error_memory(check->error);
	return names.count ? tell(check, last->line,
				  "not the last %s line of service '%s': %s after it", half->type,
				  half->service, list)
			   : 0;
}

/* Lines before ours by which it is passed over: it is not asked then. */
static int check_reached(struct pam_check *check, const struct half *half)
{
	const struct own *first = &half->own[0];
	size_t place = place_of(half, first);

	for (size_t i = 0; i < place; i++)
		if (pam_hold_threat(half->lines[i], first->line) != PAM_HOLD_FULL &&
		    tell(check, first->line,
			 "service '%s' can pass this %s line over: '%s' of %s stands before it at "
			 "%s:%u",
			 half->service, half->type, half->lines[i]->control, half->lines[i]->module,
			 half->lines[i]->file, half->lines[i]->number))
			return -1;
	return 0;
}

static int check_half(struct pam_check *check, const struct half *half)
{
	if (!half->own_count)
		return 0;
	for (size_t i = 0; i < half->own_count; i++)
		if (check_control(check, half, &half->own[i]) || check_groups(check, &half->own[i]))
			return -1;
	if (check_last(check, half))
		return -1;
	/* With `here` the auth line only keeps company: su's comes after pam_rootok. */
	return half->way == LOGIN_HERE && !strcmp(half->type, "auth") ? 0
								      : check_reached(check, half);
}

/* What one line says and the other does not. */
static int check_alike(struct pam_check *check, const struct own *auth, const struct own *session)
{
	const struct arguments *a = &auth->arguments, *b = &session->arguments;
	const char *other = NULL;

	if (a->way_given != b->way_given || (a->way_given && a->way != b->way))
		other = "join=";
	else if (!text_same(a->exempt_group, b->exempt_group))
		other = "exempt_group=";
	return other ? tell(check, session->line, "%s differs from that of the auth line at %s:%u",
			    other, auth->line->file, auth->line->number)
		     : 0;
}

/* Whether a session line of ours opens, or else closes, sessions. */
static bool acts(const struct half *session, bool opens)
{
	for (size_t i = 0; i < session->own_count; i++)
		if (opens ? !session->own[i].arguments.only_close
			  : !session->own[i].arguments.only_open)
			return true;
	return false;
}

/* A line with `close` opens none, and one with `open` closes none (pam_selinux's habit). */
static int check_acts(struct pam_check *check, const struct half *auth, const struct half *session)
{
	const struct half *had = session->own_count ? session : auth;

	if (!had->own_count)
		return 0;
	if (!acts(session, true))
		return tell(check, had->own[0].line, "service '%s' has no session line of %s%s: %s",
			    session->service, module,
			    session->own_count ? " that opens sessions" : "",
			    had->way == LOGIN_HERE ? "its logins are not confined"
						   : "its logins are stopped");
	return acts(session, false)
		       ? 0
		       : tell(check, had->own[0].line,
			      "service '%s' has no session line of %s that closes sessions",
			      session->service, module);
}

static int check_halves(struct pam_check *check, const struct half *auth,
			const struct half *session)
{
	const char *name = auth->service;

	if (check_acts(check, auth, session))
		return -1;
	if (session->own_count && !auth->own_count && session->way != LOGIN_HERE)
		return tell(check, session->own[0].line,
			    "service '%s' has no auth line of %s: its logins are refused", name,
			    module);
	for (size_t i = 0; auth->own_count && i < session->own_count; i++)
		if (check_alike(check, &auth->own[0], &session->own[i]))
			return -1;
	return 0;
}

/* Of a file that is no service's, nor was to be one of ours (a README), nothing is said. */
static int tell_fault(struct pam_check *check, const char *service, struct error *fault)
{
	char text[sizeof(fault->text)];

	if (fault->kind == ERROR_MEMORY)
		return error_memory(check->error);
	if (!doctor_pam_knows(service) && !pam_files_mention(check->folders, service, "confin"))
		return 0;
	memcpy(text, fault->text, sizeof(text));
	snprintf(fault->text, sizeof(fault->text),
		 "%.200s: logins by '%.64s' are refused or stopped", text, service);
	return notes_add(check->notes, NOTE_FINDING, NULL, fault, false, check->error);
}

static int check_service(struct pam_check *check, const char *service)
{
	scope_of(half) struct half auth = { .service = service, .type = "auth" };
	scope_of(half) struct half session = { .service = service, .type = "session" };
	scope_of(pam_stack) struct pam_stack stack = { 0 };
	struct error fault = ERROR_INIT;

	if (pam_files_read(&stack, check->folders, service, &fault))
		return tell_fault(check, service, &fault);
	if (gather(check, &auth, &stack, PAM_TYPE_AUTH) ||
	    gather(check, &session, &stack, PAM_TYPE_SESSION))
		return -1;
	return check_half(check, &auth) || check_half(check, &session) ||
			       check_halves(check, &auth, &session)
		       ? -1
		       : 0;
}

int pam_check_in(const char *const *folders, const char *modules, const char *conf,
		 struct strings *exempt, struct notes *notes, struct error *error)
{
	struct pam_check check = { folders, modules, conf, exempt, notes, error };
	scope_of(strings) struct strings services = { 0 };
	struct error fault = ERROR_INIT;

	if (pam_files_services(folders, &services, &fault))
		return notes_add(notes, NOTE_FINDING, NULL, &fault, false, error);
	for (size_t i = 0; i < services.count; i++)
		if (check_service(&check, services.items[i]))
			return -1;
	return 0;
}

int pam_check(const char *conf, struct strings *exempt, struct notes *notes, struct error *error)
{
	return pam_check_in(NULL, CONFINE_PAMDIR, conf, exempt, notes, error);
}
