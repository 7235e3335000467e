#include "cmd/texts.h"

#include <stdlib.h>
#include <string.h>

const char *
hd_text_file(const char *name)
{
	for (size_t i = 0; hd_text_files[i].name != NULL; i++) {
		if (strcmp(hd_text_files[i].name, name) == 0)
			return hd_text_files[i].text;
	}
	abort(); /* the Makefile embeds every document */
}
