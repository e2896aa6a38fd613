/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layers.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/path.h"
#include "../base/scope.h"
#include "keys.h"

static void layer_clear(struct layer *layer)
{
	free(layer->file);
	ini_clear(&layer->ini);
}

void layers_clear(struct layers *layers)
{
	for (size_t i = 0; i < layers->count; i++)
		layer_clear(&layers->items[i]);
	free(layers->items);
	*layers = (struct layers){ 0 };
}

const char *layer_name_fault(const char *name)
{
	if (!*name)
		return "is empty";
	if (*name == '.')
		return "begins with a dot";
	if (*name == '-')
		return "begins with a dash";
	if (strlen(name) + strlen(".ini") > NAME_MAX)
		return "is too long";
	for (; *name; name++) {
		if (*name == '/')
			return "has a '/' in it";
		if (iscntrl((unsigned char)*name))
			return "has a control character in it";
	}
	return NULL;
}

/* Says what an open that failed means for a policy; `file` is its whole path. */
static int open_failed(const char *file, struct error *error)
{
	if (error->kind == ERROR_SYSTEM && error->number == ELOOP)
		error_set(error, ERROR_POLICY, "a symbolic link is no policy file");
	else if (error->kind == ERROR_SYSTEM && error->number == ENXIO)
		error_set(error, ERROR_POLICY, "not a regular file");
	return error_locate(error, file, 0);
}

/* 0 with ret_fd -1 where there is no such file. */
static int open_file(int conf, const char *name, const char *file, int *ret_fd, struct error *error)
{
	*ret_fd = path_open_root_file(conf, name, error);
	if (*ret_fd >= 0)
		return 0;
	return error->kind == ERROR_SYSTEM && error->number == ENOENT ? 0
								      : open_failed(file, error);
}

/* The priority that a group's file gives itself. */
static int mark_group(struct layer *layer, struct error *error)
{
	layer->group = true;
	layer->priority = (int)strtol(keys[KEY_PRIORITY].fallback, NULL, 10);
	for (size_t i = 0; i < layer->ini.count; i++) {
		const struct keyed_value *item = &layer->ini.items[i];
		struct request request = { 0 };

		if (item->key != KEY_PRIORITY)
			continue;
		if (request_value(&request, &keys[KEY_PRIORITY], &item->value, error))
			return -1;
		layer->priority = request.priority;
	}
	return 0;
}

static int read_into(struct layer *layer, int fd, struct error *error)
{
	scope_of(findings) struct findings findings = { 0 };

	if (ini_read(&layer->ini, fd, layer->file, &findings, error))
		return -1;
	if (!findings.count)
		return 0;
	*error = findings.items[0];
	return -1;
}

/* Reads CONF/NAME where it is there; ret_layer is NULL where it is not. */
static int layer_read(struct layers *layers, int conf_fd, const char *conf, const char *name,
		      struct layer **ret_layer, struct error *error)
{
	scope_memory char *file = text_format("%s/%s", conf, name);
	scope_fd int fd = -1;
	struct layer *layer;

	*ret_layer = NULL;
	if (!file)
		return error_memory(error);
	if (open_file(conf_fd, name, file, &fd, error))
		return -1;
	if (fd < 0)
		return 0;
	layer = array_add(&layers->items, &layers->count, sizeof(*layer));
	if (!layer)
		return error_memory(error);
	layer->file = take_pointer(&file);
	if (read_into(layer, fd, error))
		return -1;
	*ret_layer = layer;
	return 0;
}

static int compare_groups(const void *left, const void *right)
{
	const struct layer *a = left, *b = right;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return strcmp(a->file, b->file);
}

static bool named_before(const struct subject *subject, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!strcmp(subject->groups[i], subject->groups[index]))
			return true;
	return false;
}

/* One group's file, or nothing. */
static int read_group(struct layers *layers, int conf_fd, const char *conf, const char *group,
		      const struct log *log, struct error *error)
{
	const char *fault = layer_name_fault(group);
	scope_memory char *name = text_format("group/%s.ini", group);
	struct layer *layer;
	char quoted[128];

	if (!name)
		return error_memory(error);
	if (fault) {
		log_warning(log, "group '%s' is skipped: its name %s and cannot be a file's",
			    text_quote(group, quoted, sizeof(quoted)), fault);
		return 0;
	}
	if (layer_read(layers, conf_fd, conf, name, &layer, error))
		return -1;
	return layer ? mark_group(layer, error) : 0;
}

static int read_groups(struct layers *layers, int conf_fd, const char *conf,
		       const struct subject *subject, const struct log *log, struct error *error)
{
	size_t first = layers->count;

	for (size_t i = 0; i < subject->group_count; i++)
		if (!named_before(subject, i) &&
		    read_group(layers, conf_fd, conf, subject->groups[i], log, error))
			return -1;
	if (layers->count > first)
		qsort(layers->items + first, layers->count - first, sizeof(*layers->items),
		      compare_groups);
	return 0;
}

static int read_user(struct layers *layers, int conf_fd, const char *conf, const char *user,
		     struct error *error)
{
	scope_memory char *name = text_format("user/%s.ini", user);
	struct layer *layer;

	if (!name)
		return error_memory(error);
	return layer_read(layers, conf_fd, conf, name, &layer, error);
}

static void give_ranks(struct layers *layers)
{
	for (size_t i = 0; i < layers->count; i++) {
		struct layer *layer = &layers->items[i], *before = i ? layer - 1 : NULL;
		bool together = before && layer->group && before->group &&
				layer->priority == before->priority;

		layer->rank = before ? before->rank + !together : 1;
	}
}

static int open_conf(const char *conf, int *ret_fd, struct error *error)
{
	char quoted[256];

	text_quote(conf, quoted, sizeof(quoted));
	*ret_fd = path_open_root_folder(AT_FDCWD, conf, error);
	if (*ret_fd >= 0)
		return 0;
	if (error->kind == ERROR_SYSTEM && error->number == ENOENT)
		return error_set(error, ERROR_POLICY, "the policy folder '%s' does not exist",
				 quoted);
	return error_prefix(error, "the policy folder");
}

int layers_read(struct layers *ret_layers, const char *conf, const struct subject *subject,
		const struct log *log, struct error *error)
{
	scope_of(layers) struct layers layers = { 0 };
	const char *fault = layer_name_fault(subject->user);
	scope_fd int conf_fd = -1;
	struct layer *layer;
	char quoted[128];

	if (fault)
		return error_set(error, ERROR_POLICY,
				 "the user name '%s' %s and cannot be a file's",
				 text_quote(subject->user, quoted, sizeof(quoted)), fault);
	if (open_conf(conf, &conf_fd, error))
		return -1;
	if (layer_read(&layers, conf_fd, conf, "default.ini", &layer, error) ||
	    read_groups(&layers, conf_fd, conf, subject, log, error) ||
	    read_user(&layers, conf_fd, conf, subject->user, error))
		return -1;
	give_ranks(&layers);
	*ret_layers = layers;
	layers = (struct layers){ 0 };
	return 0;
}
