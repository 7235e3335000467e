#!/bin/sh
# embed.sh FILE...: prints C source with the files as a table. It drops their
# comments, because every call would send them to every host. A line
# "# needs: FILE..." (Erlang: "%% needs: FILE...") of a file names the files that
# it needs.
set -eu
name() {
	basename "${1%.*}"
}
needs() { # FILE
	sed -n 's/^\(#\|%%\) needs: //p' "$1"
}
names=' '
for f in "$@"; do
	names="$names$(name "$f") "
done
# check_needs FILE. For driver_x it is enough that a driver's own file, relx_x,
# exists.
check_needs() {
	for need in $(needs "$1"); do
		part=" $need "
		case $need in
		driver*) part="${need#driver} " ;;
		esac
		case $names in
		*"$part"*) ;;
		*)
			echo "$1: needs $need, which does not exist" >&2
			exit 1
			;;
		esac
	done
}
for f in "$@"; do
	case $f in
	*.sh) ! grep -n '<<' "$f" || {
		echo "$f: some shells write a here-document to TMPDIR" >&2
		exit 1
	} ;;
	esac
	check_needs "$f"
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
	printf '\t{ .name = "%s", .text = text_%s, .len = sizeof(text_%s) - 1,\n' \
		"$n" "$n" "$n"
	printf '\t    .erlang = %s, .needs = {' \
		"$(case $f in *.erl) echo true ;; *) echo false ;; esac)"
	for need in $(needs "$f"); do
		printf ' "%s",' "$need"
	done
	args=$(sed -n 's/^# args: *\(.*\)/"\1"/p' "$f")
	printf ' NULL },\n\t    .args = %s },\n' "${args:-NULL}"
done
printf '\t{ .name = NULL },\n};\n'
