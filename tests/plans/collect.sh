#!/bin/sh
# collect.sh [PART...]: collects the facts of tests/plans/ again, from real
# hosts that it brings into each state. Parts: files, hand, cut, cold, service,
# distillery, mix, castle, app. Takes some minutes. `make plans` then writes the
# plans.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/fault.sh
flunk() { # as in check.sh; fault.sh has another
	echo "$*"
	[ ! -f "$LAB/out" ] || sed 's/^/  | /' "$LAB/out"
	exit 1
}

# The same on every machine: without folders, users and ports of this one.
normal() {
	sed -e "s|$LAB/web1|/srv/hotcode|g" -e "s|$LAB|/srv/lab|g" \
		-e "s/$(id -un)@$(uname -n)/deploy@runner/g" \
		-e "s/^user $(id -un)$/user deploy/" \
		-e "s/\`chown -R $(id -un)/\`chown -R deploy/" \
		-e "s/, and $(id -un) cannot/, and deploy cannot/" \
		-e "s/lab-$LAB_PORT/cookie/g" -e "s/$LAB_PORT/10000/g" \
		-e "s/$(lab_epmd 1)/20000/g" |
		awk -f tests/plans/normal.awk
}

# save NAME: the present state of the host
save() {
	rm -f "$LAB/raw"
	hd status lab --save "$LAB/raw" >"$LAB/out" 2>&1 || :
	grep -qs '^facts ' "$LAB/raw" || {
		echo "$1: no facts"
		sed 's/^/  | /' "$LAB/out"
		return 0
	}
	mkdir -p "tests/plans/$1"
	normal <"$LAB/raw" >"tests/plans/$1/facts"
	echo "$1"
}

must() { # ARG...: a command that must succeed
	hd "$@" >"$LAB/out" 2>&1 || {
		echo "hdeploy $* failed"
		sed 's/^/  | /' "$LAB/out"
		exit 1
	}
}

# keep saves the files of the host; put_back restores them and starts the node
keep() {
	must stop lab
	rm -rf "$LAB/kept"
	cp -a "$LAB/web1" "$LAB/kept"
	must start lab
}

put_back() {
	lab_kill_vm 1
	chmod 755 "$LAB/web1"
	lab_clean "$LAB/web1"
	cp -a "$LAB/kept/." "$LAB/web1"
	INI=deploy.ini
	must start lab
}

# broken NAME COMMAND...: runs COMMAND, saves the state, puts the host back
broken() {
	name=$1
	shift
	(cd "$LAB/web1" && "$@") >/dev/null
	save "$name"
	put_back
}

# down NAME COMMAND...: the same without a running node
down() {
	lab_kill_vm 1
	broken "$@"
}

with() { # LINE...: deploy.ini with these lines for every host
	printf '%s\n' "$@" >"$LAB/lines"
	sed "/^\[lab\]/r $LAB/lines" "$LAB/deploy.ini" >"$LAB/own.ini"
	INI=own.ini
}

part_files() {
	LAB_HOSTS=1
	lab_open
	root=$LAB/web1
	save nothing-there
	mkdir "$root"
	save empty-root
	rmdir "$root"
	: >"$root"
	save root-is-a-file
	rm "$root"
	must push lab 0.1.0
	save first-push
	must start lab
	save first-version-runs
	must push lab 0.2.0
	save next-version-pushed
	must push lab 0.3.0
	save no-relup-leads-there
	must stop lab
	save stopped
	must start lab
	keep
	down crashed true
	down boot-file-gone rm releases/start_erl.data
	down boot-file-is-garbage sh -c 'echo garbage >releases/start_erl.data'
	broken boot-file-names-another sh -c \
		'echo "13.1 0.9.9" >releases/start_erl.data'
	broken control-script-names-another sed -i 's/0\.1\.0/0.9.9/' bin/hotcode
	broken releases-list-gone rm releases/RELEASES
	broken tarball-gone rm .hdeploy/tarballs/0.2.0.tar.gz
	broken tarball-cut sh -c \
		'head -c 100 .hdeploy/tarballs/0.2.0.tar.gz >x; mv x .hdeploy/tarballs/0.2.0.tar.gz'
	broken manifest-gone rm .hdeploy/releases/0.2.0/manifest
	broken record-gone rm .hdeploy/releases/0.2.0/record
	broken record-is-garbage sh -c 'echo x >.hdeploy/releases/0.2.0/record'
	broken history-gone rm .hdeploy/history.jsonl
	broken library-file-gone rm lib/hotcode-0.1.0/ebin/hotcode_app.beam
	broken control-script-edited sh -c 'echo "# by hand" >>bin/hotcode'
	broken hdeploy-folder-gone rm -r .hdeploy
	broken others-may-write chmod 777 releases
	broken hdeploy-folder-open chmod 777 .hdeploy
	[ "$(id -u)" != 0 ] ||
		broken release-of-another-user chown -R 65534 releases/0.1.0
	frozen_node
	other_environment
	run_over
}

frozen_node() {
	pid=$(lab_beams "$LAB/web1")
	kill -STOP "$pid"
	save node-does-not-answer
	kill -CONT "$pid"
	put_back
	lab_epmd_dies 1
	save epmd-is-gone
	put_back
}

other_environment() {
	sed 's/^env.NODE_NAME .*/env.NODE_NAME = other@127.0.0.1/' \
		"$LAB/deploy.ini" >"$LAB/own.ini"
	INI=own.ini
	save node-name-changed
	sed 's/^env.NODE_COOKIE .*/env.NODE_COOKIE = other/' \
		"$LAB/deploy.ini" >"$LAB/own.ini"
	save cookie-changed
	with 'upgrade = cold'
	save upgrade-is-cold
	with 'upgrade = auto'
	save upgrade-is-auto
	with 'soak = 10m' 'commit = after_soak'
	save commit-after-soak
	with 'service = hotcode.service'
	save no-systemctl
	with 'command.running = echo 0.1.0'
	save command-says-what-runs
	with 'hook.before_upgrade = remote true' 'hook.after_stop = remote true'
	save with-hooks
	INI=deploy.ini
}

# Changes in the node without hdeploy.
part_hand() {
	LAB_HOSTS=1
	lab_open
	must push lab 0.1.0
	must start lab
	must push lab 0.2.0
	keep
	lab_call 1 "application:set_env(hotcode, greeting, \"by hand\")." >/dev/null
	save setting-changed-by-code
	lab_call 1 "{M, B, _} = code:get_object_code(demo_server),
		{ok, M, Chunks} = beam_lib:all_chunks(B),
		{ok, New} = beam_lib:build_module([{\"XXXX\", <<1>>} | Chunks]),
		code:load_binary(M, \"x\", New)." >/dev/null
	save module-loaded-by-hand
	put_back
	lab_call 1 'sys:suspend(release_handler).' >/dev/null
	save release-handler-blocked
	put_back
	mkdir -p "$LAB/web1/releases/0.2.0"
	cp "$FIXTURES/0.2.0.tar.gz" "$LAB/web1/releases/0.2.0/hotcode.tar.gz"
	lab_call 1 'release_handler:unpack_release("0.2.0/hotcode").' >/dev/null
	save unpacked-by-hand
	lab_call 1 'release_handler:install_release("0.2.0").' >/dev/null
	save installed-by-hand
	lab_call 1 'release_handler:make_permanent("0.2.0").' >/dev/null
	save permanent-by-hand
	put_back
	(cd "$LAB/web1" && lab_env 1 env NODE_NAME=second@127.0.0.1 \
		"PIPE_DIR=$LAB/pipes/second/" bin/hotcode daemon)
	until [ "$(lab_beams "$LAB/web1" | wc -l)" = 2 ]; do sleep 0.2; done
	save two-nodes
}

run_over() {
	must upgrade lab 0.2.0
	save upgraded-hot
	must upgrade lab 0.3.0
	save upgraded-twice
	must rollback lab
	save rolled-back-hot
	must rollback lab 0.1.0
	save old-versions-unpacked
	must upgrade lab 0.2.0 --cold
	save upgraded-cold
	must rollback lab --cold
	save rolled-back-cold
	must push lab 0.7.0
	hd upgrade lab 0.7.0 >"$LAB/out" 2>&1 || :
	save upgrade-failed-and-undone
	meanwhile run lab -- 'echo begun; sleep 30'
	once_said begun
	save locked-by-another-run
	kill -TERM "$run"
	wait "$run" || :
	put_back
	must upgrade lab 0.2.0
	lab_job 1
	hd upgrade lab 0.3.0 >"$LAB/out" 2>&1 || :
	save processes-on-old-code
	lab_job_end 1
}

# cut_at NAME INDEX ARG...: kills hdeploy while the host does step INDEX
cut_at() {
	name=$1
	rm -f "$LAB/fault/"*
	echo "$2 hold" >"$LAB/fault/web1"
	: >"$LAB/events"
	shift 2
	INI=gated.ini
	"$HDEPLOY" -f "$LAB/gated.ini" --json --wait 1m "$@" \
		>>"$LAB/events" 2>"$LAB/out" &
	run=$!
	until [ -e "$LAB/fault/web1.held" ]; do
		kill -0 "$run" 2>/dev/null || {
			echo "$name: it ended before that step"
			return 0
		}
		sleep 0.1
	done
	kill -KILL "$run"
	wait "$run" 2>/dev/null || :
	[ -z "${DURING:-}" ] || save "$name-runs-on"
	rm -f "$LAB/fault/web1.held"
	until ! grep -qs . "$LAB"/web1/.hdeploy/ops/*/pid || [ -z "$(live)" ]; do
		sleep 0.2
	done
	save "$name"
	if [ -n "${CRASH:-}" ]; then
		lab_kill_vm 1
		save "$name-and-crashed"
	fi
	INI=deploy.ini
	put_back
}

live() { # operations that still run
	for op in "$LAB"/web1/.hdeploy/ops/*/; do
		[ -e "$op/status" ] || echo "$op"
	done
}

cut_lab() {
	fault_lab 1
	fault_ini gated.ini "$@"
	keep
}

part_cut() {
	cut_lab 'upgrade = hot'
	DURING=yes cut_at cut-at-snapshot 1 upgrade lab 0.2.0
	cut_at cut-at-unpack 2 upgrade lab 0.2.0
	cut_at cut-at-check 3 upgrade lab 0.2.0
	DURING=yes CRASH=yes cut_at cut-at-install 4 upgrade lab 0.2.0
	cut_at cut-at-verify 5 upgrade lab 0.2.0
	CRASH=yes cut_at cut-at-make-permanent 7 upgrade lab 0.2.0
	cut_at cut-at-last-verify 8 upgrade lab 0.2.0
	cut_at cut-at-record 9 upgrade lab 0.2.0
	must upgrade lab 0.2.0
	keep
	CRASH=yes cut_at cut-rollback-at-install 4 rollback lab
	cut_at cut-rollback-at-make-permanent 7 rollback lab
}

part_cold() {
	cut_lab 'upgrade = cold'
	for step in 1 2 3 4 5 6 7 8; do
		CRASH='' cut_at "cut-cold-at-step-$step" "$step" upgrade lab 0.2.0
	done
}

part_service() {
	LAB_HOSTS=1
	lab_open
	. tests/support/service.sh
	printf '%s\n' 'NODE_NAME="web1@127.0.0.1"' "NODE_COOKIE=lab-$LAB_PORT" \
		ERL_EPMD_ADDRESS=127.0.0.1 "ERL_EPMD_PORT=$(lab_epmd 1)" \
		"ERL_FLAGS=\"$LAB_ERL_FLAGS\"" >"$UNIT/env"
	must push lab 0.1.0
	save unit-is-inactive
	must start lab
	save unit-is-active
	must push lab 0.2.0
	must upgrade lab 0.2.0
	save unit-upgraded-hot
	sed 's/hotcode\.service/hotcod.service/' "$LAB/deploy.ini" \
		>"$LAB/own.ini"
	INI=own.ini
	save unit-is-not-found
	INI=deploy.ini
	must stop lab
	# shellcheck disable=SC1091
	(set -a && . "$UNIT/env" && "$LAB/web1/bin/hotcode" daemon)
	until lab_call 1 'ok.' >/dev/null 2>&1; do sleep 0.2; done
	save node-outside-its-unit
}

part_distillery() {
	LAB_HOSTS=1
	lab_open
	. tests/support/distillery.sh
	must push lab 0.1.0
	save distillery-first-push
	must start lab
	save distillery-runs
	must push lab 0.2.0
	save distillery-next-version-pushed
	must upgrade lab 0.2.0
	save distillery-upgraded
}

part_mix() {
	LAB_HOSTS=1
	lab_open
	. tests/support/mix.sh
	must push lab 0.1.0
	must start lab
	must push lab 0.2.0
	save mix-runs
	must upgrade lab 0.2.0 --cold
	save mix-upgraded-cold
	sed -i '/^command.stop/d' "$LAB/deploy.ini"
	save mix-without-a-stop-command
}

part_castle() {
	LAB_HOSTS=1
	lab_open
	. tests/support/castle.sh
	must push lab 0.1.0
	save castle-first-push
	must start lab
	must push lab 0.2.0
	save castle-runs
	must upgrade lab 0.2.0
	save castle-upgraded
	lab_call 1 "'Elixir.Castle':install(<<\"0.1.0\">>)." >/dev/null
	save castle-installed-by-hand
	lab_kill_vm 1
	lab_clean "$LAB/web1"
	INI=one.ini
	must push lab 0.1.0
	must start lab
	must push lab 0.2.0
	echo 0.2.0 >"$LAB/web1/releases/castle-restart-pending"
	sed 's/0\.1\.0/0.2.0/' "$LAB/web1/releases/start_erl.data" \
		>"$LAB/web1/releases/new_start_erl.data"
	save castle-restart-pending
}

part_app() {
	LAB_HOSTS=1
	lab_open
	. tests/support/app.sh
	save app-first-push
	mkdir -p "$LAB/web1/shared"
	save app-shared-file-missing
	: >"$LAB/web1/shared/.env"
	must push lab 0.1.0
	must start lab
	must push lab 0.2.0
	save app-runs
	ln -sfn releases/0.2.0 "$LAB/web1/current"
	mkdir -p "$LAB/web1/releases/0.2.0"
	save app-link-changed-by-hand
	rm -r "$LAB/web1/current" "$LAB/web1/releases/0.2.0"
	mkdir "$LAB/web1/current"
	save app-current-is-a-folder
	rmdir "$LAB/web1/current"
	save app-without-current
	ln -s releases/0.1.0 "$LAB/web1/current"
	cp "$LAB/web1/shared/app.pid" "$LAB/app.pid"
	echo no process >"$LAB/web1/shared/app.pid"
	save app-pid-file-is-garbage
	cp "$LAB/app.pid" "$LAB/web1/shared/app.pid"
	must upgrade lab 0.2.0
	save app-upgraded
	cp -p "$LAB/web1/current/bin/appd" "$LAB/aside"
	mv "$LAB/aside" "$LAB/web1/releases/0.2.0/bin/appd"
	save app-files-replaced
	must stop lab
	save app-stopped
}

[ $# -gt 0 ] || set -- files hand cut cold service distillery mix castle app
for part; do
	(
		set -e
		"part_$part"
	) || echo "part $part ended with status $?"
done
