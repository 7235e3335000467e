#!/bin/sh
# An eighth of the fault matrix, another one every day.
FAULTS=${FAULTS:-1/8} exec sh "$(dirname "$0")/../faults.sh"
