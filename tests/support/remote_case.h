#ifndef HD_REMOTE_CASE_H
#define HD_REMOTE_CASE_H

#include "core/base/str.h"
#include "core/remote/remote.h"
#include "core/remote/scripts.h"

/*
 * What the tests of remote scripts share: a scratch root, a shell as the
 * host, and one call at a time.
 */
extern const char *const hd_case_shells[3];

struct hd_case {
	char folder[64]; /* removed at the end */
	char root[80];   /* folder/root; not made yet */
	struct hd_transport *host;
	struct hd_call call; /* root, app and a deadline are set */
	struct hd_reply reply;
	struct hd_str output; /* of operations */
	struct hd_err err;
};

void hd_case_begin(struct hd_case *c, const char *shell);
/* Its scripts sleep for a tenth of the time, and the deadline is as far away
 * as before: for what waits for seconds. */
void hd_case_hurry(struct hd_case *c);
void hd_case_end(struct hd_case *c);

/* cmocka test fixtures: *state becomes one for each shell. */
int hd_case_begin_each(void **state);
int hd_case_end_each(void **state);
#define TEST_EACH(name)                                                        \
	cmocka_unit_test_setup_teardown(                                       \
	    name, hd_case_begin_each, hd_case_end_each)
#define EACH_SHELL(c, state)                                                   \
	for (struct hd_case *c = *(state);                                     \
	     c < (struct hd_case *)*(state) + HD_COUNT(hd_case_shells); c++)

/* Runs a line of shell in folder, which must succeed; $root is set. */
void hd_case_sh(struct hd_case *c, const char *line);
/* One line of what a line of shell prints, borrowed until the next call. */
const char *hd_case_line(struct hd_case *c, const char *line);
/* The call must reach its end marker. arg: the script's first argument, beside
 * those of hd_case_args(); may be NULL. */
int hd_case_ask(struct hd_case *c, const char *script, const char *arg);
int hd_case_operate(
    struct hd_case *c, const char *id, const char *script, const char *arg);
/* Arguments of the next call: NAME, VALUE and so on up to NULL. */
void hd_case_args(struct hd_case *c, ...);
/* Sets every argument that the script states to something; their names are kept
 * in names. */
void hd_case_set_all(
    struct hd_call *call, const struct hd_script *s, struct hd_arena *names);
/* Value of the first such fact, or "". */
const char *hd_case_said(const struct hd_case *c, const char *key);

#endif
