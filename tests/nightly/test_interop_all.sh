#!/bin/sh
# Every kind of SSH server, key, source of a key, and action.
cd "$(dirname "$0")/../.." || exit 1
exec sh tests/interop/matrix.sh all
