#!/bin/sh
# gate.sh WHAT COMMAND...: runs in a laboratory of faults (tests/faults.sh)
# where a host does a step: before the script of an operation (WHAT is
# `operation`), and as a health check or a hook (`question`). If a fault is
# armed for this host and step, it happens here, once. Otherwise COMMAND runs.
#
#	$LAB/fault/web1        "INDEX HOW": the step, counted from 1, and one of
#	                       hold, fail, late, hang
#	$LAB/fault/web1.held   while this file exists, the step waits
#
# The fault of a step that does not run gate.sh happens at the next one that
# does.
LAB=${0%/gate/*}
armed=$LAB/fault/${PWD##*/}
what=$1
shift

begun() {
	grep -c "\"event\":\"step\".*\"host\":\"${PWD##*/}\".*\"result\":\"begin\"" \
		"$LAB/events"
}

how=pass
if [ -f "$armed" ] && read -r index wanted <"$armed" &&
	[ "$(begun)" -ge "$index" ]; then
	how=$wanted
	rm -f "$armed.now"
	mv "$armed" "$armed.now"
fi
case $how:$what in
hold:*)
	: >"$armed.held"
	while [ -e "$armed.held" ]; do sleep 0.1; done
	;;
fail:operation)
	echo 'failed a fault' >&3
	exit 1
	;;
late:operation)
	"$@"
	echo 'failed a fault, after the work was done' >&3
	exit 1
	;;
fail:* | late:*)
	echo 'a fault'
	exit 1
	;;
hang:*) exec sleep 3600 ;;
esac
[ $# = 0 ] || exec "$@"
