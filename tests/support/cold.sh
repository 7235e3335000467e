# shellcheck shell=sh disable=SC2034
# Shared by the tests of cold upgrades: one host, whose VM and boot pointers are
# checked without hdeploy. Source it after check.sh.

root=$LAB/web1
starts=daemon # the control script's command

# daemon: starts the release without hdeploy; waits until the VM answers.
daemon() {
	(cd "$root" &&
		lab_env 1 env REPLACE_OS_VARS=true bin/hotcode "$starts")
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 1200 ] || flunk 'it does not boot'
		sleep 0.1
	done
}

# points VERSION: every boot pointer names it. Distillery's bin/hotcode names no
# version, but Distillery might have a copy of releases/start_erl.data.
points() {
	case $starts in
	daemon) boots 1 "$1" ;;
	*) for file in "$root"/*/start_erl.data; do
		equal "$file" "$(cut -d' ' -f2 "$file")" "$1"
	done ;;
	esac
}

# is VERSION: by the VM itself, its loaded code and every boot pointer.
is() {
	runs 1 "$1"
	points "$1"
	equal version "$(lab_call 1 'list_to_atom(demo_server:version()).' |
		tr -d "'")" "$1"
	equal modified "$(lab_call 1 'code:modified_modules().')" '[]'
	[ ! -e "$root/.hdeploy/switching" ] || flunk 'a switch goes on'
	nothing_left 1
}

# stays VERSION: the host is on it, also after a crash of the machine.
stays() {
	is "$1"
	lab_kill_vm 1
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
	host 1 mode hot
	equal vm "$(vm_id 1)" "$was"
	stays "$1"
}

# remake FROM TO COMMAND: makes $LAB/TO.tar.gz, version TO, from version FROM,
# and runs COMMAND in its files first.
remake() {
	rm -rf "$LAB/new"
	mkdir "$LAB/new"
	tar -xzf "$FIXTURES/$1.tar.gz" -C "$LAB/new"
	(
		cd "$LAB/new" || exit
		mv "releases/$1" "releases/$2"
		mv "lib/hotcode-$1" "lib/hotcode-$2"
		mv "bin/hotcode-$1" "bin/hotcode-$2"
		# as long as the old one: boot files are Erlang's binary terms
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

# For remake: gives the Erlang runtime another name.
other_runtime() {
	mv erts-* erts-99.1
	sed -i 's/{erts,"[^"]*"/{erts,"99.1"/' releases/*.rel releases/*/*.rel
	sed -i 's/^ERTS_VSN=.*/ERTS_VSN="99.1"/' bin/hotcode*
	sed -i 's/^[^ ]* /99.1 /' releases/start_erl.data
	sed -i '2s/"[0-9.]*",$/"99.1",/' releases/RELEASES
}

# cut_off [PATTERN]: cuts off an operation right before an mv of PATTERN, by
# default that which replaces bin/hotcode or another file of the version: kills
# its shell and, if there is a $LAB/victim, hdeploy itself.
cut_off() {
	mkdir -p "$LAB/tools"
	cat >"$LAB/tools/mv" <<-END
		#!/bin/sh
		case "\$*" in
		${1:-*bin/hotcode.new* | *releases/COOKIE.hdeploy-new*})
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

# Its outer half notices that the inner half was killed.
switch_has_ended() {
	tries=0
	while hd status lab | grep -q 'its switch still runs'; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || flunk 'the switch does not end'
	done
}

# killed PATTERN ARG...: `hdeploy ARG...`, and its operation, killed right before
# an mv of PATTERN
killed() {
	(
		cut_off "$1"
		shift
		echo "exec $HDEPLOY -f $LAB/local.ini $*" >"$LAB/run"
		# shellcheck disable=SC2016
		sh -c 'echo "$$" >"$0/victim"; . "$0/run"' "$LAB" \
			>"$LAB/out" 2>&1 || :
	)
	rm "$LAB/victim"
}

killed_in_the_switch() { # VERSION
	killed '' upgrade lab "$1" --cold
	down 1
	[ -s "$root/.hdeploy/switching" ] || flunk 'the switch left no marker'
	switch_has_ended
	status 1 status lab
	said 'was cut off after switch'
	said "now down, in the middle of a switch to $1"
}
