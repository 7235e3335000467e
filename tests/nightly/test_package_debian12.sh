#!/bin/sh
# The Debian package on Debian 12.
exec sh "$(dirname "$0")/../support/package.sh" bookworm
