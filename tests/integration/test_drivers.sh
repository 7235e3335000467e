#!/bin/sh
# One driver, another one every day, from an empty host to the next version and
# back: tests/nightly/test_drivers_all.sh tries all, and more.
exec sh "$(dirname "$0")/../drivers/every.sh" short
