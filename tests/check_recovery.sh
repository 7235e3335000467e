#!/bin/sh
# Reports every quoted message in docs/recovery.md that hdeploy does not print:
# no source, stored plan or unit test contains its words. Values may differ:
# versions, numbers, paths, words in capitals and "...".
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# All text on one line, with the parts of split strings joined.
find core tests/unit tests/plans -name '*.[ch]' -o -path 'core/*.sh' -o \
	-path 'core/*.erl' -o -name plan -type f | sort | xargs cat |
	tr '\n\t' '\001 ' | sed -e "s/\" *\\\\$(printf '\001') *\"/ /g" \
	-e "s/\\\\$(printf '\001')//g" -e "s/\"[ $(printf '\001')]*\"//g" |
	tr '\001' ' ' >"$scratch/source"

tr '\n' ' ' <docs/recovery.md | grep -o '"[^"]*"' | tr -d '"' |
	sort -u >"$scratch/quotes"
[ "$(wc -l <"$scratch/quotes")" -gt 20 ]

# The fragments of one quote between its values.
fragments() {
	sed -E -e 's/\([^)]*[0-9][^)]*\)|\.\.\.|[^ ]*[0-9@/][^ ]*|[A-Z]{3,}/\n/g' |
		sed -e 's/^[ ,.()]*//' -e 's/[ ,.(]*$//' | grep '[a-z]'
}

bad=0
while read -r quote; do
	while read -r fragment; do
		grep -qF -e "$fragment" "$scratch/source" || {
			echo "docs/recovery.md: \"$quote\":" \
				"hdeploy does not print \"$fragment\"" >&2
			bad=1
		}
	done <<END
$(printf '%s\n' "$quote" | fragments)
END
done <"$scratch/quotes"
exit $bad
