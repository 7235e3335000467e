#!/bin/sh
# Commands of deploy.ini around the work: when they run, their context, and the
# hosts where one fails.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB_HOSTS=2
. tests/support/lab.sh
. tests/support/check.sh
lab_open

# A hook logs that it ran, where (on a host: from the service's environment) and
# its context; then it runs $LAB/then.
mkdir "$LAB/then"
cat >"$LAB/note" <<-END
	#!/bin/sh
	set -eu
	{
		printf '%s ' "\$1\${NODE_NAME+ \${NODE_NAME%@*}}" "\$HDEPLOY_HOOK"
		printf '%s [%s]' "\$HDEPLOY_ENV" "\$HDEPLOY_VERSION"
		printf ' [%s]' "\$HDEPLOY_PREVIOUS" "\$HDEPLOY_HOSTS" "\$HDEPLOY_RESULT"
		echo
	} >>"$LAB/log"
	[ ! -e "$LAB/then/\$1.\$HDEPLOY_HOOK" ] ||
		. "$LAB/then/\$1.\$HDEPLOY_HOOK"
END
chmod +x "$LAB/note"
for name in before_push after_push before_upgrade after_upgrade before_start \
	after_stop after_rollback on_failure; do
	for place in local once remote; do
		echo "hook.$name = $place $LAB/note $place"
	done
done >"$LAB/hooks"
# A hook around waves and hosts logs its context, and keeps its stdin.
cat >"$LAB/around" <<-END
	#!/bin/sh
	set -eu
	cat >"$LAB/stdin.\$HDEPLOY_HOOK.\$HDEPLOY_HOST"
	echo "\${TRACEPARENT-} \${OTEL_SERVICE_NAME-}" >"$LAB/otel"
	{
		printf '%s [%s]' "\$HDEPLOY_HOOK" "\$HDEPLOY_WAVE"
		printf ' [%s]' "\$HDEPLOY_HOST" "\$HDEPLOY_HOSTS" "\$HDEPLOY_RESULT"
		echo
	} >>"$LAB/around.log"
	[ ! -e "$LAB/then/\$HDEPLOY_HOOK.\$HDEPLOY_HOST" ] ||
		. "$LAB/then/\$HDEPLOY_HOOK.\$HDEPLOY_HOST"
END
chmod +x "$LAB/around"
for name in before_wave before_host after_host after_wave; do
	echo "hook.$name = local $LAB/around"
done >>"$LAB/hooks"
sed "/^\[lab\]/r $LAB/hooks" "$LAB/deploy.ini" >"$LAB/hooks.ini"
sed '/^\[lab\]/a hook_timeout = 1s' "$LAB/hooks.ini" >"$LAB/short.ini"
INI=hooks.ini

# after HOOK COMMAND: what a hook, such as local.before_push, does next time
after() {
	echo "$2" >"$LAB/then/$1"
}

fresh() {
	rm -f "$LAB/then/"* "$LAB"/stdin.*
	: >"$LAB/log"
	: >"$LAB/around.log"
}

# log [FILE]: compares the hooks that ran with stdin
log() {
	cat >"$LAB/wanted"
	sed 's/ lab / /' "${1:-$LAB/log}" >"$LAB/got"
	diff "$LAB/wanted" "$LAB/got" || flunk 'other hooks ran'
}

around() { # compares the hooks around waves and hosts with stdin
	log "$LAB/around.log"
}

# Hosts that change at the same time can come in any order.
around_a_deploy() {
	fresh
	HDEPLOY_RESULT=stale status 0 deploy lab 0.1.0
	runs 1 0.1.0
	runs 2 0.1.0
	grep -qx hook_before_start "$LAB"/web1/.hdeploy/ops/*/name ||
		flunk 'the host does not know its hook by name'
	grep -v '^remote' "$LAB/log" >"$LAB/log.run"
	log "$LAB/log.run" <<-END
		local before_push [0.1.0] [] [web1 web2] []
		once web1 before_push [0.1.0] [] [web1 web2] []
		local after_push [0.1.0] [] [web1 web2] [ok]
		once web1 after_push [0.1.0] [] [web1 web2] [ok]
		local before_start [0.1.0] [] [web1 web2] []
		once web1 before_start [0.1.0] [] [web1 web2] []
	END
	grep '^remote' "$LAB/log" | sort >"$LAB/log.hosts"
	log "$LAB/log.hosts" <<-END
		remote web1 after_push [0.1.0] [] [web1 web2] [ok]
		remote web1 before_push [0.1.0] [] [web1 web2] []
		remote web1 before_start [0.1.0] [] [web1 web2] []
		remote web2 after_push [0.1.0] [] [web1 web2] [ok]
		remote web2 before_push [0.1.0] [] [web1 web2] []
		remote web2 before_start [0.1.0] [] [web1 web2] []
	END
	fresh
	status 0 deploy lab 0.1.0
	log </dev/null
	around </dev/null
}

one_that_fails_after_a_push_undoes_nothing() {
	fresh
	after remote.after_push "[ \$NODE_NAME != web2@127.0.0.1 ]"
	status 1 push lab 0.2.0
	host 1 result ok
	host 2 result ok
	said "the push itself succeeded"
	grep -q '^once web2 on_failure lab .* \[failed\]$' "$LAB/log"
	grep -q '^remote web2 on_failure lab .* \[failed\]$' "$LAB/log"
	grep -q '^local on_failure lab .* \[failed\]$' "$LAB/log"
	equal 'hooks for the failure' "$(grep -c on_failure "$LAB/log")" 3
	fresh
	status 0 push lab 0.2.0
	host 2 result unchanged
	vm_id 1 >"$LAB/vm.1"
	vm_id 2 >"$LAB/vm.2"
}

untouched() { # N: the VM is the same as at the start, on the old version
	runs "$1" 0.1.0
	boots "$1" 0.1.0
	equal "web$1 vm" "$(vm_id "$1")" "$(cat "$LAB/vm.$1")"
}

a_dry_run_shows_them_and_runs_none() {
	fresh
	status 0 upgrade lab 0.2.0 --dry-run
	said 'hook before_upgrade, snapshot 0.1.0'
	said 'hook after_upgrade, verify 0.2.0, record'
	said "hook before_upgrade, on this machine: $LAB/note local"
	said "hook after_upgrade, web1: $LAB/note once"
	said "hook before_wave, on this machine, for each wave: $LAB/around"
	said "hook after_host, on this machine, for each host: $LAB/around"
	log </dev/null
	around </dev/null
	status 0 stop lab --dry-run
	! grep -q before_host "$LAB/out" || flunk 'a stop has no waves'
}

one_that_fails_here_before_an_upgrade_stops_it() {
	fresh
	after local.before_upgrade 'exit 3'
	status 7 upgrade lab 0.2.0
	said ': failed with status 3, without any output (command: '
	said 'not begun: hook before_upgrade failed'
	host 1 result skipped
	untouched 1
	untouched 2
	grep -v on_failure "$LAB/log" >"$LAB/log.run"
	log "$LAB/log.run" <<-END
		local before_upgrade [0.2.0] [0.1.0] [web1 web2] []
	END
	fresh
	after once.before_upgrade 'exit 3'
	status 1 upgrade lab 0.2.0
	said 'exit status 3'
	untouched 1
	untouched 2
}

one_that_fails_on_a_host_before_stops_that_host() {
	fresh
	after remote.before_upgrade "[ \$NODE_NAME != web1@127.0.0.1 ]"
	status 1 upgrade lab 0.2.0
	host 1 result failed
	host 2 result skipped
	said 'nothing was changed'
	untouched 1
	untouched 2
}

one_that_takes_too_long_is_ended_with_all_it_started() {
	fresh
	INI=short.ini
	after remote.before_upgrade "sleep 4321 & sleep 4321"
	status 1 upgrade lab 0.2.0 --limit web1
	said 'hook before_upgrade 0.2.0: not done within 1 s'
	host 1 result failed
	untouched 1
	fresh
	after local.before_upgrade "sleep 4321 & sleep 4321"
	status 7 upgrade lab 0.2.0 --limit web1
	said ': did not finish in 1 s and was killed'
	untouched 1
	equal 'left of them' "$(pgrep -f '^sleep 4321')" ""
}

an_interruption_ends_the_one_here() {
	fresh
	after local.before_upgrade 'echo up >&2; sleep 4322'
	meanwhile upgrade lab 0.2.0
	while ! grep -q before_upgrade "$LAB/log"; do sleep 0.1; done
	kill -TERM "$run"
	ended_with 130
	host 1 result skipped
	untouched 1
	equal 'left of it' "$(pgrep -f '^sleep 4322')" ""
}

one_before_a_host_that_fails_begins_nothing_there() {
	fresh
	after before_host.web1 'echo "no answer" >&2; exit 3'
	status 7 upgrade lab 0.2.0
	host 1 result failed
	host 2 result skipped
	said 'hook before_host: failed with status 3: no answer'
	said '(on this machine); nothing was changed'
	untouched 1
	untouched 2
	around <<-END
		before_wave [1] [] [web1] []
		before_host [1] [web1] [web1 web2] []
		after_host [1] [web1] [web1 web2] [failed]
		after_wave [1] [] [web1] [failed]
	END
	jq -e '.step == "hook after_host" and .host == "web1" and .wave == 1 and
		.status == 7 and .env == "lab" and
		.command == "upgrade lab 0.2.0" and (.hosts | length == 1) and
		(.hosts[0] | .host == "web1" and .result == "failed" and
		.before == "0.1.0" and (.address | startswith("127.0.0.")))' \
		"$LAB/stdin.after_host.web1" >/dev/null ||
		flunk "$(cat "$LAB/stdin.after_host.web1")"
}

one_before_a_wave_that_fails_begins_none_of_it() {
	fresh
	after before_wave. 'exit 3'
	status 7 upgrade lab 0.2.0
	host 1 result failed
	host 2 result skipped
	said 'not begun: hook before_wave failed'
	untouched 1
	untouched 2
	around <<-END
		before_wave [1] [] [web1] []
		after_wave [1] [] [web1] [failed]
	END
	grep -q '^local on_failure lab .* \[failed\]$' "$LAB/log"
}

# The host that was taken out of a load balancer returns to it.
an_interruption_ends_the_one_before_a_host_but_not_the_one_after() {
	fresh
	after before_host.web1 'sleep 4325'
	after after_host.web1 "sleep 1; echo completed >'$LAB/then/end'"
	meanwhile upgrade lab 0.2.0
	while ! grep -q before_host "$LAB/around.log"; do sleep 0.1; done
	kill -TERM "$run"
	ended_with 130
	host 1 result skipped
	untouched 1
	equal 'the one after' "$(cat "$LAB/then/end")" completed
	around <<-END
		before_wave [1] [] [web1] []
		before_host [1] [web1] [web1 web2] []
		after_host [1] [web1] [web1 web2] [interrupted]
		after_wave [1] [] [web1] [interrupted]
	END
}

# A hook of relx itself, which runs at unpack, install and commit.
relx_hook() { # N
	! grep -q '"0.2.0"' "$LAB/web$1/releases/RELEASES" ||
		flunk '0.2.0 is unpacked already'
	echo "echo \"\$REL_VSN\" >>'$LAB/relx'" >"$LAB/web$1/bin/hook.sh"
	sed -i 's|^\(PRE_INSTALL_UPGRADE_HOOKS=\).*|\1"hook.sh"|' \
		"$LAB/web$1/bin/hotcode"
}

# relx_extended: the control script of the release does more than relx's own.
relx_extended() { # N
	sed -i "/^ *upgrade|downgrade/,/;;/s|^\\( *\\)exec .*install_upgrade|\\1echo branch >>'$LAB/branch'\\n&|" \
		"$LAB/web$1/bin/hotcode"
	sum=$(sha256sum <"$LAB/web$1/bin/hotcode" | cut -c1-64)
	sed -i "s|^[0-9a-f]\\{64\\}  bin/hotcode\$|$sum  bin/hotcode|" \
		"$LAB/web$1/.hdeploy/releases/0.1.0/manifest"
}

the_control_script_of_the_release_installs_if_it_does_more() {
	fresh
	cp "$LAB/web1/.hdeploy/releases/0.1.0/manifest" "$LAB/manifest"
	relx_extended 1
	status 0 upgrade lab 0.2.0 --limit web1
	cp "$LAB/manifest" "$LAB/web1/.hdeploy/releases/0.1.0/manifest"
	equal 'its own line ran' "$(sort -u "$LAB/branch")" branch
	status 0 rollback lab --limit web1
}

one_that_fails_on_a_host_after_takes_that_host_back() {
	fresh
	relx_hook 1
	after remote.after_upgrade 'exit 3'
	status 1 upgrade lab 0.2.0
	host 1 result undone
	host 2 result skipped
	said 'hook after_upgrade 0.2.0: exit status 3'
	equal "hooks of relx's own" "$(cat "$LAB/relx")" 0.1.0
	untouched 1
	grep -q '^remote web1 on_failure lab \[0.2.0\] .* \[undone\]$' "$LAB/log"
	equal 'after a run that changed nothing' \
		"$(grep -c '^[lo].* after_upgrade' "$LAB/log")" 0
	around <<-END
		before_wave [1] [] [web1] []
		before_host [1] [web1] [web1 web2] []
		after_host [1] [web1] [web1 web2] [undone]
		after_wave [1] [] [web1] [undone]
	END
}

one_that_fails_here_after_takes_all_back() {
	fresh
	after local.after_upgrade 'exit 3'
	status 1 upgrade lab 0.2.0
	host 1 result undone
	host 2 result undone
	untouched 1
	untouched 2
	said 'hook after_upgrade failed; found: 0.2.0 permanent; undone'
	equal 'once, after one here has failed' \
		"$(grep -c '^once.* after_upgrade' "$LAB/log")" 0
	grep ' \[\] .*web[12]\] \[undone' "$LAB/around.log" | sort >"$LAB/log.back"
	log "$LAB/log.back" <<-END
		after_host [] [web1] [web1 web2] [undone]
		after_host [] [web2] [web1 web2] [undone]
	END
	equal 'hooks before a host' "$(grep -c before_host "$LAB/around.log")" 4
}

an_interruption_after_goes_back_and_is_no_failure() {
	fresh
	after local.after_upgrade 'sleep 4323'
	meanwhile upgrade lab 0.2.0 --limit web1
	while ! grep -q 'local after_upgrade' "$LAB/log"; do sleep 0.1; done
	kill -TERM "$run"
	ended_with 130
	host 1 result undone
	said 'hook after_upgrade was interrupted; found: 0.2.0 permanent; undone'
	untouched 1
	equal 'hooks for a failure' "$(grep -c on_failure "$LAB/log")" 0
}

# No host has begun to go back, so there is nothing to resume.
a_second_interrupt_leaves_the_hosts_as_they_are() {
	fresh
	after local.after_upgrade 'trap "" TERM; sleep 4324'
	meanwhile upgrade lab 0.2.0 --limit web1
	while ! grep -q 'local after_upgrade' "$LAB/log"; do sleep 0.1; done
	kill -TERM "$run"
	sleep 0.8
	kill -TERM "$run"
	ended_with 130
	host 1 result ok
	said 'was interrupted; the upgrade itself succeeded'
	status 0 status lab --limit web1
	runs 1 0.2.0
	fresh
	status 0 rollback lab --limit web1
	untouched 1
}

around_an_upgrade() {
	fresh
	TRACEPARENT=00-1-2-01 OTEL_SERVICE_NAME=shop status 0 upgrade lab 0.2.0
	runs 2 0.2.0
	equal 'the trace' "$(cat "$LAB/otel")" '00-1-2-01 shop'
	around <<-END
		before_wave [1] [] [web1] []
		before_host [1] [web1] [web1 web2] []
		after_host [1] [web1] [web1 web2] [ok]
		after_wave [1] [] [web1] [ok]
		before_wave [2] [] [web2] []
		before_host [2] [web2] [web1 web2] []
		after_host [2] [web2] [web1 web2] [ok]
		after_wave [2] [] [web2] [ok]
	END
	jq -e '.hosts[0].result == "planned" and .hosts[0].after == "0.1.0"' \
		"$LAB/stdin.before_host.web1" >/dev/null
	jq -e '.hosts[0].result == "ok" and .hosts[0].after == "0.2.0" and
		.hosts[0].mode == "hot" and .ms > 0 and .status == 0' \
		"$LAB/stdin.after_host.web1" >/dev/null
	log <<-END
		local before_upgrade [0.2.0] [0.1.0] [web1 web2] []
		once web1 before_upgrade [0.2.0] [0.1.0] [web1 web2] []
		remote web1 before_upgrade [0.2.0] [0.1.0] [web1 web2] []
		remote web1 after_upgrade [0.2.0] [0.1.0] [web1 web2] [ok]
		remote web2 before_upgrade [0.2.0] [0.1.0] [web1 web2] []
		remote web2 after_upgrade [0.2.0] [0.1.0] [web1 web2] [ok]
		local after_upgrade [0.2.0] [0.1.0] [web1 web2] [ok]
		once web1 after_upgrade [0.2.0] [0.1.0] [web1 web2] [ok]
	END
}

an_interruption_does_not_end_the_one_after_a_host() {
	fresh
	after after_host.web1 ": >'$LAB/then/begun'; sleep 1; : >'$LAB/then/end'"
	meanwhile rollback lab
	until [ -e "$LAB/then/begun" ]; do sleep 0.1; done
	kill -TERM "$run"
	ended_with 130
	host 1 result ok
	host 2 result skipped
	[ -e "$LAB/then/end" ] || flunk 'it was ended'
	runs 1 0.1.0
	fresh
	status 0 upgrade lab 0.2.0
}

# The host itself is fine, but might be missing in a load balancer.
one_after_a_host_that_fails_stops_the_others() {
	fresh
	after after_host.web1 'exit 3'
	status 1 rollback lab
	host 1 result ok
	host 2 result skipped
	said 'hook after_host failed; the rollback itself succeeded'
	runs 1 0.1.0
	runs 2 0.2.0
	equal 'the last one' "$(tail -n 1 "$LAB/around.log")" \
		'after_wave [1] [] [web1] [failed]'
	fresh
	after after_wave. 'exit 3'
	status 1 upgrade lab 0.2.0
	host 1 result ok
	said 'hook after_wave failed; the upgrade itself succeeded'
	runs 1 0.2.0
}

after_a_rollback_whatever_they_do() {
	fresh
	after remote.after_rollback 'exit 3'
	after local.after_rollback 'exit 3'
	status 1 rollback lab
	untouched 1
	untouched 2
	host 2 result ok
	said 'the rollback itself succeeded'
	grep -v on_failure "$LAB/log" >"$LAB/log.run"
	log "$LAB/log.run" <<-END
		remote web1 after_rollback [0.1.0] [0.2.0] [web1 web2] [ok]
		remote web2 after_rollback [0.1.0] [0.2.0] [web1 web2] [ok]
		local after_rollback [0.1.0] [0.2.0] [web1 web2] [failed]
	END
}

after_a_stop() {
	fresh
	after remote.after_stop "[ \$NODE_NAME != web1@127.0.0.1 ]"
	status 1 stop lab
	said 'hook after_stop: exit status 1'
	said 'the stop itself succeeded'
	host 1 result ok
	down 1
	down 2
	grep -qxF 'local after_stop lab [] [0.1.0] [web1 web2] [failed]' "$LAB/log"
	status 0 history lab --limit web1 --count 1
	said 'stop 0.1.0'
}

check 'around a deploy' around_a_deploy
check 'one that fails after a push undoes nothing' \
	one_that_fails_after_a_push_undoes_nothing
check 'a dry run shows them and runs none' a_dry_run_shows_them_and_runs_none
check 'one that fails here before an upgrade stops it' \
	one_that_fails_here_before_an_upgrade_stops_it
check 'one that fails on a host before stops that host' \
	one_that_fails_on_a_host_before_stops_that_host
check 'one that takes too long is ended with all it started' \
	one_that_takes_too_long_is_ended_with_all_it_started
check 'an interruption ends the one here' an_interruption_ends_the_one_here
check 'one before a host that fails begins nothing there' \
	one_before_a_host_that_fails_begins_nothing_there
check 'one before a wave that fails begins none of it' \
	one_before_a_wave_that_fails_begins_none_of_it
check 'an interruption ends the one before a host, but not the one after' \
	an_interruption_ends_the_one_before_a_host_but_not_the_one_after
check 'one that fails on a host after takes that host back' \
	one_that_fails_on_a_host_after_takes_that_host_back
rarely 'the control script of the release installs if it does more' \
	the_control_script_of_the_release_installs_if_it_does_more
rarely 'one that fails here after takes all back' \
	one_that_fails_here_after_takes_all_back
rarely 'an interruption after goes back and is not a failure' \
	an_interruption_after_goes_back_and_is_no_failure
rarely 'a second interrupt leaves the hosts as they are' \
	a_second_interrupt_leaves_the_hosts_as_they_are
check 'around an upgrade' around_an_upgrade
rarely 'an interruption does not end the one after a host' \
	an_interruption_does_not_end_the_one_after_a_host
rarely 'one after a host that fails stops the others' \
	one_after_a_host_that_fails_stops_the_others
rarely 'after a rollback, which stays whatever they do' \
	after_a_rollback_whatever_they_do
rarely 'after a stop' after_a_stop
check_end
