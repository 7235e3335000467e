#ifndef HD_FAIL_H
#define HD_FAIL_H

#include <stddef.h>

/* Memory that runs out: the linker has malloc(), calloc() and realloc() of
 * hdeploy, and of the libraries that are linked into it, come here. */

/* From now on: the number k of them fails, from 1; 0: none does. */
void fail_at(size_t k);
/* How many were asked for since then. */
size_t fail_seen(void);

#endif
