#ifndef HD_ASK_H
#define HD_ASK_H

#include <stdbool.h>

/* Whether somebody is there to be asked: standard input and error are a
 * terminal. */
bool hd_ask_possible(void);

/* Asks at the terminal and waits; true only for "yes". Ctrl-C is a no. */
bool hd_ask(const char *question);

#endif
