#!/bin/sh
# check_composed.sh BUILD: shellcheck of the texts that hosts get, as test_compose
# writes them, for what no single file of core/remote shows: variables that are
# read and never set, or set in every text that has them and read in none.
set -eu
cd "$(dirname "$0")/.."
texts=$(mktemp -d)
trap 'rm -rf "$texts"' EXIT
HD_COMPOSED=$texts "$1/tests/unit/test_compose" >/dev/null 2>&1
cd "$texts"
# What is kept on a host holds all that is asked, too. A driver that a script
# does not need leaves its text as it is.
cksum ./*.inner.sh operation.relx.sh | sort -u -k 1,2 | cut -d' ' -f3 >list
[ "$(wc -l <list)" -gt 40 ]
# shellcheck disable=SC2046 # their names have no spaces
xargs -n 4 -P "$(getconf _NPROCESSORS_ONLN)" \
	shellcheck -s sh -f gcc -i SC2034,SC2154 <list >said || :
{
	# relx_pipes asks whether a script has said which app it is about.
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
				echo "$name is set, and no text reads it"
		done
} >found
[ ! -s found ] || {
	cat found >&2
	exit 1
}
