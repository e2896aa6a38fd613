/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter_cache.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf_common.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/path.h"
#include "../base/scope.h"

/*
 * An entry: this head, the key, the instructions. Nobody but root writes here,
 * so the check finds what a crash or a bad disk left, not what an attacker did.
 */
struct head {
	char magic[8];
	uint64_t check; /* of all that follows it */
	uint64_t key_size;
	uint64_t instruction_count;
	uint64_t flags;
};

static const char magic[8] = { 'f', 'i', 'l', 't', 'e', 'r', '1', '\n' };

/* More than any key and program come to. */
#define ENTRY_MOST (8U << 20)

/* FNV-1a (draft-eastlake-fnv): names entries; equality is decided by the key itself. */
static uint64_t hash(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	while (size--)
		sum = (sum ^ *at++) * UINT64_C(0x100000001b3);
	return sum;
}

char *filter_key_text(const struct filter_key *key, size_t *ret_size)
{
	const struct scmp_version *library = seccomp_version();
	scope_memory char *text = NULL;
	FILE *stream = open_memstream(&text, ret_size);

	if (!stream)
		return NULL;
	fprintf(stream,
		"build %s\nlibseccomp %u.%u.%u\narch %zu:%s\nkernel %u.%u\nbounding %" PRIx64 "\n",
		CONFINE_FILTER_BUILD, library->major, library->minor, library->micro,
		strlen(key->host->arch), key->host->arch, key->host->kernel_major,
		key->host->kernel_minor, key->bounding);
	if (key->json == filter_default_profile) {
		fputs("default profile", stream); /* the build's own */
	} else {
		fprintf(stream, "profile %zu:", key->size);
		fwrite(key->json, 1, key->size, stream);
	}
	if (ferror(stream) | fclose(stream))
		return NULL;
	return take_pointer(&text);
}

static void entry_name(const char *key, size_t size, char name[17])
{
	snprintf(name, 17, "%016" PRIx64, hash(key, size));
}

/* All that an entry of this key holds is right: the check, the key, a length the kernel takes. */
static bool entry_valid(const char *bytes, size_t size, const char *key, size_t key_size)
{
	const size_t checked = offsetof(struct head, key_size);
	struct head head;

	if (size < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	return !memcmp(head.magic, magic, sizeof(magic)) && head.key_size == key_size &&
	       head.instruction_count && head.instruction_count <= BPF_MAXINSNS &&
	       size == sizeof(head) + key_size +
			       head.instruction_count * sizeof(struct sock_filter) &&
	       head.check == hash(bytes + checked, size - checked) &&
	       !memcmp(bytes + sizeof(head), key, key_size);
}

static bool entry_read(const char *bytes, size_t key_size, struct filter *ret_filter)
{
	struct filter filter;
	struct head head;

	memcpy(&head, bytes, sizeof(head));
	filter.count = head.instruction_count;
	filter.flags = (uint32_t)head.flags;
	filter.instructions = calloc(filter.count, sizeof(*filter.instructions));
	if (!filter.instructions)
		return false;
	memcpy(filter.instructions, bytes + sizeof(head) + key_size,
	       filter.count * sizeof(*filter.instructions));
	*ret_filter = filter;
	return true;
}

bool filter_cache_find(const char *folder, const struct filter_key *key, struct filter *ret_filter)
{
	scope_memory char *text = NULL, *bytes = NULL;
	struct error ignored = ERROR_INIT;
	scope_fd int dir = -1, fd = -1;
	size_t text_size, size;
	char name[17];

	dir = path_open_root_folder(AT_FDCWD, folder, &ignored);
	if (dir < 0)
		return false;
	text = filter_key_text(key, &text_size);
	if (!text)
		return false;
	entry_name(text, text_size, name);
	fd = path_open_root_file(dir, name, &ignored);
	if (fd < 0 || path_read_all(fd, ENTRY_MOST, &bytes, &size, &ignored))
		return false;
	return entry_valid(bytes, size, text, text_size) &&
	       entry_read(bytes, text_size, ret_filter);
}

/* The entry as it stands in the file; malloc'ed, NULL when out of memory. */
static char *entry_make(const char *key, size_t key_size, const struct filter *filter,
			size_t *ret_size)
{
	const size_t checked = offsetof(struct head, key_size);
	size_t program_size = filter->count * sizeof(*filter->instructions);
	size_t size = sizeof(struct head) + key_size + program_size;
	struct head head = {
		.key_size = key_size,
		.instruction_count = filter->count,
		.flags = filter->flags,
	};
	char *bytes = malloc(size);

	if (!bytes)
		return NULL;
	memcpy(head.magic, magic, sizeof(magic));
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), key, key_size);
	memcpy(bytes + sizeof(head) + key_size, filter->instructions, program_size);
	head.check = hash(bytes + checked, size - checked);
	memcpy(bytes, &head, sizeof(head));
	*ret_size = size;
	return bytes;
}

/* The entry that was made first, where there are more than may be. */
static void remove_oldest(int dir)
{
	char oldest[NAME_MAX + 1] = "";
	scope_dir DIR *stream = NULL;
	struct timespec since = { 0 };
	const struct dirent *entry;
	int listed = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t count = 0;
	struct stat st;

	stream = listed < 0 ? NULL : fdopendir(listed);
	if (!stream) {
		scope_close(&listed);
		return;
	}
	while ((entry = readdir(stream))) {
		if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		count++;
		if (!*oldest || st.st_mtim.tv_sec < since.tv_sec ||
		    (st.st_mtim.tv_sec == since.tv_sec && st.st_mtim.tv_nsec < since.tv_nsec)) {
			snprintf(oldest, sizeof(oldest), "%s", entry->d_name);
			since = st.st_mtim;
		}
	}
	if (count > FILTER_CACHE_MOST)
		unlinkat(dir, oldest, 0);
}

/*
 * The file has no name before it is whole, and none where we end before that.
 * An entry that is there already was no good, or is another login's, equal to
 * ours.
 */
static void publish(int dir, const char *name, const char *bytes, size_t size)
{
	scope_fd int fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	struct error ignored = ERROR_INIT;

	if (fd < 0 || path_write_all(fd, bytes, size, &ignored))
		return;
	unlinkat(dir, name, 0);
	if (!linkat(fd, "", dir, name, AT_EMPTY_PATH))
		remove_oldest(dir);
}

void filter_cache_keep(const char *folder, const struct filter_key *key,
		       const struct filter *filter)
{
	scope_memory char *text = NULL, *bytes = NULL;
	struct error ignored = ERROR_INIT;
	size_t text_size, size;
	scope_fd int dir = -1;
	char name[17];

	mkdir(folder, 0700);
	dir = path_open_root_folder(AT_FDCWD, folder, &ignored);
	if (dir < 0)
		return;
	text = filter_key_text(key, &text_size);
	if (!text)
		return;
	bytes = entry_make(text, text_size, filter, &size);
	if (!bytes)
		return;
	entry_name(text, text_size, name);
	publish(dir, name, bytes, size);
}
