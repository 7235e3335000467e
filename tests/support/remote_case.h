#ifndef HD_REMOTE_CASE_H
#define HD_REMOTE_CASE_H

#include "core/base/str.h"
#include "core/remote/remote.h"
#include "core/remote/scripts.h"

/*
 * Shared by the tests of remote scripts: a scratch root, a shell as the host,
 * and one call at a time.
 */
/* The shells that the present test tries: dash, bash or busybox in turn. At
 * night (tests/nightly/test_shells.sh) the environment variable HD_CASE_SHELLS
 * names two. busybox brings its tools with it.
 */
extern const char *hd_case_shells[2];
extern size_t hd_case_nshells;
void hd_case_turn(void);

struct hd_case {
	char folder[64]; /* removed at the end */
	char root[80];   /* folder/root; does not exist at first */
	struct hd_transport *host;
	struct hd_call call; /* root, app and a deadline are set */
	struct hd_reply reply;
	struct hd_str output; /* of operations */
	struct hd_err err;
};

void hd_case_begin(struct hd_case *c, const char *shell);
/* For tests that wait for seconds: scripts sleep for a tenth of the time, and
 * the deadline grows to match. */
void hd_case_hurry(struct hd_case *c);
void hd_case_end(struct hd_case *c);

/* cmocka test fixtures: *state is an array with a case for each shell. */
int hd_case_begin_each(void **state);
int hd_case_end_each(void **state);
#define TEST_EACH(name)                                                        \
	cmocka_unit_test_setup_teardown(                                       \
	    name, hd_case_begin_each, hd_case_end_each)
#define EACH_SHELL(c, state)                                                   \
	for (struct hd_case *c = *(state);                                     \
	     c < (struct hd_case *)*(state) + hd_case_nshells; c++)

/* Runs a shell command in folder, which must succeed; $root is set. */
void hd_case_sh(struct hd_case *c, const char *line);
/* kill -9, and waits until the processes are dead: on a loaded machine a killed
 * process lives on until its turn comes. pids: shell words, "$(cat p)". */
void hd_case_kill(struct hd_case *c, const char *pids);
/* One line of output of a shell command, borrowed until the next call. */
const char *hd_case_line(struct hd_case *c, const char *line);
/* The call must reach its end line. arg: the script's first argument; NULL: it
 * gets only the arguments of hd_case_args(). */
int hd_case_ask(struct hd_case *c, const char *script, const char *arg);
int hd_case_operate(
    struct hd_case *c, const char *id, const char *script, const char *arg);
/* Sets the arguments of the next call: NAME, VALUE ..., NULL. */
void hd_case_args(struct hd_case *c, ...);
/* Gives every argument that the script declares a value; names owns the names.
 */
void hd_case_set_all(
    struct hd_call *call, const struct hd_script *s, struct hd_arena *names);
/* The value of the first fact of this name; "": none. */
const char *hd_case_said(const struct hd_case *c, const char *key);

#endif
