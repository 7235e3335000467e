#!/bin/sh
# embed.sh FILE...: prints C source with the .erl files as the table
# hd_erlang_sources.
set -eu
printf '#include "core/erlang/erlang.h"\n'
for f in "$@"; do
	printf '\nstatic const char text_%s[] =\n' "$(basename "$f" .erl)"
	sed 's/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g; s/	/\\t/g; s/.*/    "&\\n"/' "$f"
	printf '    ;\n'
done
printf '\nconst struct hd_erlang_source hd_erlang_sources[] = {\n'
for f in "$@"; do
	n=$(basename "$f" .erl)
	printf '\t{ "%s", text_%s, sizeof(text_%s) - 1 },\n' "$n" "$n" "$n"
done
printf '\t{ NULL, NULL, 0 },\n};\n'
