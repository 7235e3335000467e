#!/bin/sh
# embed.sh FILE...: prints C source with the files as the table hd_text_files.
set -eu
printf '#include "cmd/texts.h"\n\n#include <stddef.h>\n'
n=0
for f in "$@"; do
	n=$((n + 1))
	printf '\nstatic const char text_%d[] =\n' "$n"
	sed 's/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g; s/	/\\t/g; s/.*/    "&\\n"/' "$f"
	printf '    ;\n'
done
printf '\nconst struct hd_text_file hd_text_files[] = {\n'
n=0
for f in "$@"; do
	n=$((n + 1))
	printf '\t{ "%s", text_%d },\n' "$(basename "$f")" "$n"
done
printf '\t{ NULL, NULL },\n};\n'
