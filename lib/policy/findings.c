/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/text.h"

void findings_clear(struct findings *findings)
{
	free(findings->items);
	*findings = (struct findings){ 0 };
}

int findings_add(struct findings *findings, const struct error *finding, struct error *error)
{
	struct error *item = array_add(&findings->items, &findings->count, sizeof(*item));

	if (!item)
		return error_memory(error);
	*item = *finding;
	return 0;
}

int findings_addf(struct findings *findings, const char *file, unsigned line, struct error *error,
		  const char *format, ...)
{
	struct error finding = ERROR_INIT;
	char text[sizeof(finding.text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	error_set(&finding, ERROR_POLICY, "%s", text);
	error_locate(&finding, file, line);
	return findings_add(findings, &finding, error);
}
