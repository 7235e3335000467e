#!/bin/sh
# What a person at a terminal sees, and the console.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
sed -i "s|^env.NODE_NAME.*|&\nenv.SECRET = it's \$(whisper)|" "$LAB/deploy.ini"
unset CI
escape=$(printf '\033')

# at_a_terminal STATUS ARG...: puts the drawn lines into $LAB/out
at_a_terminal() {
	wanted=$1
	shift
	got=0
	script -qec "env TERM=xterm $HDEPLOY -f $LAB/${INI:-deploy.ini} $*" \
		/dev/null >"$LAB/typescript" || got=$?
	tr -d '\r' <"$LAB/typescript" | sed "s/$escape\[[0-9]*m//g
		s/$escape\[[0-9]*[AJK]/\n/g" | grep -v '^$' >"$LAB/out"
	equal "status of $1" "$got" "$wanted"
}

a_push_shows_one_line_per_host() {
	at_a_terminal 0 push lab 0.1.0 </dev/null
	said 'asking 2 hosts  0s'
	said 'web1, web2: planned'
	grep -q '^web1    [0-9]s  ship 0.1.0' "$LAB/out" || flunk 'no live line'
	grep -q '^web2  ship 0.1.0: ok .* at ' "$LAB/out" || flunk 'no rate'
	equal end "$(tail -n 5 "$LAB/out" | sed 's/^[0-9.]* MiB.*/sent/')" "\
host  running  boots  result  mode
web1  -        0.1.0  ok      -
web2  -        0.1.0  ok      -
sent
status 0: done and verified"
	equal 'what is drawn over' "$(sed "s/.*$escape\[J//" \
		"$LAB/typescript" | tail -n 5 | grep -c "$escape\[[AJK]")" 0
}

output_of_run_is_whole() {
	at_a_terminal 0 run lab -- "'seq 2000'" </dev/null
	for n in 1 2; do
		sed -n "s/^web$n  | //p" "$LAB/out" >"$LAB/lines"
		seq 2000 | cmp - "$LAB/lines"
	done
}

a_console_needs_a_terminal_and_a_running_node() {
	status 2 console lab web1
	hd console lab web1 2>"$LAB/out" && flunk 'status 0'
	said 'needs a terminal'
	at_a_terminal 4 console lab web1 </dev/null
	said 'is down: start it first'
	at_a_terminal 2 console lab web3 </dev/null
	said 'did you mean "web1"?'
}

wait_for() { # TEXT: on the terminal, at most 30 s
	tries=300
	until grep -q -F -e "$1" "$LAB/typescript" || [ "$tries" = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
	[ "$tries" -gt 0 ] || echo "never said: $1" >&2
}

# Types into the console; while it is open, looks for the secret.
type_into_it() { # NODE
	wait_for "($1)1>"
	printf 'erlang:node().\r'
	wait_for "'$1'"
	{
		grep -l '[w]hisper' /proc/[0-9]*/cmdline
		grep -rl 'whisper' "$LAB"/web[12]/.hdeploy
	} >"$LAB/shown" 2>/dev/null || :
	printf '\007'
	wait_for '-->'
	printf 'q\r'
}

a_console_is_that_of_the_node() { # N [USER]
	: >"$LAB/typescript"
	type_into_it "web$1@127.0.0.1" | at_a_terminal 0 console lab "web$1"
	said "'web$1@127.0.0.1'"
	equal 'places of the secret' "$(cat "$LAB/shown")" ''
	equal left "$(ls "$LAB/web$1/.hdeploy/console")" ''
	equal 'left here' "$(ls "${TMPDIR:-/tmp}"/hdeploy-known* 2>/dev/null)" ''
}

a_console_opens_and_closes() {
	status 0 start lab --limit web1
	vm=$(vm_id 1)
	a_console_is_that_of_the_node 1
	equal vm "$(vm_id 1)" "$vm"
}

a_console_may_be_a_command() {
	sed "s|^env.NODE_NAME.*|&\ncommand.console = echo \"\$SECRET, \$PWD\"|" \
		"$LAB/deploy.ini" >"$LAB/command.ini"
	INI=command.ini
	at_a_terminal 0 console lab web2 </dev/null
	said "it's \$(whisper), $LAB/web2"
}

a_console_trusts_what_hdeploy_trusts() {
	print=$(ssh-keygen -lf "$LAB/ssh/host.pub" | cut -d' ' -f2)
	sed "s|^known_hosts.*|host_key = $print|" "$LAB/deploy.ini" \
		>"$LAB/pinned.ini"
	sed 's|^known_hosts.*|known_hosts = /dev/null|' "$LAB/deploy.ini" \
		>"$LAB/unknown.ini"
	INI=pinned.ini
	a_console_is_that_of_the_node 1
	INI=unknown.ini
	at_a_terminal 3 console lab web1 </dev/null
	said 'hdeploy trust'
}

check 'a push shows one line per host' a_push_shows_one_line_per_host
check 'output of run is whole' output_of_run_is_whole
check 'a console needs a terminal and a running node' \
	a_console_needs_a_terminal_and_a_running_node
check 'a console opens and closes' a_console_opens_and_closes
check 'a console may be a command' a_console_may_be_a_command
check 'a console trusts what hdeploy trusts' \
	a_console_trusts_what_hdeploy_trusts
check_end
