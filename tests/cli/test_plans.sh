#!/bin/sh
# What is planned from the facts of real hosts: see tests/plans/README.md.
exec sh "$(dirname "$0")/../plans/plans.sh"
