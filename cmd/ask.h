#ifndef HD_ASK_H
#define HD_ASK_H

#include "cmd/view.h"
#include "core/base/err.h"

#include <stdbool.h>

/* Whether a person can answer: stdin and stderr are terminals. */
bool hd_ask_possible(void);

/* Asks at the terminal and blocks; view draws nothing meanwhile. True only for
 * the answer "yes"; Ctrl-C means no. */
bool hd_ask(struct hd_view *view, const char *question);

/* The same for another answer than "yes". */
bool hd_ask_for(struct hd_view *view, const char *question, const char *word);

/* Whether hd_ask_secret() has a terminal, outside of a CI job. */
bool hd_ask_secret_possible(void);

/*
 * Asks for a secret at the controlling terminal, without echo. Any thread may
 * call it: a question waits until the previous one is answered. *out is in
 * hd_secret_alloc() memory, "" if the person gave up. HD_ELOCAL if there is no
 * terminal, HD_ECANCELED.
 */
int hd_ask_secret(struct hd_view *view, const char *question, char **out,
    struct hd_err *err) HD_CHECK;

#endif
