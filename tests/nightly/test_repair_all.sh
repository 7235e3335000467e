#!/bin/sh
# Every kind of drift and of leftover, made for real: status shows it, repair
# mends it, nothing is left, and the node, killed and started, boots the version
# that it ran.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/damage.sh
. tests/support/drift.sh

check 'a healthy host is not touched' a_healthy_host_is_not_touched
for kind in $drift_kinds; do
	check "$kind" "drift_$kind"
done
check_end
