#ifndef HD_SCRIPTS_H
#define HD_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

/* The .sh and .erl files of this folder, as a table that embed.sh generates.
 * The last entry has the name NULL. */
enum { HD_SCRIPTS_MAX = 192 };

struct hd_script {
	const char *name; /* file name without .sh or .erl */
	const char *text;
	size_t len;
	const char *args; /* its line "# args:" (args.h); NULL: it has none, so
			     that no call can name it */
	bool erlang;      /* an expression for the VM */
	const char *needs[16]; /* names of other files, up to the first NULL;
				  compose.h explains "driver..." */
};
extern const struct hd_script hd_scripts[];

#endif
