#!/bin/sh
# Hosts that are not as hdeploy left them: a VM that dies at the worst moment,
# files that are lost or damaged, a node that a person started. hdeploy reports
# each case, and its advice ends it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
LAB_PATH=gate
lab_open
. tests/support/damage.sh

# A program like lab_kill_vm. A dead VM might stay unreaped.
kill_vm() {
	cat >"$LAB/kill_vm" <<-END
		#!/bin/sh
		pid=\$(pgrep -o -f -- "-root $root ")
		kill -KILL "\$pid"
		while grep -q '^State:.[^XZ]' "/proc/\$pid/status"; do
			sleep 0.1
		done 2>/dev/null
	END
	chmod +x "$LAB/kill_vm"
	echo "$LAB/kill_vm"
}

dies_on_the_way_back() {
	anew
	status 0 upgrade lab 0.2.0
	lab_when 1 'upgrade 0.1.0 --no-permanent' "$(kill_vm)"
	status 1 rollback lab
	host 1 result undone
	on 0.2.0
	[ -d "$root/lib/hotcode-0.1.0" ] || flunk 'what to go back to is gone'
	: >"$LAB/hook"
	status 0 rollback lab
	host 1 mode hot
	on 0.1.0
}

dies_when_it_is_permanent() {
	anew
	# the commit ends with a sync: the first one of the whole disk when
	# 0.2.0 boots
	mkdir -p "$LAB/gate"
	cat >"$LAB/gate/sync" <<-END
		#!/bin/sh
		case \$#\$(cat $root/releases/start_erl.data) in
		0*' 0.2.0') [ -e $LAB/hooked ] || {
			: >$LAB/hooked
			$(kill_vm)
		} ;;
		esac
		exec $(command -v sync) "\$@"
	END
	chmod +x "$LAB/gate/sync"
	status 1 upgrade lab 0.2.0
	rm "$LAB/gate/sync"
	[ -e "$LAB/hooked" ] || flunk 'it was never made permanent'
	host 1 result undone
	on 0.1.0
}

killed_before_it_was_recorded() {
	again
	status 0 upgrade lab 0.2.0
	# as when hdeploy was killed before its last step
	sed -i '$d' "$root/.hdeploy/history.jsonl"
	status 0 rollback lab
	host 1 mode hot
	on 0.1.0
	status 4 rollback lab
	said 'nothing to go back to'
}

a_history_that_cannot_be_written_undoes_nothing() {
	again
	mkdir "$root/.hdeploy/history.jsonl.new" # in the way
	status 1 upgrade lab 0.2.0
	host 1 result ok
	said 'hdeploy resume lab'
	runs 1 0.2.0
	boots 1 0.2.0
	status 1 status lab
	rmdir "$root/.hdeploy/history.jsonl.new"
	status 0 resume lab
	on 0.2.0
	status 0 rollback lab
	on 0.1.0
}

# gone WHAT: somebody removed it to make room; status reports it
gone() {
	rm -rf "${root:?}/$1"
	status 1 status lab
	said "are gone ($1)"
}

# The kept tarball has it.
what_is_gone_comes_back() {
	anew
	status 0 upgrade lab 0.2.0
	gone lib/hotcode-0.1.0
	status 0 rollback lab
	on 0.1.0
}

other_files_that_are_gone_come_back() {
	gone releases/0.2.0
	status 0 upgrade lab 0.2.0
	on 0.2.0
	status 0 rollback lab
	gone bin/hotcode-0.2.0
	status 0 push lab 0.2.0
	status 0 status lab
}

what_the_tarball_does_not_have_is_pushed_again() {
	again
	gone lib/hotcode-0.2.0
	rm "$root/.hdeploy/tarballs/0.2.0.tar.gz"
	status 4 upgrade lab 0.2.0
	said 'push it again, `hdeploy push lab 0.2.0'
	status 0 push lab 0.2.0
	gone lib/hotcode-0.1.0 # going back needs it
	status 0 upgrade lab 0.2.0 --cold
	on 0.2.0
	status 0 rollback lab
	on 0.1.0
}

times_are_short() {
	again
	sed 's|^path .*|&\nstart_timeout = 14s\nstop_timeout = 14s|' \
		"$LAB/deploy.ini" >"$LAB/short.ini"
	INI=short.ini
	status 0 stop lab
	down 1
	status 0 start lab
	status 0 restart lab
	on 0.1.0
}

# by_hand ENVIRONMENT: installs and starts 0.1.0 as a person would
by_hand() {
	lab_kill_vm 1
	rm -rf "$root"
	mkdir "$root"
	tar -xzf "$FIXTURES/0.1.0.tar.gz" -C "$root"
	lab_env 1 env "$@" "$root/bin/hotcode" daemon
	until (runs 1 0.1.0) >/dev/null 2>&1; do sleep 0.1; done
}

started_by_hand() {
	by_hand A=b
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	on 0.2.0
	status 0 rollback lab
	on 0.1.0
	status 0 upgrade lab 0.2.0
	status 0 restart lab
	on 0.2.0
	status 0 rollback lab
	on 0.1.0
}

configuration_would_be_lost() {
	by_hand GREETING=hello
	status 0 push lab 0.2.0
	status 4 upgrade lab 0.2.0
	said 'GREETING is set in the running VM but not'
	host 1 result refused
	on 0.1.0
	echo 'env.GREETING = hello' >>"$LAB/deploy.ini"
	# relx puts only the configuration of the version that boots here
	mkdir -p "$LAB/made"
	echo "env.RELX_OUT_FILE_PATH = $LAB/made" >>"$LAB/deploy.ini"
	status 0 upgrade lab 0.2.0
	equal greeting "$(lab_call 1 'application:get_env(hotcode, greeting).')" \
		'{ok, "hello"}'
	sed -i -e '/^env.GREETING/d' -e '/^env.RELX_OUT/d' "$LAB/deploy.ini"
}

# hdeploy asks the node at the port where it listens, and makes bin/<app> do so.
epmd_is_gone() {
	again
	lab_epmd_dies 1
	status 0 status lab
	said 'is not known to epmd: no epmd runs on port'
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	status 0 rollback lab
	host 1 mode hot
	status 0 stop lab
	down 1
	status 0 start lab
	on 0.1.0
}

# hdeploy starts nothing that it would have to end again.
nobody_could_ask_it() {
	status 0 stop lab
	args=$root/releases/0.1.0/vm.args.src
	cp "$args" "$LAB/args"
	echo '-proto_dist inet_tls' >>"$args"
	status 1 start lab
	said 'vm.args.src says -proto_dist inet_tls: erl_call does not speak TLS'
	down 1
	cp "$LAB/args" "$args"
	status 0 start lab
	on 0.1.0
}

# The reserve is enough to end the change.
disk_is_full_in_the_middle() {
	anew
	lab_when 1 'upgrade 0.2.0 --no-permanent' \
		"cat /dev/zero >$root/ballast 2>/dev/null"
	status 0 upgrade lab 0.2.0
	on 0.2.0
	[ ! -e "$root/.hdeploy/reserve" ] || flunk 'the disk was not full'
	status 1 rollback lab
	said 'the disk is full: '
	host 1 result failed
	on 0.2.0
	rm "$root/ballast"
	status 0 rollback lab
	on 0.1.0
}

disk_is_full_and_it_fails() {
	anew
	status 0 push lab 0.6.0 --cold
	rm "$root/.hdeploy/releases/0.6.0/modules" # the verdict would refuse it
	lab_when 1 'upgrade 0.6.0 --no-permanent' \
		"cat /dev/zero >$root/ballast 2>/dev/null"
	status 1 upgrade lab 0.6.0
	said 'old code still runs'
	host 1 result undone
	on 0.1.0
}

check 'the VM dies on the way back' dies_on_the_way_back
rarely 'the VM dies when the new version is permanent' dies_when_it_is_permanent
rarely 'killed before the change was recorded' killed_before_it_was_recorded
rarely 'a history that cannot be written undoes nothing' \
	a_history_that_cannot_be_written_undoes_nothing
check 'files that are gone come back' what_is_gone_comes_back
rarely 'other files that are gone come back' \
	other_files_that_are_gone_come_back
rarely 'without the kept tarball they are pushed again' \
	what_the_tarball_does_not_have_is_pushed_again
rarely 'short timeouts are kept, and are enough' times_are_short
rarely 'a node that was installed and started by hand' started_by_hand
check 'configuration that the environment would lose' \
	configuration_would_be_lost
rarely 'epmd is gone' epmd_is_gone
rarely 'a node that could not be asked is not started' nobody_could_ask_it
if [ "${NIGHT-}" != yes ]; then
	: # the fault matrix fills disks too
elif [ "$(id -u)" = 0 ] && lab_mount "$root" size=60m 2>/dev/null; then
	rarely 'the disk gets full in the middle' disk_is_full_in_the_middle
	rarely 'the disk gets full, and the upgrade fails' \
		disk_is_full_and_it_fails
else
	echo 'left out, cannot mount here: the disk gets full in the middle'
fi
check_end
