/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is mounted besides the root: volumes as SOURCE:TARGET[:OPTIONS], tmpfs as TARGET[:OPTIONS].
 */
#include <stdlib.h>
#include <string.h>

#include "../base/scope.h"
#include "parsers.h"

/* What an option speaks of; of each group one at most. */
enum volume_group { GROUP_ACCESS, GROUP_LABEL, GROUP_PROPAGATION, GROUP_REFUSED, GROUP_COUNT };

static const struct volume_option {
	const char *name;
	enum volume_group group;
	int chosen;
} volume_options[] = {
	{ "rw", GROUP_ACCESS, false },
	{ "ro", GROUP_ACCESS, true },
	/* Relabelling is for images; with the host's own tree labels stay as they are. */
	{ "z", GROUP_LABEL, 0 },
	{ "Z", GROUP_LABEL, 0 },
	{ "private", GROUP_PROPAGATION, VOLUME_PRIVATE },
	{ "rprivate", GROUP_PROPAGATION, VOLUME_RPRIVATE },
	{ "slave", GROUP_PROPAGATION, VOLUME_SLAVE },
	{ "rslave", GROUP_PROPAGATION, VOLUME_RSLAVE },
	{ "shared", GROUP_REFUSED, 0 },
	{ "rshared", GROUP_REFUSED, 0 },
	{ "nocopy", GROUP_REFUSED, 0 },
};

static const struct volume_option *volume_option_find(const char *name)
{
	for (size_t i = 0; i < sizeof(volume_options) / sizeof(*volume_options); i++)
		if (!strcmp(volume_options[i].name, name))
			return &volume_options[i];
	return NULL;
}

static int volume_option(struct volume_request *volume, bool *seen, const char *name,
			 struct error *error)
{
	const struct volume_option *option = volume_option_find(name);
	char quoted[128];

	text_quote(name, quoted, sizeof(quoted));
	if (!option)
		return error_set(error, ERROR_POLICY, "unknown option '%s'", quoted);
	if (option->group == GROUP_REFUSED)
		return error_set(error, ERROR_UNSUPPORTED,
				 "volume option '%s' is one that a login cannot have", quoted);
	if (seen[option->group])
		return error_set(error, ERROR_POLICY, "option '%s' beside another of its kind",
				 quoted);
	seen[option->group] = true;
	if (option->group == GROUP_ACCESS)
		volume->read_only = option->chosen;
	if (option->group == GROUP_PROPAGATION)
		volume->propagation = (enum volume_propagation)option->chosen;
	return 0;
}

static int volume_options_parse(struct volume_request *volume, const char *text,
				struct error *error)
{
	__attribute__((cleanup(strings_clear))) struct strings options = { 0 };
	bool seen[GROUP_COUNT] = { false };

	if (text_split(&options, text, ',', error))
		return -1;
	for (size_t i = 0; i < options.count; i++)
		if (volume_option(volume, seen, options.items[i], error))
			return -1;
	return 0;
}

/* Nothing can be mounted over the root itself. */
static int mount_target(char **to, const char *text, const char *what, struct error *error)
{
	if (value_path(text, what, error))
		return -1;
	if (!text[strspn(text, "/.")])
		return error_set(error, ERROR_POLICY, "%s '%s' is the root itself", what, text);
	return value_copy(to, text, error);
}

static int volume_fields(struct volume_request *volume, char *text, struct error *error)
{
	char *target = strchr(text, ':'), *options = target ? strchr(target + 1, ':') : NULL;
	char quoted[256];

	if (!target)
		return error_set(error, ERROR_POLICY, "'%s' is not SOURCE:TARGET[:OPTIONS]",
				 text_quote(text, quoted, sizeof(quoted)));
	*target++ = '\0';
	if (options)
		*options++ = '\0';
	if (*text && *text != '/')
		return error_set(error, ERROR_POLICY,
				 "source '%s' is not an absolute path (named volumes are "
				 "not supported)",
				 text_quote(text, quoted, sizeof(quoted)));
	if (value_path(text, "source", error) || value_copy(&volume->source, text, error))
		return -1;
	if (mount_target(&volume->target, target, "target", error))
		return -1;
	return options ? volume_options_parse(volume, options, error) : 0;
}

KEY_PARSER(parse_volume)
{
	struct volume_request *volume =
		array_add(&request->volumes.items, &request->volumes.count, sizeof(*volume));
	scope_memory char *text = strdup(value->text);

	if (!volume || !text)
		return error_memory(error);
	volume->recursive = true;
	volume->propagation = VOLUME_RPRIVATE;
	if (volume_fields(volume, text, error))
		return -1;
	return origin_copy(&volume->origin, &value->origin, error);
}

/* Mount options without a value: what they set, and to what. */
static const struct {
	const char *name;
	size_t field;
	bool value;
} tmpfs_flags[] = {
	{ "rw", offsetof(struct tmpfs_request, read_only), false },
	{ "ro", offsetof(struct tmpfs_request, read_only), true },
	{ "exec", offsetof(struct tmpfs_request, exec), true },
	{ "noexec", offsetof(struct tmpfs_request, exec), false },
	{ "suid", offsetof(struct tmpfs_request, suid), true },
	{ "nosuid", offsetof(struct tmpfs_request, suid), false },
	{ "dev", offsetof(struct tmpfs_request, dev), true },
	{ "nodev", offsetof(struct tmpfs_request, dev), false },
};

static int tmpfs_mode(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	char quoted[128];

	if (!*text || text[strspn(text, "01234567")] || strlen(text) > 5 ||
	    strtoul(text, NULL, 8) > 07777)
		return error_set(error, ERROR_POLICY, "'%s' is not an octal mode (as 1777)",
				 text_quote(text, quoted, sizeof(quoted)));
	tmpfs->mode = (unsigned)strtoul(text, NULL, 8);
	tmpfs->mode_written = true;
	return 0;
}

/* To tmpfs(5) 0 means without any limit. */
static int tmpfs_amount(const char *text, const char *what, uint64_t *ret_amount,
			struct error *error)
{
	char quoted[128];

	if (text_size(text, ret_amount, error))
		return -1;
	if (!*ret_amount)
		return error_set(error, ERROR_POLICY, "'%s' is no %s for a tmpfs",
				 text_quote(text, quoted, sizeof(quoted)), what);
	return 0;
}

/* As with the kernel's parser, the last of size= and nr_blocks= holds. */
static int tmpfs_size(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	size_t length = strlen(text);
	scope_memory char *number = NULL;

	tmpfs->size_bytes = tmpfs->size_pages = 0;
	tmpfs->size_percent = 0;
	if (!length || text[length - 1] != '%')
		return tmpfs_amount(text, "size", &tmpfs->size_bytes, error);
	number = strndup(text, length - 1);
	if (!number)
		return error_memory(error);
	return text_number(number, 1, 100, &tmpfs->size_percent, error);
}

static int tmpfs_pages(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	tmpfs->size_bytes = 0;
	tmpfs->size_percent = 0;
	return tmpfs_amount(text, "number of blocks", &tmpfs->size_pages, error);
}

static int tmpfs_inodes(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	return tmpfs_amount(text, "number of inodes", &tmpfs->inodes, error);
}

static int tmpfs_uid(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	return text_number(text, 0, UINT32_MAX - 1, &tmpfs->uid, error);
}

static int tmpfs_gid(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	return text_number(text, 0, UINT32_MAX - 1, &tmpfs->gid, error);
}

/* Mount options with a value. */
static const struct {
	const char *name;
	int (*parse)(struct tmpfs_request *tmpfs, const char *text, struct error *error);
} tmpfs_values[] = {
	{ "size=", tmpfs_size }, { "nr_blocks=", tmpfs_pages }, { "nr_inodes=", tmpfs_inodes },
	{ "mode=", tmpfs_mode }, { "uid=", tmpfs_uid },		{ "gid=", tmpfs_gid },
};

/* Docker takes these too (moby/sys/mount, MergeTmpfsOptions). */
static const char *const tmpfs_refused[] = {
	"mpol",	      "defaults",    "sync",	    "async",	     "dirsync",	 "remount",
	"mand",	      "nomand",	     "atime",	    "noatime",	     "diratime", "nodiratime",
	"relatime",   "norelatime",  "strictatime", "nostrictatime", "bind",	 "rbind",
	"private",    "rprivate",    "shared",	    "rshared",	     "slave",	 "rslave",
	"unbindable", "runbindable",
};

static int tmpfs_option(struct tmpfs_request *tmpfs, const char *text, struct error *error)
{
	char quoted[128];

	for (size_t i = 0; i < sizeof(tmpfs_flags) / sizeof(*tmpfs_flags); i++)
		if (!strcmp(text, tmpfs_flags[i].name)) {
			*(bool *)((char *)tmpfs + tmpfs_flags[i].field) = tmpfs_flags[i].value;
			return 0;
		}
	for (size_t i = 0; i < sizeof(tmpfs_values) / sizeof(*tmpfs_values); i++)
		if (text_starts(text, tmpfs_values[i].name))
			return tmpfs_values[i].parse(tmpfs, text + strlen(tmpfs_values[i].name),
						     error);
	for (size_t i = 0; i < sizeof(tmpfs_refused) / sizeof(*tmpfs_refused); i++)
		if (strlen(tmpfs_refused[i]) == strcspn(text, "=") &&
		    text_starts(text, tmpfs_refused[i]))
			return error_set(error, ERROR_UNSUPPORTED,
					 "tmpfs option '%s' is one that a login cannot have",
					 tmpfs_refused[i]);
	return error_set(error, ERROR_POLICY, "unknown option '%s'",
			 text_quote(text, quoted, sizeof(quoted)));
}

static int tmpfs_fields(struct tmpfs_request *tmpfs, char *text, struct error *error)
{
	__attribute__((cleanup(strings_clear))) struct strings options = { 0 };
	char *colon = strchr(text, ':');

	if (colon)
		*colon = '\0';
	if (mount_target(&tmpfs->target, text, "target", error))
		return -1;
	if (colon && text_split(&options, colon + 1, ',', error))
		return -1;
	for (size_t i = 0; i < options.count; i++)
		if (tmpfs_option(tmpfs, options.items[i], error))
			return -1;
	return 0;
}

KEY_PARSER(parse_tmpfs)
{
	struct tmpfs_request *tmpfs =
		array_add(&request->tmpfs.items, &request->tmpfs.count, sizeof(*tmpfs));
	scope_memory char *text = strdup(value->text);

	if (!tmpfs || !text)
		return error_memory(error);
	tmpfs->mode = 01777;
	tmpfs->uid = tmpfs->gid = -1;
	if (tmpfs_fields(tmpfs, text, error))
		return -1;
	return origin_copy(&tmpfs->origin, &value->origin, error);
}
