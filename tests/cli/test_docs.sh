#!/bin/sh
# Documents name files that are there.
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"
: >out
: >err

# named DOCUMENT: paths in `backquotes` and targets of links, as from the top.
# NAME, CASE and * stand for many.
named() {
	# shellcheck disable=SC2016
	grep -oE '`(core|cmd|transport|tests|docs|[.]ci|[.]github)/[^` ]*`' \
		"$top/$1" | tr -d '`'
	grep -oE '\]\([^):#]+[)#]' "$top/$1" | sed "s|^](|$(dirname "$1")/|; s/.\$//"
}

for document in README.md CONTRIBUTING.md CHANGELOG.md docs/architecture.md \
	docs/events.md docs/glossary.md docs/on-host-layout.md \
	docs/ci.md docs/fleets.md docs/hooks.md docs/inventory.md \
	docs/recovery.md docs/security.md docs/ssh.md docs/stability.md; do
	for name in $(named "$document" | grep -v 'NAME\|CASE\|[*]' | sort -u); do
		expect "$document names $name" test -e "$top/$name"
	done
done

# docs/ssh.md has the cells of tests/interop that cannot work.
grep -v '^#' "$top/tests/interop/exceptions" |
	sed 's/^\([a-z-]*\) .*  \(it .*\)/\1|\2/' | sort -u >exceptions
while IFS='|' read -r server reason; do
	expect "docs/ssh.md: $server: $reason" \
		grep -q "^| $server |.*| $reason |" "$top/docs/ssh.md"
done <exceptions
expect "docs/ssh.md has exceptions" test -s exceptions

finish
