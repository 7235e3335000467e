#!/bin/sh
# check_words.sh KIND... [-- FILE...]: reports every match of these kinds of
# words.txt (word, phrase or all) in the tree, or in these files: its place, a
# better word, and its line. words.allowed lists exceptions; an exception that
# matches nothing is reported too.
set -eu
cd "$(dirname "$0")/.."

# The glossary, the list and its test must contain the words; the stored inputs
# of parsers are not our text.
files() {
	find cmd core transport tests docs examples .ci .github README.md CHANGELOG.md \
		CONTRIBUTING.md deploy.ini.example Makefile -type f \
		! -path 'tests/fuzz/corpus/*' ! -path 'tests/words.*' \
		! -path tests/check_words_test.sh ! -path docs/glossary.md \
		2>/dev/null | sort
}

kinds=' '
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	kinds="$kinds$1 "
	shift
done
whole=
if [ $# -gt 1 ]; then
	shift
else
	whole=yes
	# shellcheck disable=SC2046 # a list of names without spaces
	set -- $(files)
fi
awk -F '\t' -v kinds="$kinds" -v whole="$whole" '
	FNR == 1 { part++ }
	part <= 2 && (/^#/ || !NF) { next }
	part == 1 && NF != 4 {
		print FILENAME ":" FNR ": needs four fields"
		bad = 1
	}
	part == 1 {
		kind[++n] = $1
		pattern[n] = "[^a-z](" $2 ")[^a-z]"
		except[n] = $3
		better[n] = $4
		next
	}
	part == 2 {
		at = index($0, ": ")
		place[++m] = substr($0, 1, at - 1)
		text[m] = substr($0, at + 2)
		next
	}

	function is_allowed(    i, yes) {
		for (i = 1; i <= m; i++)
			if (name == place[i] && index(whole_line, text[i]))
				yes = used[i] = 1
		return yes
	}

	# after: the beginning of the next line, where a phrase might end.
	function report(i, after,    said) {
		said = line after
		if (said !~ pattern[i])
			return
		if (except[i] != "-")
			gsub(except[i], "", said)
		if (!match(said, pattern[i]) || RSTART >= length(line) ||
		    is_allowed() || !index(kinds, " " kind[i] " ") &&
		    !index(kinds, " all "))
			return
		printf "%s:%d: \"%s\" (%s): %s\n", name, number,
		    substr(said, RSTART + 1, RLENGTH - 2), better[i], whole_line
		bad = 1
	}

	function check(after,    i) {
		for (i = 1; i <= n; i++)
			report(i, index(pattern[i], " ") ? after : "")
	}

	{
		next_line = " " tolower($0) " "
		after = next_line
		sub(/^[ \t]*([*#|"]|\/[*\/])*[ \t]*/, "", after)
		split(after, first, " ")
		if (FNR > 1) {
			sub(/[ \t\\"]+$/, " ", line)
			check(first[1] " " first[2] " " first[3] " ")
		} else if (part > 3)
			check("")
		line = next_line
		whole_line = $0
		name = FILENAME
		number = FNR
	}

	END {
		if (part > 2)
			check("")
		for (i = 1; whole && i <= m; i++)
			if (!used[i]) {
				printf "tests/words.allowed: %s: %s: allows" \
				    " nothing\n", place[i], text[i]
				bad = 1
			}
		exit bad
	}
' tests/words.txt tests/words.allowed "$@" >&2
