#!/bin/sh
# The most telling cells of the matrix of verdicts; tests/nightly has the rest.
exec sh "$(dirname "$0")/../proof/matrix.sh" relx \
	hot forgotten no-way-back
