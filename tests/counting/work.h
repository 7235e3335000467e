#ifndef HD_WORK_H
#define HD_WORK_H

#include <stddef.h>

/*
 * The work of a piece of code, counted instead of timed: the basic blocks of
 * hdeploy that it ran (the Makefile compiles them with
 * -fsanitize-coverage=trace-pc), the bytes that libc processed for it, and the
 * memory that it requested.
 */
struct work {
	size_t done;      /* basic blocks, and bytes that libc processed */
	size_t allocated; /* bytes */
};

/* Since the start of the process. */
struct work work_so_far(void);

/* Compiled code calls it at every block; do not call it. */
void __sanitizer_cov_trace_pc(void);

#endif
