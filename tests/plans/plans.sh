#!/bin/sh
# plans.sh [--renew] [CASE...]: plans from the file `facts` of each case, a
# folder here, and compares the output with its file `plan`. --renew rewrites
# `plan`; review it with git diff.
set -u
cd "$(dirname "$0")" || exit 1
export HDEPLOY="${HDEPLOY:-$PWD/../../build/hdeploy}"

# The commands for every case without a file `commands`.
commands='status
upgrade 0.2.0
upgrade 0.2.0 --cold
rollback
resume
start
restart'

environment() {
	sed -n 's/^\[\([^]:]*\)\]$/\1/p' facts | grep -vx app
}

# Prints a status without its first line, which names the file; of other
# commands only the lines about hosts.
ask() { # COMMAND ARG...
	words=$*
	command=$1
	shift
	text=$("$HDEPLOY" "$command" "$env" "$@" --facts facts 2>&1)
	got=$?
	echo "\$ hdeploy $words"
	case $command in
	status) printf '%s\n' "$text" | sed -e 1d -e '/^$/d' ;;
	*) printf '%s\n' "$text" | sed -e 1d -e '/^$/,$d' ;;
	esac
	echo "status $got"
	echo
}

plans() {
	env=$(environment)
	if [ -f commands ]; then cat commands; else echo "$commands"; fi |
		while read -r words; do
			# shellcheck disable=SC2086 # words
			ask $words </dev/null
		done
}

# Prints in one piece, because others compare at the same time.
compare() { # CASE
	text=$(cd "$1" && plans | diff -u -L "$1: expected" -L "$1: planned" \
		plan -) || {
		printf '%s\n' "$text"
		exit 1
	}
}

case ${1-} in
--one)
	compare "$2"
	exit
	;;
--renew)
	shift
	[ $# -gt 0 ] || set -- */
	for folder; do
		(cd "$folder" && plans >plan)
	done
	exit
	;;
esac
[ $# -gt 0 ] || set -- */
printf '%s\n' "$@" | sed 's,/$,,' |
	xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} sh ./plans.sh --one {} &&
	awk -f advice.awk -- */plan &&
	echo "$# plans are as expected, and no advice is refused"
