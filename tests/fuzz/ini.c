/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy file: lines to values, or findings. */
#include "../../lib/policy/ini.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scope_fd int file = fuzz_file(data, size);
	scope_of(findings) struct findings findings = { 0 };
	scope_of(ini) struct ini ini = { 0 };
	struct error error;

	return ini_read(&ini, file, "fuzz.ini", &findings, &error) ? -1 : 0;
}
