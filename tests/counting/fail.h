#ifndef HD_FAIL_H
#define HD_FAIL_H

#include <stddef.h>

/* Makes memory run out: the linker redirects malloc(), calloc() and realloc()
 * of hdeploy and of statically linked libraries to fail.c. */

/* From now on call k fails, counted from 1; 0: none. */
void fail_at(size_t k);
/* The number of calls since then. */
size_t fail_seen(void);

#endif
