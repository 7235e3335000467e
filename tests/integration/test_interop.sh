#!/bin/sh
# Every kind of SSH server once, and every source of a key once. All
# combinations: tests/nightly/test_interop_all.sh.
cd "$(dirname "$0")/../.." || exit 1
exec sh tests/interop/matrix.sh slice
