#!/bin/sh
# A stand-in for systemctl with one unit, Type=simple and Restart=always, that
# runs $UNIT/exec. hdeploy does not pass UNIT on; the default is ../unit,
# relative to this script. Three ends within a second of their start hit the
# start limit. $UNIT/calls lists the commands it got.
UNIT=${UNIT:-$(cd "${0%/*}/../unit" && pwd)}

alive() {
	[ -s "$UNIT/supervisor" ] && kill -0 "$(cat "$UNIT/supervisor")" 2>/dev/null
}

if [ "$1" = --supervise ]; then
	quick=0
	while [ -e "$UNIT/wanted" ]; do
		began=$(date +%s)
		env - "PATH=$PATH" "UNIT=$UNIT" sh "$UNIT/exec" \
			>>"$UNIT/log" 2>&1 &
		echo "$!" >"$UNIT/main"
		wait "$!"
		[ $(($(date +%s) - began)) -gt 1 ] || quick=$((quick + 1))
		[ "$quick" -lt 3 ] || {
			echo failed >"$UNIT/state"
			break
		}
		sleep 0.2
	done
	exit
fi

start() {
	! alive || return 0
	[ ! -e "$UNIT/state" ] || {
		echo 'start request repeated too quickly' >&2
		return 1
	}
	: >"$UNIT/wanted"
	setsid sh "$0" --supervise >/dev/null 2>&1 &
	echo "$!" >"$UNIT/supervisor"
}

stop() {
	rm -f "$UNIT/wanted" "$UNIT/state"
	! alive || kill "$(cat "$UNIT/main")" 2>/dev/null
	while alive; do sleep 0.1; done
}

show() { # PROPERTY NAME
	case $1 in
	LoadState) [ "$2" = hotcode.service ] && echo loaded || echo not-found ;;
	ActiveState)
		if alive; then echo active; else
			cat "$UNIT/state" 2>/dev/null || echo inactive
		fi
		;;
	Id) echo "$2" ;;
	Result) echo start-limit-hit ;;
	esac | sed "s/^/$1=/"
}

verb=$1
shift
case $verb in
show) show "$2" "$3" ;;
status) tail -n 20 "$UNIT/log" ;;
*)
	echo "$verb $1" >>"$UNIT/calls"
	case $verb in
	start) start ;;
	stop) stop ;;
	restart) stop && start ;;
	reset-failed) rm -f "$UNIT/state" ;;
	esac
	;;
esac
