#!/bin/sh
# Every cell of the matrix of verdicts, with real releases of mix.
exec sh "$(dirname "$0")/../proof/matrix.sh" mix
