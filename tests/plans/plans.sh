#!/bin/sh
# plans.sh [--renew] [CASE...]: what hdeploy plans from the facts of each case,
# which is a folder here, compared with what it should: the file `plan` beside
# `facts`. --renew writes that file, to be reviewed with git diff.
set -u
cd "$(dirname "$0")" || exit 1
export HDEPLOY="${HDEPLOY:-$PWD/../../build/hdeploy}"

# What is asked of every case; of one that has a file `commands`, these.
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

# Of a status all but the first line, which says where it comes from; of
# anything else what is said of each host.
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

# In one piece, as others compare at the same time.
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
	awk -f advice.awk */plan &&
	echo "$# plans are as expected, and no advice is refused"
