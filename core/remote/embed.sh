#!/bin/sh
# embed.sh FILE.sh...: prints C source that holds the files as a table.
set -eu
printf '#include "core/remote/scripts.h"\n'
for f in "$@"; do
	n=$(basename "$f" .sh)
	printf '\nstatic const char text_%s[] =\n' "$n"
	sed 's/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g; s/.*/    "&\\n"/' "$f"
	printf '    ;\n'
done
printf '\nconst struct hd_script hd_scripts[] = {\n'
for f in "$@"; do
	n=$(basename "$f" .sh)
	printf '\t{ "%s", text_%s, sizeof(text_%s) - 1 },\n' "$n" "$n" "$n"
done
printf '\t{ 0 },\n};\n'
