#!/bin/sh
# A part of the fault matrix, another one every day; of some 26 runs never none.
FAULTS=${FAULTS:-1/24} exec sh "$(dirname "$0")/../faults.sh"
