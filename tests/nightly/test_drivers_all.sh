#!/bin/sh
# Every driver, and everything that a driver must do.
exec sh "$(dirname "$0")/../drivers/every.sh"
