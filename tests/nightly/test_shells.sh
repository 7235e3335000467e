#!/bin/sh
# The scripts for hosts under mksh; make check runs them under dash, bash and
# busybox.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB=$(mktemp -d)
trap 'rm -rf "$LAB"' EXIT
. tests/support/check.sh
build=$(dirname "$HDEPLOY")

passes() {
	HD_CASE_SHELL=mksh "$program"
}

for program in "$build"/tests/unit/test_remote_*[a-z]; do
	[ ! -x "$program" ] || [ -d "$program" ] ||
		check "${program##*/} with mksh" passes
done
check_end
