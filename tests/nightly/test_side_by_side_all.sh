#!/bin/sh
# hdeploy reaches the hosts that ssh reaches, and no others.
cd "$(dirname "$0")/../.." || exit 1
exec sh tests/interop/side_by_side.sh
