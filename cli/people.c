/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "people.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"
#include "../lib/policy/caps.h"
#include "effective.h"
#include "policy_names.h"

void people_clear(struct people *people)
{
	for (size_t i = 0; i < people->count; i++) {
		host_user_clear(&people->items[i].user);
		free(people->items[i].unreached);
	}
	free(people->items);
	strings_clear(&people->released);
	strings_clear(&people->reasons);
	*people = (struct people){ 0 };
}

static int add_once(struct strings *names, const char *name, struct error *error)
{
	return strings_contain(names, name) ? 0 : strings_add(names, name, error);
}

/* shells(5): a login shell is one that the file lists; an empty one is /bin/sh. */
static int list_shells(struct strings *shells, struct error *error)
{
	const char *shell;
	int failed = strings_add(shells, "", error) || strings_add(shells, CONFINE_SHELL, error);

	setusershell();
	while (!failed && (shell = getusershell()))
		failed = strings_add(shells, shell, error);
	endusershell();
	return failed ? -1 : 0;
}

static int list_accounts(struct strings *names, struct error *error)
{
	scope_of(strings) struct strings shells = { 0 };
	const struct passwd *entry;
	int failed = list_shells(&shells, error);

	setpwent();
	while (!failed && (entry = getpwent()))
		if (entry->pw_uid && strings_contain(&shells, entry->pw_shell))
			failed = add_once(names, entry->pw_name, error);
	endpwent();
	return failed ? -1 : 0;
}

static int list_members(struct strings *names, const char *group, struct error *error)
{
	const struct group *entry = getgrnam(group);

	for (char **member = entry ? entry->gr_mem : NULL; member && *member; member++)
		if (add_once(names, *member, error))
			return -1;
	return 0;
}

static int list_names(struct strings *names, const char *conf, struct error *error)
{
	scope_of(strings) struct strings groups = { 0 };

	if (policy_names(conf, "user", names, error) || policy_names(conf, "group", &groups, error))
		return -1;
	for (size_t i = 0; i < groups.count; i++)
		if (list_members(names, groups.items[i], error))
			return -1;
	return list_accounts(names, error);
}

/* What cap_add gives no process of the person's own; a policy or plan at fault gives nothing. */
static int find_unreached(struct person *person, struct effective *effective, const char *conf,
			  struct error *error)
{
	const struct plan_context context = { .conf = conf };
	struct error fault = ERROR_INIT;
	uint64_t wanted;

	if (!effective->policy.caps.added || effective_plan(effective, &context, &fault))
		return 0;
	wanted = plan_unreached(&effective->request, &effective->plan);
	if (!wanted)
		return 0;
	person->unreached = caps_print(wanted);
	return person->unreached ? 0 : error_memory(error);
}

static int add_person(struct people *people, struct effective *effective, const char *conf,
		      struct error *error)
{
	struct person *person = array_add(&people->items, &people->count, sizeof(*person));

	if (!person)
		return error_memory(error);
	if (find_unreached(person, effective, conf, error))
		return -1;
	person->user = effective->user;
	effective->user = (struct host_user){ 0 };
	person->by_shell = !strcmp(person->user.shell, CONFINE_SHELL);
	return 0;
}

static int release(struct people *people, const char *name, const char *why, struct error *error)
{
	return strings_add(&people->released, name, error) ||
			       strings_add(&people->reasons, why, error)
		       ? -1
		       : 0;
}

static int add_name(struct people *people, const char *name, const char *conf, struct error *error)
{
	scope_of(effective) struct effective effective = { 0 };
	struct error fault = ERROR_INIT;

	if (effective_find(&effective, name, conf, &fault)) {
		if (fault.kind == ERROR_HOST)
			return 0; /* a policy for someone who is not there confines no one */
		*error = fault;
		return -1;
	}
	if (!effective.user.uid)
		return 0;
	if (effective.exempt)
		return release(people, name, effective.exempt, error);
	/* A broken policy refuses this person's logins; other ways out stay of interest. */
	if (!effective_load(&effective, conf, NULL, &fault) && policy_exempts(&effective.policy))
		return release(people, name, "confine = no", error);
	return add_person(people, &effective, conf, error);
}

int people_find(struct people *ret_people, const char *conf, struct error *error)
{
	scope_of(people) struct people people = { 0 };
	scope_of(strings) struct strings names = { 0 };

	if (list_names(&names, conf, error))
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (add_name(&people, names.items[i], conf, error))
			return -1;
	*ret_people = people;
	people = (struct people){ 0 };
	return 0;
}

int people_names(const struct people *people, enum people_choice choice, struct strings *ret_names,
		 struct error *error)
{
	scope_of(strings) struct strings names = { 0 };

	for (size_t i = 0; i < people->count; i++) {
		const struct person *person = &people->items[i];

		if ((choice == PEOPLE_ALL || person->by_shell == (choice == PEOPLE_BY_SHELL)) &&
		    strings_add(&names, person->user.name, error))
			return -1;
	}
	*ret_names = names;
	names = (struct strings){ 0 };
	return 0;
}
