/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/path.h"
#include "../lib/base/scope.h"

enum {
	FILE_MOST_BYTES = 1024 * 1024,
	INCLUDES_MOST = 32, /* libpam's own is 16 substacks; includes may go on for ever there */
};

static const char *const libpam_folders[] = { "/etc/pam.d", "/usr/lib/pam.d", NULL };

static const char *const types[] = {
	[PAM_TYPE_AUTH] = "auth",
	[PAM_TYPE_ACCOUNT] = "account",
	[PAM_TYPE_PASSWORD] = "password",
	[PAM_TYPE_SESSION] = "session",
};

/* pam.d(5): the four words, and what they stand for. */
static const struct {
	const char *word, *meaning;
} controls[] = {
	{ "required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad" },
	{ "requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die" },
	{ "sufficient", "success=done new_authtok_reqd=done default=ignore" },
	{ "optional", "success=ok new_authtok_reqd=ok default=ignore" },
};

struct reader {
	const char *const *folders;
	struct pam_stack *stack;
	struct error *error;
};

/* Which file is read, for whom. */
struct part {
	const char *file;
	bool every; /* of every type, else only of: */
	enum pam_type type;
	unsigned level, depth;
};

static void line_clear(struct pam_line *line)
{
	free(line->file);
	free(line->control);
	free(line->module);
	strings_clear(&line->arguments);
}

void pam_stack_clear(struct pam_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		line_clear(&stack->items[i]);
	free(stack->items);
	*stack = (struct pam_stack){ 0 };
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* How editors and packages call what they keep of a file. libpam would take it for a service, but
 * no server is named so. */
static bool is_copy(const char *name)
{
	static const char *const ends[] = { "~",	 ".bak",       ".backup",  ".old",
					    ".orig",	 ".save",      ".swp",	   ".rpmnew",
					    ".rpmsave",	 ".rpmorig",   ".pam-old", ".dpkg-new",
					    ".dpkg-old", ".dpkg-dist", ".ucf-old", ".ucf-dist" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (text_ends(name, ends[i]))
			return true;
	return false;
}

static int list_folder(const char *folder, struct strings *names, struct error *error)
{
	scope_dir DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(error, "cannot list '%s'", folder);
	while (errno = 0, (entry = readdir(dir)))
		if (*entry->d_name != '.' && !is_copy(entry->d_name) &&
		    !strings_contain(names, entry->d_name) &&
		    strings_add(names, entry->d_name, error))
			return -1;
	return errno ? error_errno(error, "cannot list '%s'", folder) : 0;
}

int pam_files_services(const char *const *folders, struct strings *ret_names, struct error *error)
{
	scope_of(strings) struct strings names = { 0 };

	for (folders = folders ? folders : libpam_folders; *folders; folders++)
		if (list_folder(*folders, &names, error))
			return -1;
	if (names.count)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	*ret_names = names;
	names = (struct strings){ 0 };
	return 0;
}

/* O_NONBLOCK: a FIFO must not hang us. */
static int open_file(const struct reader *reader, const char *name, char **ret_path)
{
	bool whole = *name == '/';
	int fd;

	for (const char *const *folder = reader->folders; *folder; folder++) {
		scope_memory char *path =
			whole ? strdup(name) : text_format("%s/%s", *folder, name);

		if (!path)
			return error_memory(reader->error);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT)
			continue;
		*ret_path = take_pointer(&path);
		return fd < 0 ? error_errno(reader->error, "cannot open '%s'", *ret_path) : fd;
	}
	errno = ENOENT;
	return error_errno(reader->error, "cannot open PAM service '%s'", name);
}

static int read_text(const struct reader *reader, const char *name, char **ret_path,
		     char **ret_text)
{
	scope_fd int fd = open_file(reader, name, ret_path);
	struct stat st;
	size_t size;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		error_set(reader->error, ERROR_HOST, "not a regular file");
	else if (!path_read_all(fd, FILE_MOST_BYTES, ret_text, &size, reader->error))
		return 0;
	return error_locate(reader->error, *ret_path, 0);
}

/* The next word, or NULL: between blanks, or from [ to ] as it stands (pam.d(5)). */
static char *next_word(char **rest)
{
	char *start = *rest + strspn(*rest, " \t"), *end;

	if (*start == '[') {
		for (end = start; *end && !(*end == ']' && end[-1] != '\\'); end++)
			;
		end += *end == ']';
	} else {
		end = start + strcspn(start, " \t");
	}
	*rest = end + (*end != '\0');
	*end = '\0';
	return end > start ? start : NULL;
}

static bool find_type(const char *word, enum pam_type *ret_type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcasecmp(types[i], word)) {
			*ret_type = (enum pam_type)i;
			return true;
		}
	return false;
}

static bool is_control(const char *word)
{
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		if (!strcasecmp(controls[i].word, word))
			return true;
	return *word == '[';
}

static int read_part(const struct reader *reader, const struct part *part);

/* What another file holds, in place of the line that names it. */
static int include(const struct reader *reader, const struct part *part, const char *file,
		   const enum pam_type *type, bool substack)
{
	struct part other = { .file = file,
			      .every = part->every && !type,
			      .type = type ? *type : part->type,
			      .level = part->level + substack,
			      .depth = part->depth + 1 };

	/* Of an included file's `auth include` lines only those of the wanted type count. */
	if (type && !part->every && *type != part->type)
		return 0;
	if (other.depth > INCLUDES_MOST)
		return error_set(reader->error, ERROR_HOST, "includes go around in a circle");
	return read_part(reader, &other);
}

static int add_line(const struct reader *reader, const struct part *part,
		    const struct pam_line *found, char *rest)
{
	struct pam_line *line =
		array_add(&reader->stack->items, &reader->stack->count, sizeof(*line));

	if (!line)
		return error_memory(reader->error);
	*line = (struct pam_line){ .number = found->number,
				   .type = found->type,
				   .optional = found->optional,
				   .file = strdup(found->file),
				   .control = strdup(found->control),
				   .module = strdup(found->module),
				   .level = part->level };
	if (!line->file || !line->control || !line->module)
		return error_memory(reader->error);
	for (char *word = next_word(&rest); word; word = next_word(&rest))
		if (strings_add(&line->arguments, word, reader->error))
			return -1;
	return 0;
}

static int refuse(const struct reader *reader, const char *what, const char *word)
{
	char quoted[128];

	return error_set(reader->error, ERROR_HOST, "%s '%s'", what,
			 text_quote(word, quoted, sizeof(quoted)));
}

/* TYPE CONTROL MODULE [ARGUMENT...], with `word` being TYPE. */
static int read_rule(const struct reader *reader, const struct part *part, struct pam_line *line,
		     char *word, char *rest)
{
	line->optional = *word == '-';
	if (!find_type(word + line->optional, &line->type))
		return refuse(reader, "unknown PAM type", word);
	line->control = next_word(&rest);
	line->module = next_word(&rest);
	if (!line->module)
		return error_set(reader->error, ERROR_HOST, "a PAM line without a module");
	for (char *at = line->control; *at; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at;
	if (!strcmp(line->control, "include") || !strcmp(line->control, "substack"))
		return include(reader, part, line->module, &line->type, *line->control == 's');
	if (!is_control(line->control))
		return refuse(reader, "unknown PAM control", line->control);
	return part->every || part->type == line->type ? add_line(reader, part, line, rest) : 0;
}

static int read_line(const struct reader *reader, const struct part *part, char *file,
		     unsigned number, char *text)
{
	struct pam_line line = { .file = file, .number = number };
	char *rest = text, *word = next_word(&rest), *name;
	int failed;

	if (!word)
		return 0;
	if (!strcasecmp(word, "@include")) { /* Debian's */
		name = next_word(&rest);
		failed = name ? include(reader, part, name, NULL, false)
			      : error_set(reader->error, ERROR_HOST, "@include of nothing");
	} else {
		failed = read_rule(reader, part, &line, word, rest);
	}
	return failed && reader->error->kind != ERROR_MEMORY
		       ? error_locate(reader->error, file, number)
		       : failed;
}

/* Ends a line before its comment and the blanks at its end; whether it goes on in the next. */
static bool cut_line(char *line)
{
	size_t length = strcspn(line, "#");

	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	line[length] = '\0';
	if (!length || line[length - 1] != '\\')
		return false;
	line[length - 1] = '\0';
	return true;
}

static int read_lines(const struct reader *reader, const struct part *part, char *file, char *text)
{
	unsigned number = 0;

	while (text) {
		scope_memory char *whole = strdup("");
		unsigned first = number + 1;
		bool more = true;

		while (text && more) {
			scope_memory char *before = take_pointer(&whole);
			char *line = strsep(&text, "\n");

			number++;
			more = cut_line(line);
			whole = before ? text_format("%s%s ", before, line) : NULL;
		}
		if (!whole)
			return error_memory(reader->error);
		if (read_line(reader, part, file, first, whole))
			return -1;
	}
	return 0;
}

static int read_part(const struct reader *reader, const struct part *part)
{
	scope_memory char *path = NULL, *text = NULL;

	return read_text(reader, part->file, &path, &text) ? -1
							   : read_lines(reader, part, path, text);
}

int pam_files_read(struct pam_stack *ret_stack, const char *const *folders, const char *service,
		   struct error *error)
{
	scope_of(pam_stack) struct pam_stack stack = { 0 };
	const struct reader reader = { folders ? folders : libpam_folders, &stack, error };
	const struct part part = { .file = service, .every = true };

	if (read_part(&reader, &part))
		return -1;
	*ret_stack = stack;
	stack = (struct pam_stack){ 0 };
	return 0;
}

bool pam_files_mention(const char *const *folders, const char *service, const char *text)
{
	struct error fault = ERROR_INIT;
	const struct reader reader = { folders ? folders : libpam_folders, NULL, &fault };
	scope_memory char *path = NULL, *whole = NULL;
	char *rest, *line;

	if (read_text(&reader, service, &path, &whole))
		return false;
	for (rest = whole; (line = strsep(&rest, "\n"));) {
		cut_line(line);
		if (strstr(line, text))
			return true;
	}
	return false;
}

static const char *module_name(const struct pam_line *line)
{
	const char *slash = strrchr(line->module, '/');

	return slash ? slash + 1 : line->module;
}

bool pam_line_is(const struct pam_line *line, const char *module)
{
	return !strcmp(module_name(line), module);
}

bool pam_line_seems(const struct pam_line *line, const char *module)
{
	const char *name = module_name(line);
	size_t stem = strcspn(module, ".");

	return !pam_line_is(line, module) &&
	       (!strncmp(name, module, stem) || text_similar(name, module));
}

bool pam_line_loads(const struct pam_line *line, const char *modules)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s%s", *line->module == '/' ? "" : modules,
		 *line->module == '/' ? "" : "/", line->module);
	return !access(path, F_OK);
}

/* The value of ANSWER=VALUE among the words of a control, copied; false where it is not named. */
static bool find_action(const char *meaning, const char *answer, char *buffer, size_t size)
{
	static const char blanks[] = " \t[]";
	size_t length = strlen(answer);

	for (const char *word = meaning + strspn(meaning, blanks); *word;
	     word += strspn(word, blanks)) {
		size_t whole = strcspn(word, blanks);

		if (whole > length && !strncmp(word, answer, length) && word[length] == '=') {
			snprintf(buffer, size, "%.*s", (int)(whole - length - 1),
				 word + length + 1);
			return true;
		}
		word += whole;
	}
	return false;
}

const char *pam_line_action(const struct pam_line *line, const char *answer, char *buffer,
			    size_t size)
{
	const char *meaning = line->control;

	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		if (!strcmp(controls[i].word, line->control))
			meaning = controls[i].meaning;
	if (!find_action(meaning, answer, buffer, size) &&
	    !find_action(meaning, "default", buffer, size))
		snprintf(buffer, size, "bad");
	return buffer;
}
