/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "notes.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/text.h"

void notes_clear(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->items[i].user);
	free(notes->items);
	*notes = (struct notes){ 0 };
}

static struct note *find_note(const struct notes *notes, enum note_kind kind,
			      const struct error *said, bool first)
{
	for (size_t i = 0; i < notes->count; i++) {
		struct note *note = &notes->items[i];

		if (note->kind == kind && note->said.line == said->line &&
		    !strcmp(note->said.file, said->file) &&
		    ((first && said->line) || !strcmp(note->said.text, said->text)))
			return note;
	}
	return NULL;
}

int notes_add(struct notes *notes, enum note_kind kind, const char *user, const struct error *said,
	      bool first, struct error *error)
{
	struct note *note;

	if (said->kind == ERROR_MEMORY)
		return error_memory(error);
	note = find_note(notes, kind, said, first);
	if (!note) {
		note = array_add(&notes->items, &notes->count, sizeof(*note));
		if (!note)
			return error_memory(error);
		note->said = *said;
		note->kind = kind;
		note->user = user ? strdup(user) : NULL;
		if (user && !note->user)
			return error_memory(error);
	}
	note->users++;
	return 0;
}

int notes_add_file(struct notes *notes, enum note_kind kind, const char *file, struct error *error,
		   const char *format, ...)
{
	struct error said = ERROR_INIT;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(said.text, sizeof(said.text), format, arguments);
	va_end(arguments);
	error_locate(&said, file, 0);
	return notes_add(notes, kind, NULL, &said, false, error);
}

int notes_add_findings(struct notes *notes, const struct findings *findings, struct error *error)
{
	for (size_t i = 0; i < findings->count; i++)
		if (notes_add(notes, NOTE_FINDING, NULL, &findings->items[i], false, error))
			return -1;
	return 0;
}

/* The name of a file may hold anything; a line stays a line. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar(iscntrl((unsigned char)*text) ? '?' : *text);
}

static void print_place(const struct error *said)
{
	if (!*said->file)
		return;
	print_text(said->file);
	if (said->line)
		printf(":%u", said->line);
	printf(": ");
}

static void print_note(const struct note *note)
{
	bool placed = *note->said.file;

	print_place(&note->said);
	if (note->kind == NOTE_WARNING)
		printf("warning: ");
	if (note->user && !placed)
		printf("user %s: ", note->user);
	print_text(note->said.text);
	if (note->users > 1 && !placed)
		printf(" (and %zu more users)", note->users - 1);
	putchar('\n');
}

bool notes_print(const struct notes *notes)
{
	static const enum note_kind kinds[] = { NOTE_FINDING, NOTE_WARNING };
	bool found = false;

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++)
		for (size_t i = 0; i < notes->count; i++)
			if (notes->items[i].kind == kinds[kind]) {
				print_note(&notes->items[i]);
				found |= kinds[kind] == NOTE_FINDING;
			}
	return found;
}
