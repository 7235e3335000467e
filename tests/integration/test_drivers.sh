#!/bin/sh
# Every driver, from an empty host to the next version and back.
exec sh "$(dirname "$0")/../drivers/every.sh" short
