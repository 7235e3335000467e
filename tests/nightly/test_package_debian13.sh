#!/bin/sh
# The Debian package on Debian 13.
exec sh "$(dirname "$0")/../support/package.sh" trixie
