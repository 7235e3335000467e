#!/bin/sh
# A part of the fault matrix, another one every day, and never an empty one.
FAULTS=${FAULTS:-1/24} exec sh "$(dirname "$0")/../faults.sh"
