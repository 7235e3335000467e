#!/bin/sh
# Unknown control scripts: hdeploy knows only the commands in deploy.ini. web1
# is a real node. web2 has no VM that hdeploy could find and ask: only its
# control script knows the running version.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open

cat >"$LAB/ctl" <<'END'
#!/bin/sh
case $1 in
up) exec ./bin/hotcode daemon ;;
halt) exec ./bin/hotcode stop ;;
go) ./bin/hotcode unpack "$2" && "./bin/hotcode-$2" ping &&
	exec ./bin/hotcode upgrade "$2" ;;
back) exec ./bin/hotcode downgrade "$2" ;;
esac
END
cat >"$LAB/box" <<'END'
#!/bin/sh
[ -s box.boots ] || cut -d' ' -f2 releases/start_erl.data >box.boots
case $1 in
up) setsid sleep 600 >/dev/null 2>&1 &
	echo "$!" >box.pid && cp box.boots box.runs ;;
halt) kill "$(cat box.pid)" && rm box.pid ;;
go | back) [ -s "releases/$2/hotcode.tar.gz" ] || [ "$1" = back ] || exit 1
	echo "$2" >box.runs && cp box.runs box.boots ;;
which) [ -e box.pid ] && kill -0 "$(cat box.pid)" && echo "box here" &&
	cat box.runs ;;
next) cat box.boots ;;
esac
END
chmod +x "$LAB/ctl" "$LAB/box"
commands() { # PROGRAM
	cat <<-END
		command.start = $1 up
		command.stop = $1 halt
		command.upgrade = $1 go {version}
		command.downgrade = $1 back {version}
	END
}
sed -i 's/^driver .*/driver = script/' "$LAB/deploy.ini"
{
	sed '/^\[lab:web1\]/q' "$LAB/deploy.ini"
	commands "$LAB/ctl"
	sed '1,/^\[lab:web1\]/d' "$LAB/deploy.ini"
	commands "$LAB/box"
	echo "command.running = $LAB/box which"
	echo "command.boots = $LAB/box next"
} >"$LAB/new.ini"
mv "$LAB/new.ini" "$LAB/deploy.ini"

without() { # KEY: from here on deploy.ini does not have it
	sed "/^$1 /d" "$LAB/deploy.ini" >"$LAB/without.ini"
	INI=without.ini
}

box() { # VERSION: runs and boots
	equal 'box runs' "$(cat "$LAB/web2/box.runs")" "$1"
	equal 'box boots' "$(cat "$LAB/web2/box.boots")" "$1"
	host 2 after "$1"
	host 2 boots "$1"
}

it_starts_by_its_own_words() {
	status 0 push lab 0.1.0
	without command.start
	status 4 start lab
	said 'start needs command.start in deploy.ini'
	INI=deploy.ini
	status 0 start lab
	runs 1 0.1.0
	box 0.1.0
	said 'the VM itself was not queried'
	status 0 status lab
	said 'the VM itself was not queried'
	lab_call 1 'demo_server:add(1).' >/dev/null
	vm_id 1 >"$LAB/vm"
}

it_goes_up_hot_and_claims_no_more_than_it_knows() {
	status 0 push lab 0.2.0
	without command.downgrade
	status 4 upgrade lab 0.2.0
	said 'install needs command.downgrade in deploy.ini'
	INI=deploy.ini
	status 0 upgrade lab 0.2.0
	runs 1 0.2.0
	host 1 boots 0.2.0
	host 1 mode hot
	equal vm "$(vm_id 1)" "$(cat "$LAB/vm")"
	box 0.2.0
	host 2 mode unknown
}

it_goes_back() {
	status 0 rollback lab
	runs 1 0.1.0
	host 1 mode hot
	equal vm "$(vm_id 1)" "$(cat "$LAB/vm")"
	box 0.1.0
	host 2 mode unknown
}

a_failed_upgrade_is_undone() {
	sed "s|^command.upgrade = $LAB/box .*|command.upgrade = false|" \
		"$LAB/deploy.ini" >"$LAB/false.ini"
	INI=false.ini
	status 0 push lab 0.4.0
	status 1 upgrade lab 0.4.0 --limit web1
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	equal 'left of 0.4.0' "$(grep -c '0\.4\.0' "$LAB/web1/releases/RELEASES")" 0
	status 1 upgrade lab 0.4.0 --limit web2
	said 'command.upgrade ended with status 1'
	host 2 result undone
	host 2 after 0.1.0
}

what_it_prints_must_be_a_version() {
	sed "s|^command.running .*|command.running = echo it runs, I think|" \
		"$LAB/deploy.ini" >"$LAB/junk.ini"
	INI=junk.ini
	status 4 stop lab --limit web2
	said 'command.running printed no version'
}

it_stops() {
	status 0 stop lab
	down 1
	[ ! -e "$LAB/web2/box.pid" ] || flunk 'the box is up'
	status 0 stop lab
	host 2 result unchanged
}

one_command_of_a_known_driver_can_be_replaced() {
	sed "s|^driver .*|driver = relx|
		/^command\.[^s]/d; /^command.stop/d
		s|^command.start .*|command.start = echo \"\$HDEPLOY_APP \$HDEPLOY_VERSION {version}\" '{version}' >said \&\& exec ./bin/hotcode daemon|" \
		"$LAB/deploy.ini" >"$LAB/relx.ini"
	INI=relx.ini
	status 0 start lab --limit web1
	equal said "$(cat "$LAB/web1/said")" 'hotcode 0.1.0 0.1.0 0.1.0'
	status 0 stop lab --limit web1
}

check 'it starts by its own words' it_starts_by_its_own_words
check 'it goes up hot, and claims no more than it knows' \
	it_goes_up_hot_and_claims_no_more_than_it_knows
check 'it goes back' it_goes_back
check 'a failed upgrade is undone' a_failed_upgrade_is_undone
check 'what it prints must be a version' what_it_prints_must_be_a_version
check 'it stops' it_stops
check 'one command of a known driver can be replaced' \
	one_command_of_a_known_driver_can_be_replaced
check_end
