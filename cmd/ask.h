#ifndef HD_ASK_H
#define HD_ASK_H

#include "cmd/view.h"

#include <stdbool.h>

/* Whether somebody is there to be asked: standard input and error are a
 * terminal. */
bool hd_ask_possible(void);

/* Asks at the terminal and waits, while view draws nothing; true only for
 * "yes". Ctrl-C is a no. */
bool hd_ask(struct hd_view *view, const char *question);

#endif
