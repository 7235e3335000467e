#ifndef HD_SCRIPTS_H
#define HD_SCRIPTS_H

#include <stddef.h>

/* The .sh files of this folder, made by embed.sh; ends with a NULL name. */
struct hd_script {
	const char *name; /* without .sh */
	const char *text;
	size_t len;
	const char *args; /* what its line "# args:" says (args.h); NULL: it
			     has none and is no script of its own */
};
extern const struct hd_script hd_scripts[];

#endif
