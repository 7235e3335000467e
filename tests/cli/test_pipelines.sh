#!/bin/sh
# The pipelines of examples/ can be read, and hdeploy has their commands and
# options: each fails only because there is no deploy.ini. At night they run
# against real hosts.
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"

python3 -c 'import yaml' 2>/dev/null || {
	echo 'needs PyYAML'
	exit 77
}
for file in "$top"/examples/pipelines/*; do
	[ "${file##*/}" != README.md ] || continue
	status=0
	python3 "$top/tests/support/pipeline.py" "$file" >lines 2>err ||
		status=$?
	: >out
	expect_status "$file" 0
	cut -f2 lines | grep '^hdeploy ' >commands
	expect "$file runs hdeploy" test -s commands
	while read -r _ words; do
		# shellcheck disable=SC2086 # they are words
		run $words
		expect "${file##*/}: $words" grep -q '^no deploy.ini here' err
	done <commands
	expect "README.md names ${file##*/}" \
		grep -q "^| .${file##*/}. |" "$top/examples/pipelines/README.md"
done
finish
