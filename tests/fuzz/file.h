/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libFuzzer hands over, as the file or the text that a parser takes. */
#ifndef CONFINE_TESTS_FUZZ_FILE_H
#define CONFINE_TESTS_FUZZ_FILE_H

#include <stdint.h>
#include <sys/mman.h>

#include "../../lib/base/path.h"
#include "../../lib/base/scope.h"

/* Of the exact size, so that the sanitizer sees a byte read too many. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	for (size_t i = 0; i < size; i++)
		text[i] = (char)data[i];
	text[size] = '\0';
	return text;
}

static inline int fuzz_file(const uint8_t *data, size_t size)
{
	int file = memfd_create("fuzz", MFD_CLOEXEC);
	struct error error;

	if (file < 0 || path_write_all(file, data, size, &error) || lseek(file, 0, SEEK_SET))
		abort();
	return file;
}

#endif
