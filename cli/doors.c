/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../lib/base/scope.h"
#include "command.h"

enum { NAMES_SHOWN = 3 };

void doors_clear(struct doors *doors)
{
	for (size_t i = 0; i < doors->count; i++) {
		struct door *door = &doors->items[i];

		free(door->file);
		free(door->shut);
		free(door->shut_file);
		free(door->text);
		strings_clear(&door->users);
	}
	free(doors->items);
	*doors = (struct doors){ 0 };
}

static struct door *find_door(const struct doors *doors, const struct door_place *place,
			      const char *text)
{
	for (size_t i = 0; i < doors->count; i++) {
		struct door *door = &doors->items[i];

		if (door->line == place->line && text_same(door->file, place->file) &&
		    text_same(door->shut, place->shut) && !strcmp(door->text, text))
			return door;
	}
	return NULL;
}

static int copy_text(char **ret_copy, const char *text, struct error *error)
{
	*ret_copy = text ? strdup(text) : NULL;
	return text && !*ret_copy ? error_memory(error) : 0;
}

static struct door *new_door(struct doors *doors, const struct door_place *place, const char *text,
			     struct error *error)
{
	struct door *door = array_add(&doors->items, &doors->count, sizeof(*door));

	if (!door) {
		error_memory(error);
		return NULL;
	}
	door->note = place->note;
	door->line = place->line;
	door->shut_line = place->shut_line;
	return copy_text(&door->file, place->file, error) ||
			       copy_text(&door->shut, place->shut, error) ||
			       copy_text(&door->shut_file, place->shut_file, error) ||
			       copy_text(&door->text, text, error)
		       ? NULL
		       : door;
}

int doors_add(struct doors *doors, const struct door_place *place, const struct strings *users,
	      struct error *error, const char *format, ...)
{
	scope_memory char *text = NULL;
	struct door *door;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0) {
		text = NULL; /* vasprintf(3) leaves it undefined */
		return error_memory(error);
	}
	door = find_door(doors, place, text);
	if (!door)
		door = new_door(doors, place, text, error);
	for (size_t i = 0; door && users && i < users->count; i++)
		if (!strings_contain(&door->users, users->items[i]) &&
		    strings_add(&door->users, users->items[i], error))
			return -1;
	return door ? 0 : -1;
}

size_t doors_open(const struct doors *doors)
{
	size_t open = 0;

	for (size_t i = 0; i < doors->count; i++)
		open += !doors->items[i].note;
	return open;
}

/* " (alice, bob, carol and 4 more)" */
static void print_users(const struct strings *users)
{
	size_t shown = users->count > NAMES_SHOWN + 1 ? NAMES_SHOWN : users->count;

	for (size_t i = 0; i < shown; i++)
		printf("%s%s", i ? ", " : " (", users->items[i]);
	if (users->count > shown)
		printf(" and %zu more", users->count - shown);
	if (users->count)
		putchar(')');
}

static void print_place(const char *file, unsigned line)
{
	if (file && line)
		printf("%s:%u: ", file, line);
	else if (file)
		printf("%s: ", file);
}

static void print_shut(const struct door *door)
{
	const char *rest = door->shut;

	while (rest && *rest) {
		size_t length = strcspn(rest, "\n");

		fputs(door->shut_line ? "\tinstead: " : "\tshut by: ", stdout);
		print_place(door->shut_file, door->shut_line);
		printf("%.*s\n", (int)length, rest);
		rest += length + (rest[length] == '\n');
	}
}

static void print_door(const struct door *door)
{
	if (door->note)
		fputs("note: ", stdout);
	print_place(door->file, door->line);
	fputs(door->text, stdout);
	print_users(&door->users);
	putchar('\n');
	print_shut(door);
}

void doors_print(const struct doors *doors)
{
	for (size_t i = 0; i < doors->count; i++)
		if (!doors->items[i].note)
			print_door(&doors->items[i]);
	for (size_t i = 0; i < doors->count; i++)
		if (doors->items[i].note)
			print_door(&doors->items[i]);
}

static json_object *json_place(const char *file, unsigned line)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "file", file ? json_object_new_string(file) : NULL);
	json_object_object_add(object, "line", line ? json_object_new_int64(line) : NULL);
	return object;
}

static json_object *json_shut(const struct door *door)
{
	json_object *object;

	if (!door->shut)
		return NULL;
	object = json_place(door->shut_file, door->shut_line);
	json_object_object_add(object, "text", json_object_new_string(door->shut));
	return object;
}

static json_object *json_door(const struct door *door)
{
	json_object *object = json_place(door->file, door->line);

	json_object_object_add(object, "note", json_object_new_boolean(door->note));
	json_object_object_add(object, "text", json_object_new_string(door->text));
	json_object_object_add(object, "users", command_json_strings(&door->users));
	json_object_object_add(object, "shut", json_shut(door));
	return object;
}

json_object *doors_json(const struct doors *doors)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < doors->count; i++)
		json_object_array_add(array, json_door(&doors->items[i]));
	return array;
}
