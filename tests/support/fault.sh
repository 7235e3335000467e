# shellcheck shell=sh disable=SC2034,SC2154
# Faults in a laboratory, and checks of its hosts without hdeploy. Each host has
# its own sshd, so that one host can break alone.

fault_lab() { # N: opens a laboratory of N hosts that run 0.1.0 and have 0.2.0
	LAB_HOSTS=$1
	LAB_SHARED=1
	LAB_PATH=gate
	row "$DRIVER"
	lab_open
	row_open
	mkdir "$LAB/gate" "$LAB/fault"
	cp tests/support/gate.sh "$LAB/gate/gate.sh"
	cat >"$LAB/gate/setsid" <<-END
		#!/bin/sh
		case \$* in
		*/.hdeploy/ops/*/script' 'inside)
			set -- sh $LAB/gate/gate.sh operation "\$@" ;;
		esac
		exec $(command -v setsid) "\$@"
	END
	chmod +x "$LAB/gate/setsid"
	lab_each fault_disk_small
	lab_home
	for step in 'push lab 0.1.0' 'start lab' 'push lab 0.2.0'; do
		# shellcheck disable=SC2086 # words
		hd $step >"$LAB/out" 2>&1 || {
			cat "$LAB/out"
			exit 1
		}
	done
}

# For the probes below, which use functions of check.sh.
flunk() {
	echo "$*"
	exit 1
}

boots() { # N VERSION
	root=$LAB/web$1
	equal "web$1 boots" "$(next)" "$2"
}

# A small disk fills quickly. If it cannot be mounted, that fault is left out.
fault_disk_small() { # N
	[ "$(id -u)" != 0 ] || lab_mount "$LAB/web$1" size=64m 2>/dev/null ||
		rmdir "$LAB/web$1"
}

fault_ini() { # FILE LINE...: deploy.ini with these lines, and the gate
	ini=$1
	shift
	printf '%s\n' 'batch = 100%' 'on_failure = continue' \
		"max_failures = $LAB_HOSTS" 'connect_timeout = 3s' \
		"health = command sh $LAB/gate/gate.sh question" \
		"hook.after_upgrade = remote sh $LAB/gate/gate.sh question" \
		'health_retries = 0' "$@" >"$LAB/lines"
	sed "/^\[lab\]/r $LAB/lines" "$LAB/deploy.ini" >"$LAB/$ini"
}

fault_sshd() { # N: pid of the sshd that accepts host N's connections
	echo "$LAB_SSHD" | cut -d' ' -f"$1"
}

fault_cut() { # N
	lab_sessions KILL "$(fault_sshd "$1")"
}

fault_freeze() { # N
	lab_tree "$(fault_sshd "$1")" | while read -r pid; do
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		sshd*) echo "$pid" ;;
		esac
	done >"$LAB/fault/frozen$1"
	fault_sshd "$1" >>"$LAB/fault/frozen$1"
	xargs kill -STOP <"$LAB/fault/frozen$1"
}

fault_vm() { # N: at once, or as soon as a VM exists
	naps=0
	while [ -z "$(lab_beams "$LAB/web$1")" ] && [ "$naps" -lt 600 ]; do
		rm -f "$LAB/fault/web$1.held"
		naps=$((naps + 1))
		sleep 0.1
	done
	lab_kill_vm "$1"
}

fault_outer() { # N: of the operation that is held, if there is one
	for op in "$LAB/web$1"/.hdeploy/ops/*/; do
		[ -e "$op/status" ] || [ ! -s "$op/pid" ] || {
			read -r pid _ <"$op/pid"
			kill -KILL "$pid" 2>/dev/null || :
		}
	done
}

fault_disk() { # N
	cat /dev/zero >"$LAB/web$1/ballast" 2>/dev/null || :
}

fault_kill() { # N does not matter
	kill -KILL "$run" 2>/dev/null || :
}

fault_term() {
	kill -TERM "$run" 2>/dev/null || :
}

fault_over() { # N: ends faults that last
	rm -f "$LAB/web$1/ballast"
	[ ! -f "$LAB/fault/frozen$1" ] || {
		xargs kill -CONT <"$LAB/fault/frozen$1" 2>/dev/null || :
		rm "$LAB/fault/frozen$1"
	}
}

field() { # FILE N FIELD: of host N in the summary
	jq -rs --arg h "web$2" --arg f "$3" \
		'(last.hosts // [])[] | select(.host == $h) | .[$f] // empty' "$1"
}

# The invariants. Each prints its violation, or nothing.

one_version() { # N
	(runs "$1" "$(boot_version "$1")") && (boots "$1" "$(boot_version "$1")")
	set -- "$1" "$(lab_beams "$LAB/web$1" | wc -l)"
	[ "$2" = 1 ] || echo "$2 VMs"
}

boot_version() { # N
	cut -d' ' -f2 "$LAB/web$1/releases/start_erl.data"
}

known_version() { # N
	case $(boot_version "$1") in
	0.1.0 | 0.2.0) ;;
	*) echo "boots \"$(boot_version "$1")\"" ;;
	esac
}

no_lock() { # N
	lock=$(cd "$LAB/web$1/.hdeploy" && printf '%s\n' lock.* |
		sed 's/.*[.]//' | sort -n | tail -n 1)
	[ -e "$LAB/web$1/.hdeploy/released.$lock" ] ||
		[ "$(sed -n 's/^expires //p' "$LAB/web$1/.hdeploy/lock.$lock")" \
			-le "$(date +%s)" ] || echo "lock.$lock still holds"
}

no_stray() { # N
	{
		pgrep -P "$(fault_sshd "$1")"
		lab_under "$LAB/web$1"
	} | while read -r pid; do
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		sh) # run_erl starts `mix release` through one
			read -r _ _ _ parent _ <"/proc/$pid/stat" &&
				[ "$(cat "/proc/$parent/comm")" = run_erl ] &&
				continue ;;
		esac 2>/dev/null
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		'' | beam.smp | run_erl | erl_child_setup | inet_gethost | \
			heart | epmd) ;;
		*) echo "process $(ps -o pid=,args= -p "$pid" | cut -c1-200)" ;;
		esac
	done
}

nothing_half() { # N
	(
		cd "$LAB/web$1" || exit
		find . -name '*.part' -o -name '*.new' -o -name 'lease.*' \
			-o -name '*.hdeploy-new' -o -path './.hdeploy/tmp' -o -path './.hdeploy/change' \
			-o -path './.hdeploy/switching' \
			-o -path './.hdeploy/watching'
		for release in releases/*/; do
			[ -f "${release}start.boot" ] ||
				[ "$(ls "$release")" = hotcode.tar.gz ] ||
				echo "$release has no start.boot"
		done
	)
}

reason_given() { # N
	text=$(field "$LAB/events" "$1" text)
	case $text in
	*'exit status '[0-9]*:*) ;;
	*'exit status '[0-9]*) echo "no reason: $text" ;;
	esac
}

status_agrees() { # N
	hd status lab --limit "web$1" >"$LAB/fault/agrees$1" 2>&1 ||
		tail -n 3 "$LAB/fault/agrees$1"
}
