/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seccomp profile: JSON to struct. */
#include "../../lib/policy/profile.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scope_memory char *text = fuzz_text(data, size);
	scope_of(profile) struct profile profile = { 0 };
	struct error error;

	profile_parse(&profile, "fuzz.json", text, size, &error);
	return 0;
}
