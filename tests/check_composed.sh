#!/bin/sh
# check_composed.sh BUILD: runs shellcheck on the composed texts that hosts get,
# as test_compose writes them. It finds errors that no single file of
# core/remote shows: variables that are read and never set, or set and read in
# no text.
set -eu
cd "$(dirname "$0")/.."
texts=$(mktemp -d)
trap 'rm -rf "$texts"' EXIT
HD_COMPOSED=$texts "$1/tests/unit/test_compose" >/dev/null 2>&1
cd "$texts"
# The inner texts of operations contain the queries too. A text that does not
# depend on the driver is checked once.
cksum ./*.inner.sh operation.relx.sh | sort -u -k 1,2 | cut -d' ' -f3 >list
[ "$(wc -l <list)" -gt 40 ]
# shellcheck disable=SC2046 # their names have no spaces
xargs -n 4 -P "$(getconf _NPROCESSORS_ONLN)" \
	shellcheck -s sh -f gcc -i SC2034,SC2154 <list >said || :
{
	# relx_pipes tests whether the script has set app.
	grep SC2154 said | grep -v ': app is referenced' || :
	sed -n 's/^\([^:]*\):.*warning: \([A-Za-z0-9_]*\) appears unused.*/\2 \1/p' \
		said | sort -u | cut -d' ' -f1 | uniq -c |
		while read -r n name; do
			case $name in
			hd_idle) continue ;;     # the rest of a line
			lease_value) continue ;; # read by eval
			esac
			# shellcheck disable=SC2046
			[ "$(grep -lw -e "$name" $(cat list) | wc -l)" != "$n" ] ||
				echo "$name is set, but no text reads it"
		done
} >found
[ ! -s found ] || {
	cat found >&2
	exit 1
}
