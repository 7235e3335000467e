#!/bin/sh
# Plants words that check_words.sh must report, and some that it must not.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

found() { # KIND: its reports about $scratch/text: lines and words
	sh tests/check_words.sh "$1" -- "$scratch/text" 2>&1 |
		sed 's/^[^:]*:\([0-9]*\): "\([^"]*\)".*/\1 \2/' | tr '\n' ',' || :
}

expect() { # KIND WANTED
	got=$(found "$1")
	[ "$got" = "$2" ] || {
		echo "check_words.sh $1: \"$got\", not \"$2\"" >&2
		exit 1
	}
}

cat >"$scratch/text" <<'END'
/* A Lot of hosts, of course after one round trip. */
	struct hd_course *c; /* the plot */
	"the tarball lies there, and it may "
	"not be read"
/* It is no
 * release: it is no longer there, and no file is no
 * longer there. */
# beside what runs; status says what runs
END
expect word '1 lot,2 course,'
expect phrase '3 lies,3 may not,5 is no,8 beside what runs,'
expect all '1 lot,2 course,3 lies,3 may not,5 is no,8 beside what runs,'
echo 'nothing to see, and nobody stands for it' >"$scratch/text"
sh tests/check_words.sh all -- "$scratch/text"
