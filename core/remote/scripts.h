#ifndef HD_SCRIPTS_H
#define HD_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

/* The .sh and .erl files of this folder, made by embed.sh; ends with a NULL
 * name. */
enum { HD_SCRIPTS_MAX = 128 };

struct hd_script {
	const char *name; /* without .sh */
	const char *text;
	size_t len;
	const char *args; /* what its line "# args:" says (args.h); NULL: it
			     has none and is no script of its own */
	bool erlang;      /* an expression for the VM */
	const char *needs[16]; /* names of others, up to the first NULL; of
				  "driver..." see compose.h */
};
extern const struct hd_script hd_scripts[];

#endif
