/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands behind `confine run`: a word a line. */
#include <string.h>

#include "../../cli/flags.h"
#include "file.h"

enum { WORDS_MOST = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char name[] = "run";
	scope_memory char *text = fuzz_text(data, size);
	scope_of(flags) struct flags flags = { 0 };
	char *words[WORDS_MOST + 1] = { name }, *rest = text;
	struct error error;
	int count = 1;

	while (rest && count < WORDS_MOST)
		words[count++] = strsep(&rest, "\n");
	flags_parse(&flags, count, words, &error);
	return 0;
}
