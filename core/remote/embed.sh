#!/bin/sh
# embed.sh FILE...: prints C source that holds the files as a table. Comments
# stay here: every host would get them with every call.
set -eu
name() {
	basename "${1%.*}"
}
for f in "$@"; do
	case $f in
	*.sh) ! grep -n '<<' "$f" || {
		echo "$f: a here-document is a file in TMPDIR for some shells" >&2
		exit 1
	} ;;
	esac
done
printf '#include "core/remote/scripts.h"\n'
for f in "$@"; do
	printf '\nstatic const char text_%s[] =\n' "$(name "$f")"
	sed '/^[[:blank:]]*#/d; /^%%/d; s/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g
		s/	/\\t/g; s/.*/    "&\\n"/' "$f"
	printf '    ;\n'
done
printf '\nconst struct hd_script hd_scripts[] = {\n'
for f in "$@"; do
	n=$(name "$f")
	printf '\t{ "%s", text_%s, sizeof(text_%s) - 1, ' "$n" "$n" "$n"
	args=$(sed -n 's/^# args: *\(.*\)/"\1"/p' "$f")
	printf '%s },\n' "${args:-NULL}"
done
printf '\t{ 0 },\n};\n'
