#ifndef HD_LIBRARIES_H
#define HD_LIBRARIES_H

#include <stddef.h>

/* A library that this process uses. */
struct hd_used_library {
	const char *name;
	const char *(*version)(void);
};
/* Number i, or NULL after the last. */
const struct hd_used_library *hd_used_library(size_t i);

#endif
