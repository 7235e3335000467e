#!/bin/sh
# The scripts for hosts under every shell: make check gives each test of them
# bash or mksh in turn, besides dash and busybox.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB=$(mktemp -d)
trap 'rm -rf "$LAB"' EXIT
. tests/support/check.sh
build=$(dirname "$HDEPLOY")

passes() {
	HD_CASE_SHELL=$shell "$program"
}

for shell in bash mksh; do
	for program in "$build"/tests/unit/test_remote_*[a-z]; do
		[ ! -x "$program" ] || [ -d "$program" ] ||
			check "${program##*/} with $shell" passes
	done
done
check_end
