#!/bin/sh
# Every cell of the matrix of verdicts, with real releases of relx.
exec sh "$(dirname "$0")/../proof/matrix.sh" relx
