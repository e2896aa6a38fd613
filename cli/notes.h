/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a check has to say, each thing once: findings, of what is wrong or not
 * carried out, and warnings, of what is carried out as it is written.
 */
#ifndef CONFINE_CLI_NOTES_H
#define CONFINE_CLI_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/policy/findings.h"

enum note_kind { NOTE_FINDING, NOTE_WARNING };

struct note {
	struct error said;
	enum note_kind kind;
	char *user; /* the first of whom it is said, or NULL */
	size_t users;
};

/* By which a note is found among twenty thousand: sums of its place, and of its words too. */
struct note_sums {
	uint64_t place, words;
};

/* All zero is the empty list. */
struct notes {
	struct note *items;
	size_t count;
	struct note_sums *sums; /* of each item */
	size_t sum_count;
};
void notes_clear(struct notes *notes);

/*
 * Adds what is said of `user` (NULL: of no one). Where the same was said before, of someone else
 * perhaps, that one is counted. Of one line of a file, or of one file as a whole, only the first
 * is kept where `first` is set: a plan stops at what the text was found to have. -1 only when out
 * of memory.
 */
int notes_add(struct notes *notes, enum note_kind kind, const char *user, const struct error *said,
	      bool first, struct error *error);

/* Adds what is said of a file as a whole. */
int notes_add_file(struct notes *notes, enum note_kind kind, const char *file, struct error *error,
		   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds all as findings. */
int notes_add_findings(struct notes *notes, const struct findings *findings, struct error *error);

/* Prints a line each to standard output, findings first. Returns whether there is a finding. */
bool notes_print(const struct notes *notes);

#endif
