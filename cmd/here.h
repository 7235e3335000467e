#ifndef HD_HERE_H
#define HD_HERE_H

/* Runs a program on the terminal of hdeploy and waits for its end. words ends
 * with NULL; PATH is searched for the first. Returns 0 and sets *status to its
 * exit status, or to 128 and a signal's number; else an errno value: ENOENT if
 * there is no such program. */
int hd_here_run(const char *const *words, int *status);

#endif
