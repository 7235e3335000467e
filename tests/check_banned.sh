#!/bin/sh
# check_banned.sh BUILD OBJECT...: fails if an object calls a banned function,
# and names both. Objects show calls that a macro hides.
set -eu
build=$1
shift
unbounded='strcpy|strcat|sprintf|vsprintf|strtok|gets|system|mktemp|tmpnam'
speaking='printf|vprintf|puts|putchar|perror|stdout|stderr|exit|getenv|secure_getenv'
bad=0

report() { # WHY NAMES OBJECT...
	why=$1
	names=$2
	shift 2
	[ $# -gt 0 ] || return 0
	found=$(nm -u -A "$@" | sed 's/@.*//; s/__\([a-z]*\)_chk$/\1/' |
	    grep -E "[ :]U ($names)\$" || :)
	[ -z "$found" ] || {
		printf '%s:\n%s\n' "$why" "$found" >&2
		bad=1
	}
}

report 'banned: write with struct hd_str instead' "$unbounded" "$@"
for object; do
	shift
	case ${object#"$build"/} in core/*) set -- "$@" "$object" ;; esac
done
report 'core never prints, exits or reads the environment' "$speaking" "$@"
exit $bad
