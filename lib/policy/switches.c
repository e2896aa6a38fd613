/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys whose value is yes or no, or one word of a few. */
#include <string.h>
#include <strings.h>

#include "parsers.h"

#define SWITCH(name, field)                                               \
	KEY_PARSER(name)                                                  \
	{                                                                 \
		return text_boolean(value->text, &request->field, error); \
	}

/* The same, and where it was written is kept for what the plan has to say of it. */
#define SWITCH_AT(name, field, origin_field)                                       \
	KEY_PARSER(name)                                                           \
	{                                                                          \
		if (text_boolean(value->text, &request->field, error))             \
			return -1;                                                 \
		return origin_copy(&request->origin_field, &value->origin, error); \
	}

/* `chosen` is the place of the value among the words that follow; `end` ends the parser. */
#define CHOICE_THEN(name, assignment, end, ...)                           \
	KEY_PARSER(name)                                                  \
	{                                                                 \
		static const char *const words[] = { __VA_ARGS__, NULL }; \
		int chosen = value_word(value->text, words, error);       \
                                                                          \
		if (chosen < 0)                                           \
			return -1;                                        \
		assignment;                                               \
		return end;                                               \
	}

#define CHOICE(name, assignment, ...) CHOICE_THEN(name, assignment, 0, __VA_ARGS__)

/* The same, and where it was written is kept for what the plan has to say of it. */
#define CHOICE_AT(name, assignment, origin_field, ...)                                            \
	CHOICE_THEN(name, assignment, origin_copy(&request->origin_field, &value->origin, error), \
		    __VA_ARGS__)

/* yes is reserved, no is how it is anyway. */
#define RESERVED_SWITCH(name, word)                              \
	KEY_PARSER(name)                                         \
	{                                                        \
		bool wanted;                                     \
                                                                 \
		(void)request;                                   \
		if (text_boolean(value->text, &wanted, error))   \
			return -1;                               \
		return wanted ? value_reserved(word, error) : 0; \
	}

#define RESERVED(name, word)                        \
	KEY_PARSER(name)                            \
	{                                           \
		(void)request;                      \
		(void)value;                        \
		return value_reserved(word, error); \
	}

SWITCH(parse_confine, confine)
SWITCH(parse_read_only, read_only)
SWITCH_AT(parse_privileged, privileged, privileged_origin)
SWITCH_AT(parse_no_new_privileges, no_new_privileges, no_new_privileges_origin)

CHOICE(parse_systempaths, request->systempaths_unconfined = chosen == 1, "default", "unconfined")
CHOICE(parse_ipc, request->ipc_host = chosen == 1, "private", "host")
CHOICE(parse_uts, request->uts_host = chosen == 1, "private", "host")
CHOICE(parse_cgroupns, request->cgroupns_host = chosen == 1, "private", "host")
CHOICE(parse_pts, request->pts_private = chosen == 1, "host", "private")
CHOICE(parse_home, request->home = (enum home_view)chosen, "own", "tmpfs", "all")
CHOICE_AT(parse_pid, request->pid_host = chosen == 1, pid_origin, "private", "host")
CHOICE_AT(parse_share, request->share = chosen ? SHARE_SESSION : SHARE_USER, share_origin, "user",
	  "session")
CHOICE_AT(parse_linger, request->linger = (enum lingering)chosen, linger_origin, "no", "processes",
	  "yes")

RESERVED_SWITCH(parse_nested, "nested = yes")
RESERVED_SWITCH(parse_writable_cgroups, "writable_cgroups")
RESERVED(parse_userns, "userns")
RESERVED(parse_egress, "egress")

KEY_PARSER(parse_network)
{
	static const char *const words[] = { "host", "none", NULL };
	int chosen;

	if (!strcmp(value->text, "private"))
		return value_reserved("network = private", error);
	chosen = value_word(value->text, words, error);
	if (chosen < 0)
		return -1;
	request->network_none = chosen == 1;
	return 0;
}

KEY_PARSER(parse_lxcfs)
{
	bool wanted;

	(void)request;
	return text_boolean(value->text, &wanted, error);
}
