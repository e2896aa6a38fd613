/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A libpam client that does what it is told, a line of standard input at a time, and answers each
 * with lines and then a `.`. After `fork` the child takes the orders, until it ends; then its
 * parent says how and goes on. So a test plays any server, real or wrong. Copied to a file of
 * another name it is, to the module, that server. Knows nothing of what is tested.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <link.h>
#include <pthread.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inject.h"

enum { TRANSACTIONS = 2, WORDS = 16 };

static pam_handle_t *transactions[TRANSACTIONS];
static int current, last;
static int flags;

static pid_t server, own; /* what was started; what takes orders now, perhaps a child of it */
static int phase; /* the last mark, 0 after MARK_DONE */

/* Which allocation fails (0: all are listed on standard error), and whose (-1: none). */
static long failing, counted;
static int failing_whose = -1;
static long allocations_alive;

/*
 * What the ones below stand in front of: glibc's own, or the sanitizer's, whose strdup and the like
 * allocate by it too and must meet its free.
 */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define REAL(name) __interceptor_##name
#define SANITIZED 1
size_t __sanitizer_get_current_allocated_bytes(void);
#define allocated() ((long)__sanitizer_get_current_allocated_bytes())
#else
#define REAL(name) __libc_##name
#define SANITIZED 0
#define allocated() allocations_alive
#endif
void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *old, size_t size);
void REAL(free)(void *old);

static unsigned long module_begin, module_end;
static const unsigned long *stack_end; /* main's frame */

/* Runs before a sanitizer has begun, and reads words of the stack that are not its own. */
#define UNWATCHED __attribute__((no_sanitize("address", "undefined")))

static int note_module(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; strstr(info->dlpi_name, "/pam_confine.so") && i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_flags & PF_X) {
			module_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			module_end = module_begin + info->dlpi_phdr[i].p_memsz;
		}
	return 0;
}

UNWATCHED static void list_allocation(void)
{
	const unsigned long *word = __builtin_frame_address(0);
	char line[64];
	int length;

	while (word < stack_end && (*word < module_begin || *word >= module_end))
		word++;
	/* dprintf(3) would allocate. */
	length = snprintf(line, sizeof(line), "call %ld 0 %lx\n", counted,
			  word < stack_end ? *word - module_begin : 0);
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		_exit(99);
}

/* As the table of inject.c; the helper shares this memory, and allocates nothing. */
UNWATCHED static int is_counted(void)
{
	static const struct {
		int phase, in_server, taking_orders;
	} places[WHOSE_COUNT] = {
		[WHOSE_AUTH] = { MARK_SETCRED, 1, 1 }, [WHOSE_OPEN] = { MARK_OPEN, 1, 1 },
		[WHOSE_HELPER] = { 0, 0, 0 },	       [WHOSE_BUILDER] = { MARK_OPEN, 1, 0 },
		[WHOSE_JOIN] = { MARK_SETCRED, 0, 1 }, [WHOSE_HERE] = { MARK_OPEN, 0, 1 },
		[WHOSE_CLOSE] = { MARK_CLOSE, 1, 1 },
	};

	return failing_whose >= 0 && phase && phase == places[failing_whose].phase &&
	       (own == server) == places[failing_whose].in_server &&
	       (own == getpid()) == places[failing_whose].taking_orders;
}

/* The module and libpam allocate by these too. */
#define SEEN __attribute__((visibility("default")))

/* Says whose it was: some libraries do not survive it, and that is not the module's fault. */
UNWATCHED static int allocation_fails(const void *caller)
{
	Dl_info owner;

	allocations_alive++;
	if (!is_counted())
		return 0;
	counted++;
	if (!failing)
		list_allocation();
	if (counted != failing)
		return 0;
	allocations_alive--;
	if (dladdr(caller, &owner) && owner.dli_fname)
		dprintf(STDERR_FILENO, "allocation of %s\n", owner.dli_fname);
	errno = ENOMEM;
	return 1;
}

SEEN UNWATCHED void *malloc(size_t size)
{
	return allocation_fails(__builtin_return_address(0)) ? NULL : REAL(malloc)(size);
}

SEEN UNWATCHED void *calloc(size_t count, size_t size)
{
	return allocation_fails(__builtin_return_address(0)) ? NULL : REAL(calloc)(count, size);
}

SEEN UNWATCHED void *realloc(void *old, size_t size)
{
	if (allocation_fails(__builtin_return_address(0)))
		return NULL;
	if (old)
		allocations_alive--;
	return REAL(realloc)(old, size);
}

SEEN UNWATCHED void free(void *old)
{
	if (old)
		allocations_alive--;
	REAL(free)(old);
}

/* One write(2) a line: several processes answer on the same pipe, and none may keep a buffer. */
static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	char line[8192];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof(line) - 1)
		length = sizeof(line) - 2;
	line[length] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)length + 1) < 0)
		_exit(99);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **answers,
		    void *data)
{
	(void)data;
	for (int i = 0; i < count; i++)
		say("said: %s", messages[i]->msg);
	*answers = calloc((size_t)count, sizeof(**answers));
	return *answers ? PAM_SUCCESS : PAM_CONV_ERR;
}

static int fail_to_converse(int count, const struct pam_message **messages,
			    struct pam_response **answers, void *data)
{
	(void)count;
	(void)messages;
	(void)answers;
	(void)data;
	return PAM_CONV_ERR;
}

static void say_result(int result)
{
	last = result;
	say("%d %s", result, pam_strerror(transactions[current], result));
}

/* What fails is counted from here, or up to here. */
static void mark(int which)
{
	phase = which == MARK_DONE ? 0 : which;
	prctl(which, 0, 0, 0, 0);
}

static int find_whose(const char *name)
{
	static const char *const names[WHOSE_COUNT] = { "auth", "open", "helper", "builder",
							"join", "here", "close" };
	int whose = 0;

	while (whose < WHOSE_COUNT && strcmp(name, names[whose]))
		whose++;
	return whose < WHOSE_COUNT ? whose : -1;
}

/* inject WHOSE N ERRNO: a system call, by the tracer; N = 0 lists them. */
static void do_inject(char **words)
{
	prctl(MARK_INJECT, find_whose(words[1]), atol(words[2]), atol(words[3]), 0);
	say("injecting");
}

/* fail WHOSE N: an allocation; N = 0 lists them. */
static void do_fail(char **words)
{
	dl_iterate_phdr(note_module, NULL);
	failing_whose = find_whose(words[1]);
	failing = atol(words[2]);
	counted = 0;
	say("failing");
}

/* Which call failed, and how many were counted. */
static void do_injected(char **words)
{
	long answer = syscall(SYS_prctl, MARK_ASK, 0, 0, 0, 0);

	(void)words;
	say("%ld %d", answer >> 32, (int)answer);
}

static void do_start(char **words)
{
	static const struct pam_conv talk = { converse, NULL }, mute = { fail_to_converse, NULL };
	const char *user = words[2];

	say_result(pam_start(words[1], user, user ? &talk : &mute, &transactions[current]));
}

static void do_authenticate(char **words)
{
	(void)words;
	say_result(pam_authenticate(transactions[current], flags));
}

static void do_setcred(char **words)
{
	int what = PAM_ESTABLISH_CRED;

	if (words[1] && !strcmp(words[1], "delete"))
		what = PAM_DELETE_CRED;
	if (words[1] && !strcmp(words[1], "reinitialize"))
		what = PAM_REINITIALIZE_CRED;
	mark(MARK_SETCRED);
	last = pam_setcred(transactions[current], flags | what);
	mark(MARK_DONE);
	say_result(last);
}

static void do_account(char **words)
{
	(void)words;
	say_result(pam_acct_mgmt(transactions[current], flags));
}

static void do_open(char **words)
{
	(void)words;
	mark(MARK_OPEN);
	last = pam_open_session(transactions[current], flags);
	mark(MARK_DONE);
	say_result(last);
}

static void do_close(char **words)
{
	(void)words;
	mark(MARK_CLOSE);
	last = pam_close_session(transactions[current], flags);
	mark(MARK_DONE);
	say_result(last);
}

static void do_end(char **words)
{
	(void)words;
	if (transactions[current])
		say_result(pam_end(transactions[current], last));
	transactions[current] = NULL;
}

/* Another PAM transaction of the same process. */
static void do_transaction(char **words)
{
	current = atoi(words[1]) % TRANSACTIONS;
}

static void do_silent(char **words)
{
	(void)words;
	flags = PAM_SILENT;
}

static void do_environment(char **words)
{
	char **list = pam_getenvlist(transactions[current]);

	(void)words;
	for (char **item = list; item && *item; item++) {
		say("%s", *item);
		free(*item);
	}
	free(list);
}

static void wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		say("child killed by %d", WTERMSIG(status));
	else
		say("child ended with %d", WEXITSTATUS(status));
}

static void do_fork(char **words)
{
	pid_t child = fork();

	(void)words;
	if (child < 0)
		say("no fork: %s", strerror(errno));
	else if (child)
		wait_for(child);
	else
		say("pid %d", own = getpid());
}

static void do_exit(char **words)
{
	_exit(words[1] ? atoi(words[1]) : 0);
}

static void *wait_in_thread(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static void do_thread(char **words)
{
	pthread_t thread;

	(void)words;
	say("%d", pthread_create(&thread, NULL, wait_in_thread, NULL));
}

static void do_euid(char **words)
{
	say("%d", seteuid((uid_t)atoi(words[1])));
}

/* As sshd and login do between open and the shell. */
static void do_become(char **words)
{
	struct passwd *user = getpwnam(words[1]);

	if (!user || initgroups(words[1], user->pw_gid) || setgid(user->pw_gid) ||
	    setuid(user->pw_uid))
		say("cannot become %s: %s", words[1], strerror(errno));
	else
		say("uid %u", getuid());
}

/* The same in sshd's order: groups first, then the join (setcred), then the ids. */
static void do_groups(char **words)
{
	struct passwd *user = getpwnam(words[1]);

	say("%d", user ? initgroups(words[1], user->pw_gid) : -1);
}

static void do_ids(char **words)
{
	gid_t gid = (gid_t)atoi(words[1]);

	if (setgid(gid) || setuid(gid))
		say("cannot take ids: %s", strerror(errno));
	else
		say("uid %u", getuid());
}

/* A command of the shell, the rest of the line; its output is ours. */
static void do_run(char **words)
{
	pid_t child = fork();

	if (!child) {
		execl("/bin/sh", "sh", "-c", words[1], (char *)NULL);
		_exit(127);
	}
	if (child < 0)
		say("no fork: %s", strerror(errno));
	else
		wait_for(child);
}

static void do_alarm(char **words)
{
	struct itimerval often = { .it_interval.tv_usec = atoi(words[1]),
				   .it_value.tv_usec = atoi(words[1]) };

	say("%d", setitimer(ITIMER_REAL, &often, NULL));
}

static void do_limit(char **words)
{
	struct rlimit limit;
	int resource = !strcmp(words[1], "nproc") ? RLIMIT_NPROC : RLIMIT_NOFILE;

	getrlimit((__rlimit_resource_t)resource, &limit);
	if (words[2]) {
		limit.rlim_cur = strtoul(words[2], NULL, 10);
		setrlimit((__rlimit_resource_t)resource, &limit);
	}
	say("%llu", (unsigned long long)limit.rlim_cur);
}

static void do_memory(char **words)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");
	int count = 0;

	(void)words;
	while (maps && fgets(line, sizeof(line), maps))
		count++;
	if (maps)
		fclose(maps);
	/* The sanitizer's own mappings come and go. */
	say("%ld %d", allocated(), SANITIZED ? 0 : count);
}

/* All that a guest in this process could have left changed. */

static void say_link(const char *folder, const char *name)
{
	char path[512], text[512];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	length = readlink(path, text, sizeof(text) - 1);
	if (length >= 0)
		say("%s %.*s", path, (int)length, text);
}

static void say_links(const char *folder)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(entries))
			say_link(folder, entry->d_name);
	if (entries)
		closedir(entries);
}

static void say_signals(void)
{
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number < NSIG; number++)
		if (!sigaction(number, NULL, &action) &&
		    (action.sa_handler != SIG_DFL || action.sa_flags || sigismember(&mask, number)))
			say("signal %d: %p %x blocked %d", number,
			    (void *)(unsigned long)action.sa_handler, (unsigned)action.sa_flags,
			    sigismember(&mask, number));
}

static void say_file(const char *path, const char *begin)
{
	char line[4096];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file))
		if (!begin || (strncmp(line, begin, strlen(begin)) == 0)) {
			line[strcspn(line, "\n")] = '\0';
			say("%s", line);
		}
	if (file)
		fclose(file);
}

static void do_state(char **words)
{
	static const char *const facts[] = {
		"Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp:"
	};
	char folder[512];
	mode_t mask = umask(0);

	(void)words;
	umask(mask);
	say("cwd %s umask %o dumpable %d", getcwd(folder, sizeof(folder)), mask,
	    prctl(PR_GET_DUMPABLE));
	say_links("/proc/self/fd");
	say_links("/proc/self/ns");
	say_signals();
	say_file("/proc/self/limits", NULL);
	say_file("/proc/self/cgroup", NULL);
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		say_file("/proc/self/status", facts[i]);
	for (char **item = environ; *item; item++)
		say("%s", *item);
}

static void do_repeat(char **words);

static const struct verb {
	const char *name;
	void (*carry_out)(char **words);
	int whole_line; /* one word: all that follows the verb */
} verbs[] = {
	{ "start", do_start, 0 },     { "authenticate", do_authenticate, 0 },
	{ "setcred", do_setcred, 0 }, { "acct", do_account, 0 },
	{ "open", do_open, 0 },	      { "close", do_close, 0 },
	{ "end", do_end, 0 },	      { "transaction", do_transaction, 0 },
	{ "silent", do_silent, 0 },   { "environment", do_environment, 0 },
	{ "fork", do_fork, 0 },	      { "exit", do_exit, 0 },
	{ "thread", do_thread, 0 },   { "euid", do_euid, 0 },
	{ "become", do_become, 0 },   { "groups", do_groups, 0 },
	{ "ids", do_ids, 0 },	      { "run", do_run, 1 },
	{ "alarm", do_alarm, 0 },     { "fail", do_fail, 0 },
	{ "limit", do_limit, 0 },     { "memory", do_memory, 0 },
	{ "state", do_state, 0 },     { "repeat", do_repeat, 0 },
	{ "inject", do_inject, 0 },   { "injected", do_injected, 0 },
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

/* repeat N VERB[,WORD]...: stops at the first result that is not 0. */
static void do_repeat(char **words)
{
	int done = 0;

	for (; done < atoi(words[1]); done++)
		for (char **word = words + 2; *word; word++) {
			char copy[128], *parts[WORDS] = { NULL }, *rest;
			int count = 0;

			snprintf(copy, sizeof(copy), "%s", *word);
			for (char *part = strtok_r(copy, ",", &rest); part && count < WORDS - 1;
			     part = strtok_r(NULL, ",", &rest))
				parts[count++] = part;
			find_verb(parts[0])->carry_out(parts);
			if (last)
				goto out;
		}
out:
	say("%d times", done);
}

/* Byte by byte: a child goes on reading where its parent stopped. */
static int read_line(char *line, size_t size)
{
	size_t length = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, line + length, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (line[length] == '\n' || length + 2 == size)
			break;
		length++;
	}
	line[length] = '\0';
	return got ? 0 : -1;
}

static void carry_out(char *line)
{
	char *words[WORDS] = { NULL }, *rest;
	const struct verb *verb;
	int count = 1;

	words[0] = strtok_r(line, " ", &rest);
	verb = words[0] ? find_verb(words[0]) : NULL;
	if (!verb) {
		say("no verb '%s'", words[0] ? words[0] : "");
		return;
	}
	if (verb->whole_line)
		words[1] = rest;
	for (char *word = verb->whole_line ? NULL : strtok_r(NULL, " ", &rest);
	     word && count < WORDS - 1; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	verb->carry_out(words);
}

static void ignore_alarm(int number)
{
	(void)number;
}

int main(void)
{
	struct sigaction handler = { .sa_handler = ignore_alarm };
	char line[4096];

	server = own = getpid();
	stack_end = __builtin_frame_address(0);
	/* Without SA_RESTART, as a server's own handlers may be. */
	sigaction(SIGALRM, &handler, NULL);
	while (!read_line(line, sizeof(line))) {
		carry_out(line);
		say(".");
	}
	return 0;
}
