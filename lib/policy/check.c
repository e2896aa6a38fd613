/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_check: every fault of a policy file or of the whole folder. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "exempt.h"
#include "ini.h"
#include "keys.h"
#include "layers.h"
#include "profile.h"

enum { PROFILE_MOST_BYTES = 1024 * 1024 };

struct check {
	struct findings *findings;
	struct error *error;
};

/* A fault that stopped something is a finding, unless nothing can go on. */
static int note(struct check *check, const char *file, const struct error *fault)
{
	struct error finding = *fault;

	if (fault->kind == ERROR_MEMORY) {
		*check->error = finding;
		return -1;
	}
	error_locate(&finding, file, 0);
	return findings_add(check->findings, &finding, check->error);
}

static int check_value(struct check *check, const struct key *key, const struct value *value)
{
	scope_of(request) struct request request = { 0 };
	struct error fault = ERROR_INIT;

	return request_value(&request, key, value, &fault) ? note(check, value->origin.file, &fault)
							   : 0;
}

static int check_list(struct check *check, const struct key *key, const struct value *value)
{
	__attribute__((cleanup(strings_clear))) struct strings parts = { 0 };
	struct error fault = ERROR_INIT;

	if (text_split(&parts, value->text, ',', &fault)) {
		error_prefix(&fault, "%s", key->name);
		error_locate(&fault, value->origin.file, value->origin.line);
		return note(check, value->origin.file, &fault);
	}
	for (size_t i = 0; i < parts.count; i++) {
		struct value part = { parts.items[i], value->suffix, value->origin, 0 };

		if (check_value(check, key, &part))
			return -1;
	}
	return 0;
}

static int check_item(struct check *check, const struct keyed_value *item)
{
	const struct key *key = &keys[item->key];

	/* An empty value of a list takes away: nothing to parse. */
	if (key->shape != SHAPE_SINGLE && !*item->value.text)
		return 0;
	if (key->shape == SHAPE_COMMAS || key->shape == SHAPE_CAPS)
		return check_list(check, key, &item->value);
	return check_value(check, key, &item->value);
}

static int compare_lines(const void *left, const void *right)
{
	const struct error *a = left, *b = right;

	return a->line < b->line ? -1 : a->line > b->line;
}

/* `grouped`: the file may be a group's. No other has a priority among its like. */
static int check_lines(struct check *check, int fd, const char *file, bool grouped)
{
	struct findings *findings = check->findings;
	size_t first = findings->count;
	scope_of(ini) struct ini ini = { 0 };
	struct error fault = ERROR_INIT;

	if (ini_read(&ini, fd, file, check->findings, &fault))
		return note(check, file, &fault);
	for (size_t i = 0; i < ini.count; i++) {
		if (check_item(check, &ini.items[i]))
			return -1;
		if (!grouped && ini.items[i].key == KEY_PRIORITY &&
		    findings_addf(findings, file, ini.items[i].value.origin.line, check->error,
				  "priority means nothing here: only groups' files have one"))
			return -1;
	}
	if (findings->count > first)
		qsort(findings->items + first, findings->count - first, sizeof(*findings->items),
		      compare_lines);
	return 0;
}

static int check_ini(struct check *check, int fd, const char *file)
{
	return check_lines(check, fd, file, true);
}

/* default.ini, or a user's own. */
static int check_single(struct check *check, int fd, const char *file)
{
	return check_lines(check, fd, file, false);
}

static int check_exempt(struct check *check, int fd, const char *file)
{
	struct error fault = ERROR_INIT;

	return exempt_check(fd, file, check->findings, &fault) ? note(check, file, &fault) : 0;
}

static int check_profile(struct check *check, int fd, const char *file)
{
	__attribute__((cleanup(profile_clear))) struct profile profile = { 0 };
	scope_memory char *json = NULL;
	struct error fault = ERROR_INIT;
	size_t size;

	if (path_read_all(fd, PROFILE_MOST_BYTES, &json, &size, &fault) ||
	    profile_parse(&profile, file, json, size, &fault))
		return note(check, file, &fault);
	return 0;
}

typedef int check_content(struct check *check, int fd, const char *file);

/* Owner, mode and kind of what is open; 1 where it is of another kind and cannot be read on. */
static int check_status(struct check *check, int fd, const char *file, mode_t kind)
{
	const char *unsafe;
	struct stat st;

	if (fstat(fd, &st))
		return error_errno(check->error, "cannot stat '%s'", file);
	if ((st.st_mode & S_IFMT) != kind) {
		if (findings_addf(check->findings, file, 0, check->error, "not a %s",
				  kind == S_IFDIR ? "folder" : "regular file"))
			return -1;
		return 1;
	}
	unsafe = path_unsafe(&st);
	return unsafe ? findings_addf(check->findings, file, 0, check->error, "%s", unsafe) : 0;
}

/* O_NONBLOCK: a FIFO must not hang us. A symlink is followed by no login. */
static int open_entry(struct check *check, int dir, const char *name, const char *file, int flags,
		      int *ret_fd)
{
	struct error fault = ERROR_INIT;

	*ret_fd = openat(dir, name, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*ret_fd >= 0)
		return 0;
	if (errno == ELOOP || errno == ENXIO)
		error_set(&fault, ERROR_POLICY,
			  errno == ELOOP ? "a symbolic link is no policy file"
					 : "not a regular file");
	else
		error_errno(&fault, "cannot open");
	return note(check, file, &fault);
}

static int check_file(struct check *check, int dir, const char *name, const char *file,
		      check_content *content)
{
	scope_fd int fd = -1;
	int other;

	if (open_entry(check, dir, name, file, O_NOFOLLOW, &fd))
		return -1;
	if (fd < 0)
		return 0;
	other = check_status(check, fd, file, S_IFREG);
	if (other)
		return other < 0 ? -1 : 0;
	return content(check, fd, file);
}

/* What package managers and editors leave beside a file. */
static bool is_leftover(const char *name)
{
	static const char *const endings[] = { "~",	    ".dpkg-old", ".dpkg-dist", ".dpkg-new",
					       ".ucf-dist", ".ucf-old",	 ".rpmnew",    ".rpmsave" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (text_ends(name, endings[i]))
			return true;
	return false;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Names of a folder, sorted. `fd` stays the caller's. */
static int list_folder(int fd, struct strings *names, struct error *error)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scope_dir DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir) {
		scope_close(&copy);
		return error_errno(error, "cannot list the folder");
	}
	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    strings_add(names, entry->d_name, error))
			return -1;
	}
	if (errno)
		return error_errno(error, "cannot list the folder");
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return 0;
}

/* A folder whose files all are of one kind. */
struct family {
	const char *folder, *ending;
	check_content *content;
	const char *stray; /* what is said of a name that nothing reads */
};

static const struct family families[] = {
	{ "group", ".ini", check_ini, "no login reads this: a group's file is NAME.ini" },
	{ "user", ".ini", check_single, "no login reads this: a user's file is NAME.ini" },
	{ "seccomp", ".json", check_profile, "no policy can name this: a profile is FILE.json" },
};

/* Why nothing ever reads a file of this name, or NULL. */
static const char *stray_name(const struct family *family, const char *name)
{
	if (!text_ends(name, family->ending) || *name == '.' || *name == '-')
		return family->stray;
	return NULL;
}

static int check_member(struct check *check, int fd, const struct family *family,
			const char *folder, const char *name)
{
	scope_memory char *file = text_format("%s/%s", folder, name);
	const char *stray = stray_name(family, name);

	if (!file)
		return error_memory(check->error);
	if (is_leftover(name))
		return 0;
	if (stray)
		return findings_addf(check->findings, file, 0, check->error, "%s", stray);
	return check_file(check, fd, name, file, family->content);
}

static int check_members(struct check *check, int fd, const struct family *family,
			 const char *folder)
{
	__attribute__((cleanup(strings_clear))) struct strings names = { 0 };
	struct error fault = ERROR_INIT;

	if (list_folder(fd, &names, &fault))
		return note(check, folder, &fault);
	for (size_t i = 0; i < names.count; i++)
		if (check_member(check, fd, family, folder, names.items[i]))
			return -1;
	return 0;
}

static int check_family(struct check *check, int conf, const struct family *family,
			const char *folder)
{
	scope_fd int fd = -1;
	int other;

	if (open_entry(check, conf, family->folder, folder, O_NOFOLLOW, &fd))
		return -1;
	if (fd < 0)
		return 0;
	other = check_status(check, fd, folder, S_IFDIR);
	if (other)
		return other < 0 ? -1 : 0;
	return check_members(check, fd, family, folder);
}

static const struct family *find_family(const char *folder)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (!strcmp(folder, families[i].folder))
			return &families[i];
	return NULL;
}

/* One entry of the policy folder itself. */
static int check_entry(struct check *check, int conf, const char *path, const char *name)
{
	scope_memory char *file = text_format("%s/%s", path, name);
	const struct family *family = find_family(name);

	if (!file)
		return error_memory(check->error);
	if (family)
		return check_family(check, conf, family, file);
	if (!strcmp(name, "default.ini"))
		return check_file(check, conf, name, file, check_single);
	if (!strcmp(name, "exempt"))
		return check_file(check, conf, name, file, check_exempt);
	if (is_leftover(name))
		return 0;
	return findings_addf(
		check->findings, file, 0, check->error,
		"nothing reads this: default.ini, exempt, group/, user/, seccomp/ are read");
}

/* Whether logins would take the folder: all of its path must be root's. */
static int check_trust(struct check *check, const char *path)
{
	struct error fault = ERROR_INIT;
	scope_fd int fd = path_open_root_folder(AT_FDCWD, path, &fault);

	return fd < 0 ? note(check, path, &fault) : 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A folder of groups', users' files or profiles is told by its name. */
static int check_folder(struct check *check, int fd, const char *path)
{
	__attribute__((cleanup(strings_clear))) struct strings names = { 0 };
	const struct family *family = find_family(last_part(path));

	if (check_trust(check, path))
		return -1;
	if (family)
		return check_members(check, fd, family, path);
	if (list_folder(fd, &names, check->error))
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (check_entry(check, fd, path, names.items[i]))
			return -1;
	return 0;
}

/* The path without slashes at its end, so that findings read well. */
static char *without_slashes(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return strndup(path, length);
}

/* What a file is by its name and its folder's; any other name is a policy's draft. */
static check_content *content_of(const char *path)
{
	const char *name = last_part(path);

	if (!strcmp(name, "exempt"))
		return check_exempt;
	if (text_ends(name, ".json"))
		return check_profile;
	if (!strcmp(name, "default.ini") || (name - path >= 6 && !strncmp(name - 6, "/user/", 6)) ||
	    text_starts(path, "user/"))
		return check_single;
	return check_ini;
}

int policy_check(const char *path, struct findings *ret_findings, struct error *error)
{
	scope_of(findings) struct findings findings = { 0 };
	struct check check = { .findings = &findings, .error = error };
	scope_memory char *shown = without_slashes(path);
	scope_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int failed;

	if (!shown)
		return error_memory(error);
	if (fd < 0 || fstat(fd, &st))
		return error_errno(error, "cannot open '%s'", shown);
	failed = S_ISDIR(st.st_mode) ? check_folder(&check, fd, shown)
				     : check_file(&check, AT_FDCWD, path, shown, content_of(shown));
	if (failed)
		return -1;
	*ret_findings = findings;
	findings = (struct findings){ 0 };
	return 0;
}
