#!/bin/sh
# relup = auto: hosts run different versions, and a checkout that has only the
# build of the next one upgrades all of them, hot.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/checkout.sh
LAB_HOSTS=2
lab_open

appup() { # INSTRUCTION FROM...
	how=$1 ways=
	shift
	for from; do
		step=$(echo "$how" | sed "s/FROM/\"$from\"/")
		ways="$ways${ways:+, }{\"$from\", [$step]}"
	done
	echo "{\"0.3.0\", [$ways], [$ways]}." >"$job/appup/hotcode.appup"
}

hosts_run_two_versions() {
	checkout one 0.1.0 money keep
	status 0 push lab --limit web1
	said 'relup: ok'
	said 'none needed'
	checkout two 0.2.0 salary migrate
	status 0 push lab --limit web2
	status 0 start lab
	for n in 1 2; do
		lab_call "$n" "demo_server:add($n)." >/dev/null
		vm_id "$n" >"$LAB/vm.$n"
	done
	rm -rf "$LAB/one" "$LAB/two"
}

# shellcheck disable=SC2016 # text
a_missing_appup_is_named() {
	status 4 push lab
	said 'hotcode 0.1.0 -> 0.3.0 has no appup: write appup/hotcode.appup'
	said 'hotcode 0.2.0 -> 0.3.0 has no appup'
	said '`hdeploy fetch lab 0.1.0` and `hdeploy appup 0.1.0 _build/prod/'
	[ ! -e "$LAB/web1/releases/0.3.0" ] || flunk 'it was shipped'
	hd build >"$LAB/out" 2>&1
	said 'made by push, for the versions that run'
	status 4 check lab 0.3.0
	host 1 verdict 'cold only'
	host 2 verdict 'cold only'
	sed -i '/^relup/a appup = auto' "$job/deploy.ini"
	status 4 push lab --dry-run
	said 'hotcode 0.1.0 -> 0.3.0: a person must complete the draft of its appup: demo_server: its state changes from #{money => _, name => _} to #{name => _, salary => _}, but on the way down'
	status 0 push lab --dry-run --limit web2
	said 'hotcode 0.2.0 -> 0.3.0: its appup was drafted (appup = auto)'
	said 'up from 0.2.0; down to 0.2.0'
	[ ! -e "$LAB/web1/releases/0.3.0" ] || flunk 'it was shipped'
	sed -i '/^appup/d' "$job/deploy.ini"
}

hosts_that_can_go_cold_only_get_a_note() {
	sed -i 's/^\[lab\]/&\nupgrade = auto/' "$job/deploy.ini"
	status 0 push lab --dry-run
	said 'hotcode 0.1.0 -> 0.3.0 has no appup'
	said 'none leads hot'
	sed -i '/^upgrade/d' "$job/deploy.ini"
}

without_erlang_the_error_says_so() {
	mkdir -p "$LAB/bin"
	for tool in sh env; do
		ln -sf "$(command -v $tool)" "$LAB/bin/$tool"
	done
	(
		set +e
		PATH=$LAB/bin
		export PATH
		cd "$job" || exit
		HOME="$job/home" "$HDEPLOY" push lab
		equal status $? 7
	) >"$LAB/out" 2>&1
	said 'there is no erl in PATH on this machine'
	[ ! -e "$LAB/web1/releases/0.3.0" ] || flunk 'it was shipped'
}

an_incomplete_appup_is_refused() {
	appup '' 0.1.0 0.2.0
	status 4 push lab
	said 'hotcode 0.1.0 -> 0.3.0: demo_server changed, and the appup has no instruction for it'
	said 'hotcode 0.3.0 -> 0.2.0: demo_server changed, and the appup has no instruction for it'
}

a_draft_is_refused() {
	appup '{load_module, demo_server}' 0.1.0
	echo '%% draft' >>"$job/appup/hotcode.appup"
	status 4 push lab
	said 'appup/hotcode.appup is a draft'
	said 'appup/hotcode.appup has no entry for 0.2.0'
}

a_check_ships_nothing() {
	appup '{update, demo_server, {advanced, FROM}}' 0.1.0 0.2.0
	status 0 check lab 0.3.0
	for n in 1 2; do
		host "$n" verdict hot
		host "$n" stops 0
		[ ! -e "$LAB/web$n/.hdeploy/releases/0.3.0" ] ||
			flunk 'it was shipped'
	done
}

one_push_serves_both() {
	appup '{update, demo_server, {advanced, FROM}}' 0.1.0 0.2.0
	find "$job/_build" -type f | sort | xargs cksum >"$LAB/built"
	status 0 push lab
	find "$job/_build" -type f | sort | xargs cksum | cmp - "$LAB/built"
	status 0 upgrade lab 0.3.0
	for n in 1 2; do
		runs "$n" 0.3.0
		boots "$n" 0.3.0
		host "$n" mode hot
		equal "web$n state" "$(state "$n")" \
			"[{name,\"ann\"},{salary,$((100 + n))}]"
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
	done
}

# A build that sends SIGTERM to hdeploy, which is its parent.
an_interruption_leaves_no_tarballs_here() {
	cat >"$LAB/interrupt" <<-END
		for f in /tmp/hdeploy-??????/hotcode-0.1.0.tar.gz; do
			! cmp -s "\$f" $LAB/web1/.hdeploy/tarballs/0.1.0.tar.gz ||
				echo "\$f" >>$LAB/fetched
		done
		kill -TERM "\$PPID"
		sleep 600
	END
	sed "s|^relup|build = exec sh $LAB/interrupt\\
&|" "$job/deploy.ini" >"$job/interrupted.ini"
	got=0
	hd -f interrupted.ini push lab >"$LAB/out" 2>&1 || got=$?
	equal status "$got" 130
	[ -s "$LAB/fetched" ] || flunk 'nothing was fetched'
	while read -r f; do
		[ ! -e "$f" ] || flunk "$f is left"
	done <"$LAB/fetched"
}

# Other versions run now, so that another relup, or none, would be made.
a_second_run_changes_nothing() {
	status 0 deploy lab
	said 'none needed'
	host 1 result unchanged
	host 2 result unchanged
}

# A relup that fits one could leave old code on the other.
builds_that_differ_are_not_mixed() {
	record=$LAB/web2/.hdeploy/releases/0.3.0/record
	cp "$record" "$LAB/record"
	sed -i 's/^identity ......../identity 01234567/' "$record"
	new=$job
	checkout four 0.2.0 salary migrate
	status 4 push lab --dry-run
	said 'web1 and web2 run different builds of 0.3.0'
	status 7 push lab --dry-run --limit web2
	said 'the fetched tarball of 0.3.0 is not the release that the hosts recorded'
	cp "$LAB/record" "$record"
	job=$new
}

each_host_goes_back_hot() {
	status 0 rollback lab 0.1.0 --limit web1
	host 1 mode hot
	equal state "$(state 1)" '[{money,101},{name,"ann"}]'
	status 0 rollback lab 0.2.0 --limit web2
	host 2 mode hot
	status 0 push lab --limit web2 # its relup would lead from 0.2.0 only
	said '0.3.0 is already on the host'
}

a_tarball_that_was_not_kept_is_named() {
	rm "$LAB"/web?/.hdeploy/tarballs/0.1.0.tar.gz
	status 4 push lab --limit web1
	said 'the tarball of 0.1.0 on web1'
	said 'push the same build of 0.1.0 again'
	status 0 push lab --limit web1 --cold
}

check 'hosts run two versions' hosts_run_two_versions
checkout three 0.3.0 salary migrate
hd build >/dev/null 2>&1
build_no_more
rarely 'a missing appup is named' a_missing_appup_is_named
rarely 'hosts that can go cold only get a note' \
	hosts_that_can_go_cold_only_get_a_note
check 'without Erlang the error says so' without_erlang_the_error_says_so
check 'an incomplete appup is refused' an_incomplete_appup_is_refused
rarely 'a draft is refused' a_draft_is_refused
check 'an interruption leaves no tarballs here' \
	an_interruption_leaves_no_tarballs_here
rarely 'a check ships nothing' a_check_ships_nothing
check 'one push serves hosts of two versions, hot' one_push_serves_both
rarely 'a second run changes nothing' a_second_run_changes_nothing
rarely 'builds that differ are not mixed' builds_that_differ_are_not_mixed
rarely 'each host goes back hot' each_host_goes_back_hot
rarely 'a tarball that was not kept is named' \
	a_tarball_that_was_not_kept_is_named
check_end
