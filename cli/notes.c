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
	free(notes->sums);
	*notes = (struct notes){ 0 };
}

/* FNV-1a, and the byte that ends the text. */
static uint64_t add_to_sum(uint64_t sum, const char *text)
{
	do
		sum = (sum ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return sum;
}

static struct note_sums sums_of(const struct error *said)
{
	uint64_t place = add_to_sum(UINT64_C(0xcbf29ce484222325) + said->line, said->file);

	return (struct note_sums){ place, add_to_sum(place, said->text) };
}

static bool is_same(const struct note *note, const struct error *said, bool by_place)
{
	return note->said.line == said->line && !strcmp(note->said.file, said->file) &&
	       (by_place || !strcmp(note->said.text, said->text));
}

static struct note *find_note(const struct notes *notes, enum note_kind kind,
			      const struct error *said, bool first)
{
	const struct note_sums sums = sums_of(said);
	bool by_place = first && *said->file;

	for (size_t i = 0; i < notes->sum_count; i++)
		if ((by_place ? notes->sums[i].place == sums.place
			      : notes->sums[i].words == sums.words) &&
		    notes->items[i].kind == kind && is_same(&notes->items[i], said, by_place))
			return &notes->items[i];
	return NULL;
}

static struct note *add_note(struct notes *notes, enum note_kind kind, const char *user,
			     const struct error *said, struct error *error)
{
	struct note *note = array_add(&notes->items, &notes->count, sizeof(*note));
	struct note_sums *sums =
		note ? array_add(&notes->sums, &notes->sum_count, sizeof(*sums)) : NULL;

	if (sums) {
		*sums = sums_of(said);
		note->said = *said;
		note->kind = kind;
		note->user = user ? strdup(user) : NULL;
	}
	if (!sums || (user && !note->user)) {
		error_memory(error);
		return NULL;
	}
	return note;
}

int notes_add(struct notes *notes, enum note_kind kind, const char *user, const struct error *said,
	      bool first, struct error *error)
{
	struct note *note;

	if (said->kind == ERROR_MEMORY)
		return error_memory(error);
	note = find_note(notes, kind, said, first);
	if (!note)
		note = add_note(notes, kind, user, said, error);
	if (!note)
		return -1;
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
