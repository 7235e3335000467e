# shellcheck shell=sh
# needs: digest
# Size and time of each file of a version, as it was when it was last compared
# with the manifest: .hdeploy/releases/VERSION/noted has lines "SIZE MTIME DIGEST
# PATH". By them facts.sh notices a changed file without reading it. DIGEST is
# "-", or that of a file that differs from the manifest but has the same code
# (unpacked.sh).

# note_files VERSION [UNLIKE]: writes noted, for the manifest lines on stdin.
# UNLIKE: the paths that are missing or differ, if they are known. Never fails,
# and does not sync: without noted, files are compared only on request.
note_files() {
	hd_lines=$(cat)
	[ "$#" -gt 1 ] || set -- "$1" \
		"$(printf '%s\n' "$hd_lines" | sha256_differ | sort -u)"
	hd_note=.hdeploy/releases/$1/noted
	{
		printf '%s\n' "$hd_lines" | cut -c67- | file_stats | sed 's/^/s /'
		[ -z "$2" ] || printf '%s\n' "$2" |
			while IFS= read -r name; do
				[ ! -f "$name" ] || printf 'd %s %s\n' \
					"$(sha256_of "$name")" "$name"
			done
	} | awk '
		$1 == "d" { digest[substr($0, 68)] = $2; next }
		{
			path[++n] = substr($0, length($2 $3 $4 $5) + 7)
			stat[n] = $2 " " $3
		}
		END {
			for (i = 1; i <= n; i++)
				print stat[i], (path[i] in digest) ? \
					digest[path[i]] : "-", path[i]
		}' | note_write "$hd_note" || rm -f "$hd_note" "$hd_note.new"
	return 0
}

note_write() { # FILE
	rm -f "$1.new" && cat >"$1.new" && mv -f "$1.new" "$1"
}

# file_stats: prints "SIZE MTIME UID MODE PATH" for each path on stdin that
# exists; MODE in hex. Where stat has no -c, only the path is known: "- - - -
# PATH".
file_stats() {
	if stat -c %s . >/dev/null 2>&1; then
		tr '\n' '\0' | xargs -0 stat -c '%s %Y %u %f %n' -- 2>/dev/null
	else
		while IFS= read -r name; do
			[ ! -e "$name" ] && [ ! -L "$name" ] ||
				printf '%s\n' "- - - - $name"
		done
	fi
}
