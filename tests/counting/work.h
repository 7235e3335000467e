#ifndef HD_WORK_H
#define HD_WORK_H

#include <stddef.h>

/*
 * What a piece of code did, counted and not timed. Counted are the code of
 * hdeploy that the Makefile compiled for it (block by block, by
 * -fsanitize-coverage=trace-pc), the bytes that functions of libc went over
 * on its behalf, and the memory that it asked for.
 */
struct work {
	size_t done;      /* blocks of code, and bytes that libc went over */
	size_t allocated; /* bytes */
};

/* Since the start of the process. */
struct work work_so_far(void);

/* Called at every block; not for use. */
void __sanitizer_cov_trace_pc(void);

#endif
