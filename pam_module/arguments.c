/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arguments.h"

#include <string.h>

#include "../lib/base/text.h"

static int take_flag(struct arguments *arguments, const char *word)
{
	const struct {
		const char *word;
		bool *flag;
	} flags[] = {
		{ "open", &arguments->only_open },
		{ "close", &arguments->only_close },
		{ "debug", &arguments->debug },
		{ "quiet", &arguments->quiet },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (!strcmp(word, flags[i].word)) {
			*flags[i].flag = true;
			return 0;
		}
	return -1;
}

static int take_way(struct arguments *arguments, const char *name)
{
	static const struct {
		const char *name;
		enum login_way way;
	} ways[] = { { "setcred", LOGIN_SETCRED }, { "fork", LOGIN_FORK }, { "here", LOGIN_HERE } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(name, ways[i].name)) {
			arguments->way = ways[i].way;
			arguments->way_given = true;
			return 0;
		}
	return -1;
}

static int take_word(struct arguments *arguments, const char *word)
{
	if (text_starts(word, "join="))
		return take_way(arguments, strchr(word, '=') + 1);
	if (text_starts(word, "conf=/")) {
		arguments->conf = strchr(word, '=') + 1;
		return 0;
	}
	if (text_starts(word, "exempt_group=") && word[strlen("exempt_group=")]) {
		arguments->exempt_group = strchr(word, '=') + 1;
		return 0;
	}
	return take_flag(arguments, word);
}

int arguments_parse(struct arguments *ret_arguments, int argc, const char *const *argv,
		    struct error *error)
{
	struct arguments arguments = { .conf = CONFINE_CONF };
	char quoted[128];
	int failed = 0;

	for (int i = 0; i < argc; i++)
		if (take_word(&arguments, argv[i]) && !failed)
			failed = error_set(error, ERROR_POLICY, "unknown module argument '%s'",
					   text_quote(argv[i], quoted, sizeof(quoted)));
	if (!failed && arguments.only_open && arguments.only_close)
		failed = error_set(error, ERROR_POLICY,
				   "module arguments 'open' and 'close' on one line do nothing");
	*ret_arguments = arguments;
	return failed;
}
