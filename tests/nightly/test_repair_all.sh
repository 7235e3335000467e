#!/bin/sh
# Every kind of drift and of leftover, made for real: status shows it, repair
# mends it, nothing is left, and the node, killed and started, boots the version
# that it ran. With relx each kind alone; then the kinds that every driver has,
# with each.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/damage.sh
. tests/support/drift.sh

with_driver() { # NAME: of a row of tests/drivers/rows
	sh tests/drivers/repair.sh "$1"
}

check 'a healthy host is not touched' a_healthy_host_is_not_touched
for kind in $drift_kinds; do
	check "$kind" "drift_$kind"
done
# shellcheck disable=SC2013 # words
for name in $(grep -v '^#' tests/drivers/rows | cut -d' ' -f1); do
	every() { with_driver "$name"; }
	check "driver $name" every
done
check_end
