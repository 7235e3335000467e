#!/bin/sh
# Reports functions that two scripts for hosts define: in a text composed of
# both, the later one would replace the other. Drivers replace driver_* on
# purpose, and scripts with a main() are never in one text.
# FOLDER: other scripts than those of core/remote.
set -eu
cd "$(dirname "$0")/.."
found=$(grep -c '^main()' "${1:-core/remote}"/*.sh | awk -F: '
	FILENAME == "-" { has_main[$1] = $2; next }
	match($0, /^[a-z_0-9]+\(\)/) {
		name = substr($0, 1, RLENGTH - 2)
		if (name ~ /^driver_/ || name == "main")
			next
		if (name in file && !(has_main[file[name]] &&
			has_main[FILENAME]))
			print name ": " file[name] ", " FILENAME
		file[name] = FILENAME
	}' - "${1:-core/remote}"/*.sh)
[ -z "$found" ] || {
	printf 'defined twice: %s\n' "$found" >&2
	exit 1
}
