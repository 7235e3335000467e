#!/bin/sh
# hdeploy reaches no host that ssh does not reach, and hosts that ssh reaches.
# tests/nightly/test_side_by_side_all.sh tries every row.
cd "$(dirname "$0")/../.." || exit 1
exec sh tests/interop/side_by_side.sh '' slice
