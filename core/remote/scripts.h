#ifndef HD_SCRIPTS_H
#define HD_SCRIPTS_H

#include <stddef.h>

/* The .sh files of this folder, made by embed.sh; ends with a NULL name. */
struct hd_script {
	const char *name; /* without .sh */
	const char *text;
	size_t len;
};
extern const struct hd_script hd_scripts[];

#endif
