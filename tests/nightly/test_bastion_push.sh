#!/bin/sh
# A bastion that dies while fifty hosts get a push through it.
cd "$(dirname "$0")/../.." || exit 1
BASTION_HOSTS=50 exec sh tests/integration/test_bastion.sh
