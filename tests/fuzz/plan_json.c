/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A printed plan, as `confine enter` reads it back. */
#include "../../lib/plan/plan.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scope_memory char *text = fuzz_text(data, size);
	scope_of(plan) struct plan plan = { 0 };
	struct error error;

	plan_read_json(&plan, text, &error);
	return 0;
}
