#!/bin/sh
# Reports every script for hosts that has no line in the review of
# docs/security.md, which lists its inputs that other users could write.
set -eu
cd "$(dirname "$0")/.."
names=$(sed -n '/^| script/,/^$/s/^| \([a-z_, ]*\) |.*/ \1,/p' docs/security.md)
missing=
for script in core/remote/*.sh; do
	name=$(basename "$script" .sh)
	case $names in
	*" $name,"*) ;;
	*) [ "$name" = embed ] || missing="$missing $script" ;;
	esac
done
[ -z "$missing" ] || {
	echo "docs/security.md has no line for$missing" >&2
	exit 1
}
