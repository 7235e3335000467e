#!/bin/sh
# Upgrades by stop and start: what runs and what boots afterwards, that hot
# ones go on from there, and what is left where one is cut off.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open

root=$LAB/web1
starts=daemon

# daemon: the release's own start, past hdeploy; waits until the VM answers.
daemon() {
	(cd "$root" && exec env NODE_NAME=web1@127.0.0.1 \
		NODE_COOKIE="lab-$LAB_PORT" PIPE_DIR="$LAB/pipes/web1/" \
		ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(lab_epmd 1)" \
		ERL_FLAGS='-kernel inet_dist_use_interface {127,0,0,1}' \
		REPLACE_OS_VARS=true bin/hotcode "$starts")
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 200 ] || flunk 'it does not boot'
		sleep 0.1
	done
}

kill_vm() {
	for p in $(lab_beams "$root"); do
		kill -KILL "$p"
	done
	while [ -n "$(lab_beams "$root")" ]; do sleep 0.1; done
}

# points VERSION: every boot pointer does; Distillery has no bin/hotcode that
# knows, but may have a copy of releases/start_erl.data.
points() {
	case $starts in
	daemon) boots 1 "$1" ;;
	*) for file in "$root"/*/start_erl.data; do
		equal "$file" "$(cut -d' ' -f2 "$file")" "$1"
	done ;;
	esac
}

# is VERSION: by the VM's own word, its loaded code and every boot pointer.
is() {
	runs 1 "$1"
	points "$1"
	equal version "$(lab_call 1 'list_to_atom(demo_server:version()).' |
		tr -d "'")" "$1"
	equal modified "$(lab_call 1 'code:modified_modules().')" '[]'
	[ ! -e "$root/.hdeploy/switching" ] || flunk 'a switch goes on'
	nothing_left 1
}

# stays VERSION: so it is, and so it is after a crash of the machine.
stays() {
	is "$1"
	kill_vm
	daemon
	is "$1"
	equal booted "$(lab_call 1 'list_to_atom(element(2, init:script_id())).' |
		tr -d "'")" "$1"
}

cold() { # VERSION
	status 0 upgrade lab "$1" --cold
	host 1 after "$1"
	stays "$1"
}

hot() { # VERSION
	was=$(vm_id 1)
	status 0 upgrade lab "$1"
	host 1 hot hot
	equal vm "$(vm_id 1)" "$was"
	stays "$1"
}

hot_and_cold_follow_each_other() {
	for v in 0.1.0 0.2.0 0.3.0; do
		status 0 push lab "$v"
	done
	status 0 start lab
	cold 0.2.0
	host 1 hot cold
	hot 0.3.0
	hot 0.2.0
	hot 0.1.0
	status 4 upgrade lab 0.3.0
	said '--cold'
	cold 0.3.0
	cold 0.1.0
	hot 0.2.0
}

# remake FROM TO: a release of that version, out of that of another, into
# $LAB/TO.tar.gz; what stands in $LAB/make is done in it first.
remake() {
	rm -rf "$LAB/new"
	mkdir "$LAB/new"
	tar -xzf "$FIXTURES/$1.tar.gz" -C "$LAB/new"
	(
		cd "$LAB/new"
		mv "releases/$1" "releases/$2"
		mv "lib/hotcode-$1" "lib/hotcode-$2"
		mv "bin/hotcode-$1" "bin/hotcode-$2"
		# as long as the other: the boot files are Erlang's binary terms
		sed -i "s/$1/$2/g" "releases/$2"/*.boot "releases/$2"/*.rel \
			"releases/$2/relup" "lib/hotcode-$2/ebin/hotcode.app" \
			releases/*.rel releases/RELEASES releases/start_erl.data \
			bin/hotcode "bin/hotcode-$2"
		"$3"
		tar -cf - --format=ustar -- * | gzip -1
	) >"$LAB/$2.tar.gz"
	sed "s|^release .*|release = $LAB/{version}.tar.gz|" \
		"$LAB/deploy.ini" >"$LAB/remade.ini"
	INI=remade.ini
	status 0 push lab "$2"
	INI=deploy.ini
}

other_runtime() {
	mv erts-* erts-99.1
	sed -i 's/{erts,"[^"]*"/{erts,"99.1"/' releases/*.rel releases/*/*.rel
	sed -i 's/^ERTS_VSN=.*/ERTS_VSN="99.1"/' bin/hotcode*
	sed -i 's/^[^ ]* /99.1 /' releases/start_erl.data
	sed -i '2s/"[0-9.]*",$/"99.1",/' releases/RELEASES
}

bad_runtime() {
	other_runtime
	mv erts-99.1 erts-99.2
	sed -i 's/99\.1/99.2/g' releases/*.rel releases/*/*.rel bin/hotcode* \
		releases/start_erl.data releases/RELEASES
	echo 'no program' >erts-99.2/bin/beam.smp
}

bad_config() {
	echo '[{kernel,' >releases/0.9.3/sys.config.src
}

another_runtime_goes_cold_and_back() {
	remake 0.3.0 0.9.1 other_runtime
	status 0 upgrade lab 0.9.1 --cold
	runs 1 0.9.1
	boots 1 0.9.1
	equal erts "$(cut -d' ' -f1 "$root/releases/start_erl.data")" 99.1
	equal runtime "$(lab_call 1 'list_to_atom(filename:basename(hd(tl(hd(
		[[0, D] || {ok, [[D]]} <- [init:get_argument(bindir)]]))),
		"/bin")).' | grep -o 'erts-99.1')" 'erts-99.1'
	status 4 rollback lab
	said '--cold'
	status 0 rollback lab --cold
	is 0.2.0
}

a_runtime_that_does_not_run_here_is_refused_before_the_stop() {
	was=$(vm_id 1)
	remake 0.3.0 0.9.2 bad_runtime
	status 1 upgrade lab 0.9.2 --cold
	said 'does not run on this host'
	host 1 result failed
	is 0.2.0
	equal vm "$(vm_id 1)" "$was"
	[ ! -e "$root/releases/0.9.2" ] || flunk 'it was left there'
}

a_damaged_library_is_told_before_the_stop() {
	was=$(vm_id 1)
	file=$(echo "$root"/lib/sasl-*/ebin/sasl.app)
	cp "$file" "$LAB/sasl.app"
	echo >>"$file"
	status 1 upgrade lab 0.3.0 --cold
	said 'not as it was pushed: lib/sasl-'
	host 1 result failed
	equal vm "$(vm_id 1)" "$was"
	cp "$LAB/sasl.app" "$file"
}

one_that_does_not_come_up_goes_back() {
	remake 0.3.0 0.9.3 bad_config
	status 1 upgrade lab 0.9.3 --cold
	host 1 result undone
	is 0.2.0
}

one_that_is_not_healthy_goes_back() {
	sed '/^\[lab\]/a health = command grep 0.2.0 releases/start_erl.data\
health_retries = 0' "$LAB/deploy.ini" >"$LAB/sick.ini"
	INI=sick.ini
	status 1 upgrade lab 0.3.0 --cold
	host 1 result undone
	is 0.2.0
}

auto_goes_as_it_can() {
	sed '/^\[lab\]/a upgrade = auto' "$LAB/deploy.ini" >"$LAB/auto.ini"
	INI=auto.ini
	status 0 upgrade lab 0.1.0 # a relup leads down, but none was asked for
	is 0.1.0
	status 0 upgrade lab 0.3.0
	said '(cold: no relup leads from 0.1.0 to 0.3.0)'
	host 1 hot cold
	is 0.3.0
	status 0 rollback lab
	host 1 hot cold
	is 0.1.0
	kill_vm
	status 0 upgrade lab 0.2.0
	said '(cold: the node is down)'
	is 0.2.0
}

a_run_that_is_killed_while_it_stops() {
	: >"$LAB/mark"
	"$HDEPLOY" -f "$LAB/deploy.ini" upgrade lab 0.3.0 --cold \
		>"$LAB/out" 2>&1 &
	run=$!
	until find "$root/.hdeploy/ops" -name name -newer "$LAB/mark" \
		-exec cat {} + 2>/dev/null | grep -qx stop; do
		kill -0 "$run" || flunk 'it ended before it stopped'
		sleep 0.05
	done
	kill -KILL "$run"
	naps=0
	while hd status lab | grep -q 'operation still runs' ||
		[ -n "$(lab_beams "$root")" ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 100 ] || flunk 'it does not stop'
		sleep 0.2
	done
	down 1
	boots 1 0.2.0
	status 0 upgrade lab 0.3.0 --cold
	is 0.3.0
	status 0 rollback lab
	is 0.2.0
}

# A switch is cut off right before bin/hotcode is replaced: the shell that
# does it goes, and with it, if there is a $LAB/victim, hdeploy itself.
cut_off() {
	mkdir -p "$LAB/tools"
	cat >"$LAB/tools/mv" <<-END
		#!/bin/sh
		case "\$*" in
		*bin/hotcode.new*)
			rm "\$0"
			[ ! -s "$LAB/victim" ] || kill -KILL "\$(cat "$LAB/victim")"
			kill -KILL 0
			;;
		esac
		exec $(command -v mv) "\$@"
	END
	chmod +x "$LAB/tools/mv"
	sed '/^\[lab\]/a connection = local' "$LAB/deploy.ini" \
		>"$LAB/local.ini"
	INI=local.ini
	PATH=$LAB/tools:$PATH
}

a_switch_that_is_cut_off_is_taken_back() {
	rm -f "$LAB/victim"
	cut_off
	status 1 upgrade lab 0.3.0 --cold
	host 1 result undone
	is 0.2.0
}

killed_in_the_switch() { # VERSION
	(
		cut_off
		echo "exec $HDEPLOY -f $LAB/local.ini upgrade lab $1 --cold" \
			>"$LAB/run"
		# shellcheck disable=SC2016
		sh -c 'echo "$$" >"$0/victim"; . "$0/run"' "$LAB" \
			>"$LAB/out" 2>&1 || :
	)
	rm "$LAB/victim"
	down 1
	[ -s "$root/.hdeploy/switching" ] || flunk 'the switch left no word'
	status 1 status lab
	said "a switch from 0.2.0 to $1 was cut off"
}

a_switch_that_nobody_takes_back() {
	killed_in_the_switch 0.3.0
	status 0 rollback lab
	is 0.2.0
	killed_in_the_switch 0.3.0
	status 0 start lab
	is 0.3.0
	status 0 rollback lab
	is 0.2.0
}

a_damaged_list_is_told_before_the_stop() {
	cp "$root/releases/RELEASES" "$LAB/list"
	head -c 100 "$LAB/list" >"$root/releases/RELEASES"
	was=$(vm_id 1)
	status 1 upgrade lab 0.1.0 --cold
	said 'copies are in'
	runs 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	cp "$LAB/list" "$root/releases/RELEASES"
	status 0 upgrade lab 0.1.0 --cold
	is 0.1.0
}

other() { # WANTED ARG...: pushes the other bits of 0.2.0
	sed "s|^release .*|release = $FIXTURES/0.2.0-other.tar.gz|" \
		"$LAB/deploy.ini" >"$LAB/other.ini"
	INI=other.ini
	wanted_status=$1
	shift
	status "$wanted_status" push lab 0.2.0 "$@"
	INI=deploy.ini
}

other_bits_take_the_place_of_an_old_version() {
	other 4
	said '--replace would'
	other 0 --replace
	[ ! -e "$root/lib/hotcode-0.2.0" ] || flunk 'the old bits are there'
	is 0.1.0
	status 0 upgrade lab 0.2.0
	host 1 hot hot
	runs 1 0.2.0
	equal bits "$(lab_call 1 'list_to_atom(demo_server:version()).')" \
		"'0.2.0 (other bits)'"
}

nor_of_one_that_is_in_use() {
	status 4 push lab 0.2.0 --replace
	said '(it runs)'
	kill_vm
	status 4 push lab 0.2.0 --replace
	said '(a reboot would start it)'
	status 0 upgrade lab 0.1.0 --cold
	is 0.1.0
}

other_bits_of_one_that_was_only_pushed() {
	status 0 push lab 0.2.0 --replace
	rm -rf "$root/.hdeploy/tmp"
	other 0 --replace
	cmp "$FIXTURES/0.2.0-other.tar.gz" \
		"$root/.hdeploy/tarballs/0.2.0.tar.gz"
	status 0 upgrade lab 0.2.0
	equal bits "$(lab_call 1 'list_to_atom(demo_server:version()).')" \
		"'0.2.0 (other bits)'"
}

# What is left of the disk is not enough to unpack, but enough to say so.
the_disk_gets_full_while_it_is_unpacked() {
	status 0 push lab 0.3.0
	was=$(vm_id 1)
	free=$(df -Pk "$root" | awk 'NR == 2 { print $4 }')
	head -c $(((free - 4000) * 1024)) /dev/zero >"$root/ballast"
	status 1 upgrade lab 0.3.0 --cold
	said 'is the disk full?'
	host 1 result failed
	is 0.2.0
	equal vm "$(vm_id 1)" "$was"
	[ ! -e "$root/lib/hotcode-0.3.0" ] || flunk 'some of it was left'
	rm "$root/ballast"
	status 0 upgrade lab 0.3.0 --cold
	is 0.3.0
}

as_distillery_makes_them() {
	sh tests/fixtures/distillery.sh "$FIXTURES"
	kill_vm
	find "$root" -mindepth 1 -delete
	sed -e 's/^driver .*/driver = distillery/' -e "s|^release .*|release = \
 $FIXTURES/distillery-2.1/{version}.tar.gz|" -e 's/^env.NODE_NAME.*/&\
env.REPLACE_OS_VARS = true/' "$LAB/deploy.ini" >"$LAB/distillery.ini"
	INI=distillery.ini
	starts=start
	hot_and_cold_follow_each_other
}

check 'hot and cold upgrades follow each other' hot_and_cold_follow_each_other
check 'another runtime goes cold, and back' another_runtime_goes_cold_and_back
check 'a runtime that does not run here is refused before the stop' \
	a_runtime_that_does_not_run_here_is_refused_before_the_stop
check 'a damaged library is told before the stop' \
	a_damaged_library_is_told_before_the_stop
check 'one that does not come up goes back' one_that_does_not_come_up_goes_back
check 'one that is not healthy goes back' one_that_is_not_healthy_goes_back
check 'auto goes as it can' auto_goes_as_it_can
check 'a run that is killed while it stops' \
	a_run_that_is_killed_while_it_stops
check 'a switch that is cut off is taken back' \
	a_switch_that_is_cut_off_is_taken_back
check 'a switch that nobody takes back' a_switch_that_nobody_takes_back
check 'a damaged list is told before the stop' \
	a_damaged_list_is_told_before_the_stop
check 'other bits take the place of an old version' \
	other_bits_take_the_place_of_an_old_version
check 'but not of one that is in use' nor_of_one_that_is_in_use
check 'other bits of one that was only pushed' \
	other_bits_of_one_that_was_only_pushed
check 'releases as Distillery makes them' as_distillery_makes_them
if kill_vm && find "$root" -mindepth 1 -delete && [ "$(id -u)" = 0 ] &&
	lab_mount "$root" size=60m 2>/dev/null; then
	status 0 push lab 0.2.0
	status 0 start lab
	check 'the disk gets full while it is unpacked' \
		the_disk_gets_full_while_it_is_unpacked
else
	echo 'left out, cannot mount here: the disk gets full'
fi
check_end
