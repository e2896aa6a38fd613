/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exempt file, as `confine check` reads it. */
#include "../../lib/policy/exempt.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scope_fd int file = fuzz_file(data, size);
	scope_of(findings) struct findings findings = { 0 };
	struct error error;

	return exempt_check(file, "exempt", &findings, &error) ? -1 : 0;
}
