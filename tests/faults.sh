#!/bin/sh
# The fault matrix: every fault at every step of an upgrade, hot and cold, over
# a real sshd and real nodes. A cell is one fault at one step of one host; one
# run of hdeploy tries several cells, each on its own host. After the run, and
# after the one command that hdeploy advises, all of `invariants` hold.
#
#	DRIVER=mix     a row of tests/drivers/rows (relx)
#	FAULTS=1/8     only an eighth of the runs, chosen by SEED
#	SEED=N         default: the day
#	ONLY='TEXT'    only cells whose line matches, such as
#	               "kill run hot .* make-permanent"
#	FAULT_HOSTS=7  cells in one run
#
# Steps come from the plan that hdeploy shows, so a new step is covered too.
# shellcheck disable=SC2317 # host_cells calls by name
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/drivers/row.sh
. tests/support/fault.sh

# fault, who causes it, description. host: on a host that is held at its step;
# step: the step itself (gate.sh); run: once, when all hosts are held.
faults() {
	cat <<-END
		fail   step the operation fails
		late   step the operation works, and reports a failure
		hang   step the operation never ends
		cut    host its SSH connection is cut
		freeze host its sshd is frozen for longer than any deadline
		vm     host its VM is killed
		outer  host the shell that waits for its operation is killed
		disk   host its disk is full, until hdeploy has ended
		kill   run  hdeploy is killed
		term   run  hdeploy is asked to end
	END
}

invariants='one_version known_version no_lock nothing_half no_stray
	status_agrees reason_given'

# senseless FAULT MODE STEP: why this cell is left out
senseless() {
	case $1/$2/$3 in
	vm/cold/switch) echo 'nothing runs then' ;;
	outer/*/verify | outer/*/soak | outer/*/drain) echo 'not an operation' ;;
	late/*/verify | late/*/soak | late/*/drain | late/*/hook*) echo 'same as fail: the step changes nothing' ;;
	disk/*) mountpoint -q "$LAB/web1" || echo 'cannot mount here' ;;
	esac
}

steps() { # MODE; "make permanent 0.2.0" becomes make-permanent
	INI=short.ini
	hd --json upgrade lab 0.2.0 "--$1" --dry-run --limit web1 2>/dev/null |
		jq -r 'select(.event == "plan").text' | sed 's/ (.*//' |
		tr ',' '\n' | sed 's/^ //; s/ [0-9].*//; s/[ _]/-/g'
}

# "FAULT WHO MODE INDEX STEP"
cells() {
	for mode in hot cold; do
		steps "$mode" | awk -v mode="$mode" '{ print mode, NR, $1 }'
	done >"$LAB/steps"
	faults | while read -r fault who _; do
		while read -r mode index step; do
			why=$(senseless "$fault" "$mode" "$step")
			if [ -n "$why" ]; then
				echo "left out: $fault at $step: $why" >&2
			else
				echo "$fault $who $mode $index $step"
			fi
		done <"$LAB/steps"
	done
}

# Distributes the cells of each fault over runs: as few as the hosts allow, of
# about the same size. "RUN FAULT WHO MODE INDEX STEP".
runs_of() {
	awk -v hosts="$LAB_HOSTS" '
		{ cell[NR] = $0; fault[NR] = $1; n[$1]++ }
		END {
			for (i = 1; i <= NR; i++) {
				f = fault[i]
				runs = int((n[f] + hosts - 1) / hosts)
				if (f != fault[i - 1]) {
					before += last
					last = runs
					at = 0
				}
				print before + int(at++ * runs / n[f]) + 1, cell[i]
			}
		}'
}

# The share of the runs that FAULTS names; another one every day.
share() {
	awk -v k="${FAULTS%/*}" -v n="${FAULTS#*/}" -v seed="$SEED" \
		'($1 + seed) % n == k % n'
}

# host_cells COMMAND [&]: runs COMMAND N FAULT WHO MODE INDEX STEP for every
# cell of this run
host_cells() {
	n=0
	while read -r cell; do
		n=$((n + 1))
		eval "$1 $n $cell ${2-}"
	done <"$LAB/run"
}

together() { # COMMAND: as host_cells, for all cells at once
	(
		host_cells "$1" '&'
		wait
	)
}

arm() { # N FAULT WHO MODE INDEX STEP
	rm -f "$LAB/fault/"*"$1" "$LAB/fault/web$1".*
	how=hold
	[ "$3" != step ] || how=$2
	echo "$5 $how" >"$LAB/fault/web$1"
	sed -i "s/^\[lab:web$1\]/&\nupgrade = $4/" "$LAB/faults.ini"
	limit=$limit${limit:+,}web$1
}

begin() { # sets run, limit
	limit=
	times=short
	! grep -q ' run ' "$LAB/run" || times=long
	cp "$LAB/$times.ini" "$LAB/faults.ini"
	host_cells arm
	: >"$LAB/events"
	INI=faults.ini
	"$HDEPLOY" -f "$LAB/faults.ini" --json --wait 1m upgrade lab 0.2.0 \
		--limit "$limit" >>"$LAB/events" 2>"$LAB/out" &
	run=$!
}

running() {
	kill -0 "$run" 2>/dev/null
}

# strike N FAULT WHO ...: if host N is held, causes its fault and releases it
strike() {
	[ -e "$LAB/fault/web$1.held" ] || return 0
	held=$((held + 1))
	if [ "$3" = host ]; then
		"fault_$2" "$1"
		rm -f "$LAB/fault/web$1.held"
	elif [ "$held" = "$(wc -l <"$LAB/run")" ]; then
		"fault_$2"
		sleep 1
		rm -f "$LAB/fault/"*.held
	fi
}

bring_about() {
	late=$(($(date +%s) + 300))
	while running; do
		held=0
		host_cells strike
		[ "$(date +%s)" -lt "$late" ] || {
			echo 'hdeploy did not end within 300 s' >>"$LAB/out"
			kill -KILL "$run"
		}
		sleep 0.2
	done
	ended=0
	wait "$run" || ended=$?
	rm -f "$LAB/fault/"*.held
	host_cells fault_over
}

# told TEXT: the command that it advises, without the hosts and the file
told() {
	# shellcheck disable=SC2016
	printf '%s\n' "$1" | grep -o '`hdeploy [^`]*`\( to [0-9.]*[0-9]\)*' |
		grep -v '`hdeploy status' | sed -n '1{
			s/`//g
			s/ -f [^ ]*//
			s/ --limit [^ ]*//
			s/^hdeploy \([a-z]*\)\( lab\)*\( to\)*/\1 lab/p
		}'
}

# ask N ...: the command that the report advises, else the one that the next
# status advises; nothing if the status is 0
ask() {
	tell=$(told "$(field "$LAB/events" "$1" text)")
	naps=0
	while [ -z "$tell" ] && [ "$naps" -lt 60 ]; do
		hd --json status lab --limit "web$1" >"$LAB/fault/status$1" \
			2>/dev/null && break
		tell=$(told "$(field "$LAB/fault/status$1" "$1" text)")
		naps=$((naps + 1))
		sleep 1
	done
	echo "$tell" >"$LAB/fault/told$1"
}

# Runs each advised command once, for all hosts with the same advice.
recover() {
	: >"$LAB/recovery"
	sort -u "$LAB/fault/"told* | grep . >"$LAB/commands"
	while read -r command <&3; do
		hosts=$(grep -lx -e "$command" "$LAB/fault/"told* |
			sed 's/.*told/web/' | tr '\n' ',')
		got=0
		# shellcheck disable=SC2086 # words
		WAIT=2m hd $command --limit "${hosts%,}" \
			>"$LAB/recovered" 2>&1 || got=$?
		{
			echo "hdeploy $command --limit ${hosts%,}: status $got"
			cat "$LAB/recovered"
		} >>"$LAB/recovery"
	done 3<"$LAB/commands"
}

# probe N ...: violations that remain after some seconds
probe() {
	naps=0
	for invariant in $invariants; do
		until why=$("$invariant" "$1" 2>&1); [ -z "$why" ] ||
			[ "$naps" -ge 20 ]; do
			naps=$((naps + 1))
			sleep 1
		done
		[ -z "$why" ] || printf '%s: %s\n' "$invariant" "$why"
	done >"$LAB/fault/wrong$1"
	[ ! -e "$LAB/fault/web$1" ] ||
		echo 'the fault did not happen' >>"$LAB/fault/wrong$1"
}

# Hosts on the new version go back for the next run. Then only pushed files are
# left on them, which tests the cleanup too.
back() {
	INI=prune.ini
	{
		hd rollback lab --from 0.2.0 --limit "$limit"
		# prune would keep it
		rm -f "$LAB"/web*/.hdeploy/releases/0.2.0/verified
		hd prune lab --limit "$limit"
		hd push lab 0.2.0 --limit "$limit"
	} >"$LAB/back" 2>&1
	host_cells came_back
}

came_back() { # N ...
	if [ "$(boot_version "$1")" != 0.1.0 ] ||
		[ -e "$LAB/web$1/releases/0.2.0/start.boot" ] ||
		[ ! -e "$LAB/web$1/releases/0.2.0/hotcode.tar.gz" ] ||
		[ -n "$(one_version "$1")" ]; then
		echo 'afterwards:'
		cat "$LAB/back"
	fi >>"$LAB/fault/wrong$1"
	[ ! -s "$LAB/fault/wrong$1" ] || rebuild "$1"
}

rebuild() { # N: from nothing
	n_pids=$(lab_under "$LAB/web$1")
	# shellcheck disable=SC2086
	kill -KILL $n_pids 2>/dev/null || :
	sleep 0.5
	find "$LAB/web$1" -mindepth 1 -delete
	for command in 'push lab 0.1.0' 'start lab' 'push lab 0.2.0'; do
		# shellcheck disable=SC2086
		hd $command --limit "web$1" >"$LAB/rebuild" 2>&1 ||
			cat "$LAB/rebuild"
	done
}

report() { # N FAULT WHO MODE INDEX STEP
	word=ok
	[ ! -s "$LAB/fault/wrong$1" ] || word=FAILED
	echo "$word" >>"$LAB/verdicts"
	echo "$(printf '%-6s %-6s %-4s %d %-14s' "$word" "$2" "$4" "$5" "$6")" \
		"$(field "$LAB/events" "$1" result)" \
		"$(sed 's/^/, then /; s/ lab.*//' "$LAB/fault/told$1" |
			grep 'then .')" "($took s)"
	[ "$word" = ok ] || {
		cat "$LAB/fault/wrong$1"
		echo "hdeploy upgrade: status $ended"
		grep -e "web$1 " -e "web$1:" "$LAB/out" || cat "$LAB/out"
		echo "then:"
		field "$LAB/fault/status$1" "$1" text 2>/dev/null
		cat "$LAB/recovery"
	} | sed 's/^/       | /'
}

try() { # RUN
	awk -v run="$1" '$1 == run { sub(/^[0-9]* /, ""); print }' \
		"$LAB/runs" >"$LAB/run"
	since=$(date +%s)
	begin
	bring_about
	together ask
	recover
	together probe
	took=$(($(date +%s) - since))
	back
	host_cells report
}

main() {
	SEED=${SEED:-$(($(date +%s) / 86400))}
	FAULTS=${FAULTS:-1/1}
	DRIVER=${DRIVER:-relx}
	fault_lab "${FAULT_HOSTS:-7}"
	fault_ini short.ini 'start_timeout = 20s' 'stop_timeout = 15s' \
		'upgrade_timeout = 15s' 'health_deadline = 4s' \
		'hook_timeout = 4s' 'soak = 4s'
	# A held host waits for the others.
	fault_ini long.ini 'upgrade_timeout = 90s' 'health_deadline = 60s' \
		'soak = 4s'
	fault_ini prune.ini 'keep = 0'
	cells 2>"$LAB/left" | grep -e "${ONLY:-.}" | runs_of >"$LAB/all"
	share <"$LAB/all" >"$LAB/runs"
	echo "DRIVER=$DRIVER FAULTS=$FAULTS SEED=$SEED: $(wc -l <"$LAB/runs") of" \
		"$(wc -l <"$LAB/all") cells"
	sort -u "$LAB/left"
	: >"$LAB/verdicts"
	for number in $(cut -d' ' -f1 "$LAB/runs" | uniq); do
		try "$number"
	done
	echo "$(grep -c ok "$LAB/verdicts") passed," \
		"$(grep -c FAILED "$LAB/verdicts") failed"
	[ -s "$LAB/verdicts" ] && ! grep -q FAILED "$LAB/verdicts"
}

main; exit
