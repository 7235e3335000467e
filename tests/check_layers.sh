#!/bin/sh
# check_layers.sh [ROOT]: reports every #include below ROOT that the table
# "layers" in this folder does not allow, with its file and line.
set -eu
table=$(cd "$(dirname "$0")" && pwd)/layers
cd "${1:-$(dirname "$0")/..}"
# shellcheck disable=SC2016 # awk, not sh, expands these
find core transport cmd -name '*.[ch]' | sort | xargs awk '
	function starts(s, prefix) { return index(s, prefix) == 1 }

	function any(list, header,    words, i) {
		i = split(list, words, " ")
		while (i > 0 && !starts(header, words[i]))
			i--
		return i > 0
	}

	function refuse(why) {
		sub(/^[ \t]*/, "")
		printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
		bad = 1
	}

	function check_own(header,    i) {
		for (i = 1; i <= rows["may"]; i++)
			if (starts(FILENAME, file["may", i]))
				break
		if (i > rows["may"])
			refuse("the table layers has no row for this file")
		else if (header ~ /\.\./ || !any(list["may", i], header))
			refuse("only " list["may", i])
	}

	function check_library(header,    i, owners) {
		for (i = 1; i <= rows["owns"]; i++) {
			if (!any(list["owns", i], header))
				continue
			if (starts(FILENAME, file["owns", i]))
				return
			owners = owners " " file["owns", i]
		}
		refuse(owners ? "belongs to" owners : "this library has no owner")
	}

	FILENAME == table && /^(may|owns) / {
		kind = $1
		file[kind, ++rows[kind]] = $2
		$1 = $2 = ""
		sub(/^ */, "")
		list[kind, rows[kind]] = $0
	}
	FILENAME == table && /^system / {
		$1 = ""
		system_headers = system_headers $0
	}
	FILENAME != table && /^[ \t]*#[ \t]*include/ {
		header = $0
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
		name = substr(header, 2)
		sub(/[">].*/, "", name)
		if (starts(header, "\""))
			check_own(name)
		else if (!starts(header, "<"))
			refuse("names no header")
		else if (!any(system_headers, name))
			check_library(name)
	}
	END { exit bad }
' table="$table" "$table" >&2
