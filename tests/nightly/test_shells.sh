#!/bin/sh
# The scripts for hosts under every shell. make check tries each of their tests
# under dash, bash or busybox in turn.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB=$(mktemp -d)
trap 'rm -rf "$LAB"' EXIT
. tests/support/check.sh
build=$(dirname "$HDEPLOY")

passes() {
	HD_CASE_SHELLS=$shells "$program"
}

for shells in 'bash busybox' 'mksh dash'; do
	for program in "$build"/tests/unit/test_remote_*[a-z]; do
		[ ! -x "$program" ] || [ -d "$program" ] ||
			check "${program##*/} with $shells" passes
	done
done
composed_for_each() {
	"$build/tests/unit/test_compose"
}

check 'test_compose with all' composed_for_each
check_end
