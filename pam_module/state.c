/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const char session_name[] = "confine_session";
static const char setcred_name[] = "confine_setcred";
static const unsigned opener = 0x0be4ed;

/*
 * The one fact that hangs on the process and not on a transaction: a process holds one login (its
 * lock and its namespaces are the process's). Children inherit it, and the module is linked
 * with nodelete, so that it outlives pam_end.
 */
static bool occupied;

bool state_occupied(void)
{
	return occupied;
}

bool state_is_opener(const struct state *state)
{
	return *state->mark == opener;
}

struct state *state_get(pam_handle_t *pamh)
{
	const void *data;

	if (pam_get_data(pamh, session_name, &data) != PAM_SUCCESS)
		return NULL;
	/* pam_get_data's const protects the pointer that libpam keeps, not what it points to. */
	return (struct state *)(uintptr_t)data;
}

void state_close(struct state *state)
{
	if (!state_is_opener(state) || !state->login.stands)
		return;
	login_close(&state->login);
	occupied = state->login.way == LOGIN_HERE;
}

static void unmap(void *page)
{
	if (page && page != MAP_FAILED)
		munmap(page, (size_t)sysconf(_SC_PAGESIZE));
}

static void state_free(struct state *state)
{
	unmap(state->mark);
	unmap(state->joined);
	plan_clear(&state->plan);
	free(state);
}

/* su and login call pam_end in the user's process too: nothing there is ours to end. */
static void state_cleanup(pam_handle_t *pamh, void *data, int status)
{
	struct state *state = data;

	(void)pamh;
	(void)status;
	if (!state_is_opener(state))
		return;
	state_close(state);
	state_free(state);
}

struct state *state_new(pam_handle_t *pamh, struct error *error)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct state *state = calloc(1, sizeof(*state));

	if (!state) {
		error_memory(error);
		return NULL;
	}
	state->login = (struct login)LOGIN_INIT;
	state->mark = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	state->joined = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (state->mark == MAP_FAILED || state->joined == MAP_FAILED ||
	    madvise(state->mark, page, MADV_WIPEONFORK)) {
		error_errno(error, "cannot map a page");
		state_free(state);
		return NULL;
	}
	*state->mark = opener;
	if (pam_set_data(pamh, session_name, state, state_cleanup) != PAM_SUCCESS) {
		error_memory(error);
		state_free(state);
		return NULL;
	}
	occupied = true;
	return state;
}

void state_drop(pam_handle_t *pamh)
{
	/* libpam calls the cleanup of what was there, and keeps the place: this allocates nothing.
	 */
	pam_set_data(pamh, session_name, NULL, NULL);
	occupied = false;
}

/* Where setcred was called first, and what open then came to. */
struct note {
	unsigned *mark; /* as in struct state */
	enum outcome outcome;
};

static struct note *note_get(pam_handle_t *pamh)
{
	const void *data;

	if (pam_get_data(pamh, setcred_name, &data) != PAM_SUCCESS)
		return NULL;
	return (struct note *)(uintptr_t)data;
}

static void note_cleanup(pam_handle_t *pamh, void *data, int status)
{
	struct note *note = data;

	(void)pamh;
	(void)status;
	unmap(note->mark);
	free(note);
}

int state_note_setcred(pam_handle_t *pamh, struct error *error)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct note *note = note_get(pamh);

	if (note)
		return 0;
	note = calloc(1, sizeof(*note));
	if (!note)
		return error_memory(error);
	note->mark = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (note->mark == MAP_FAILED || madvise(note->mark, page, MADV_WIPEONFORK)) {
		error_errno(error, "cannot map a page");
		note_cleanup(pamh, note, 0);
		return -1;
	}
	*note->mark = opener;
	if (pam_set_data(pamh, setcred_name, note, note_cleanup) == PAM_SUCCESS)
		return 0;
	note_cleanup(pamh, note, 0);
	return error_memory(error);
}

bool state_setcred_noted(pam_handle_t *pamh)
{
	return note_get(pamh) != NULL;
}

bool state_is_child(pam_handle_t *pamh)
{
	const struct note *note = note_get(pamh);

	return note && *note->mark != opener;
}

void state_set_outcome(pam_handle_t *pamh, enum outcome outcome)
{
	struct note *note = note_get(pamh);

	if (note)
		note->outcome = outcome;
}

enum outcome state_outcome(pam_handle_t *pamh)
{
	const struct note *note = note_get(pamh);

	return note ? note->outcome : OUTCOME_NONE;
}
