#!/bin/sh
# A sixteenth of the fault matrix, another one every day.
FAULTS=${FAULTS:-1/16} exec sh "$(dirname "$0")/../faults.sh"
