#!/bin/sh
# As test_faults.sh, with releases of `mix release`.
DRIVER=mix FAULTS=${FAULTS:-1/24} exec sh "$(dirname "$0")/../faults.sh"
