#!/bin/sh
# conformance.sh NAME [short]: what every driver must do, tried on one host with
# the driver of that row of tests/drivers/rows. What runs is asked without
# hdeploy. short: only the first cases, from an empty host to the next version
# and back.
# shellcheck disable=SC2034,SC2154,SC2317
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/drivers/row.sh

row "$1"
slice=${2:-whole}
LAB_HOSTS=1
lab_open
row_open

can() { # ABILITY
	case ,$abilities, in *",$1,"*) return 0 ;; esac
	return 1
}

# with NAME LINE...: $LAB/NAME.ini is deploy.ini with these lines in [lab].
with() {
	name=$1
	shift
	printf '%s\n' "$@" >"$LAB/lines"
	sed "/^\[lab\]/r $LAB/lines" "$LAB/deploy.ini" >"$LAB/$name.ini"
}

with auto 'upgrade = auto'
with soak 'soak = 60s'
with few 'keep = 0'
sed "s|^release .*|release = $LAB/{version}.tar.gz|" "$LAB/deploy.ini" \
	>"$LAB/own.ini"

# on VERSION: it runs and boots, and hdeploy says the same.
on() {
	equal 'what runs' "$(now)" "$1"
	equal 'what boots' "$(next)" "$1"
	nothing_left 1
	[ ! -e "$root/.hdeploy/change" ] || flunk 'a change goes on'
	status 0 status lab
	host 1 after "$1"
	host 1 boots "$1"
}

# boots_too VERSION: also after a crash of the machine.
boots_too() {
	crash
	equal 'what runs' "$(now)" down
	boot
	on "$1"
}

up_to() { # VERSION OPTION...: the way that this driver has
	can hot || set -- "$@" --cold
	status 0 upgrade lab "$@"
}

back() { # OPTION...
	can hot || set -- "$@" --cold
	status 0 rollback lab "$@"
}

# same_life MODE BEFORE: whether the change was hot, as the process tells.
same_life() {
	host 1 mode "$1"
	case $1 in
	hot) equal life "$(life)" "$2" ;;
	*) [ "$(life)" != "$2" ] || flunk 'it was never stopped' ;;
	esac
}

mode() { # of a change without --cold
	if can hot; then echo hot; else echo cold; fi
}

nothing_is_shipped_by_a_dry_run() {
	status 0 push lab 0.1.0 --dry-run
	[ ! -e "$root/releases" ] || flunk 'it was shipped'
}

a_first_push_fills_the_root() {
	status 0 push lab 0.1.0
	equal 'what boots' "$(next)" 0.1.0
	equal 'what runs' "$(now)" down
	layout 1
	status 1 status lab
}

start_returns_when_it_runs() {
	status 0 start lab
	on 0.1.0
	status 0 start lab
	host 1 result unchanged
}

the_next_push_only_ships() {
	was=$(life)
	status 0 push lab 0.2.0
	on 0.1.0
	equal life "$(life)" "$was"
	status 0 push lab 0.2.0
	host 1 result unchanged
}

a_dry_run_changes_nothing() {
	was=$(life)
	find "$root" -type f | sort >"$LAB/before"
	if can hot || can plain; then
		status 0 upgrade lab 0.2.0 --dry-run
	else
		status 4 upgrade lab 0.2.0 --dry-run
		said '--cold'
		status 0 upgrade lab 0.2.0 --cold --dry-run
	fi
	host 1 result planned
	on 0.1.0
	equal life "$(life)" "$was"
	find "$root" -type f | sort | diff "$LAB/before" -
}

it_goes_up() {
	was=$(life)
	remember
	up_to 0.2.0
	same_life "$(mode)" "$was"
	! can hot || remembers 0.2.0
	on 0.2.0
	host 1 result ok
	up_to 0.2.0
	host 1 result unchanged
}

it_boots_what_it_was_upgraded_to() {
	boots_too 0.2.0
}

it_goes_back() {
	was=$(life)
	remember
	back
	same_life "$(mode)" "$was"
	! can hot || remembers 0.1.0
	on 0.1.0
	status 0 rollback lab 0.1.0
	host 1 result unchanged
	boots_too 0.1.0
}

it_stops_and_starts() {
	status 0 stop lab
	equal 'what runs' "$(now)" down
	status 0 stop lab
	host 1 result unchanged
	status 0 start lab
	on 0.1.0
	was=$(life)
	status 0 restart lab
	on 0.1.0
	[ "$(life)" != "$was" ] || flunk 'it was never stopped'
}

it_runs_a_command_in_the_root() {
	status 0 run lab -- 'pwd -P'
	said "| $(cd "$root" && pwd -P)"
	status 1 run lab -- 'exit 3'
	said 'exit status 3'
}

it_goes_cold_and_back() {
	was=$(life)
	status 0 upgrade lab 0.2.0 --cold
	same_life cold "$was"
	on 0.2.0
	was=$(life)
	status 0 rollback lab --cold
	same_life cold "$was"
	on 0.1.0
}

auto_goes_as_it_can() {
	INI=auto.ini
	status 0 push lab "$apart"
	status 0 upgrade lab "$apart"
	host 1 mode cold
	said '(cold: '
	on "$apart"
	status 0 rollback lab
	on 0.1.0
	status 0 upgrade lab 0.2.0
	host 1 mode "$(mode)"
	on 0.2.0
	status 0 rollback lab
	host 1 mode "$(mode)"
	on 0.1.0
}

no_way_leads_there() {
	was=$(life)
	status 4 upgrade lab "$apart"
	said '--cold'
	on 0.1.0
	equal life "$(life)" "$was"
}

in_soak() { # OPTION...: returns when the upgrade soaks
	INI=soak.ini
	can hot || set -- "$@" --cold
	meanwhile upgrade lab 0.2.0 "$@"
	once_said 'soak 0.2.0 ...'
	INI=deploy.ini
	equal 'what runs' "$(now)" 0.2.0
}

a_crash_in_the_soak_goes_back() {
	in_soak
	! can two-phase || equal 'what boots' "$(next)" 0.1.0
	crash
	ended_with 1
	summary 1
	host 1 result undone
	on 0.1.0
	status 0 rollback lab
	said 'already undone'
	on 0.1.0
}

a_version_that_does_not_come_up_goes_back() {
	[ "$lame" != 0.9.0 ] || {
		make_lame
		INI=own.ini
	}
	status 0 push lab "$lame" --cold
	status 1 upgrade lab "$lame" --cold
	host 1 result undone
	INI=deploy.ini
	on 0.1.0
	equal 'left of it' "$(cd "$root" && ls -d "releases/$lame" \
		"lib/hotcode-$lame" 2>/dev/null)" ''
}

# killed_in STEP ARG...: kills hdeploy when the host has begun this step, and
# waits until the host has ended it.
killed_in() {
	step=$1
	shift
	: >"$LAB/mark"
	meanwhile "$@"
	until find "$root/.hdeploy/ops" -name name -newer "$LAB/mark" \
		-exec cat {} + 2>/dev/null | grep -qx "$step"; do
		kill -0 "$run" || flunk "it ended before its $step"
		sleep 0.05
	done
	kill -KILL "$run"
	ended_with 137
	while hd status lab | grep -q 'its [a-z]* still runs'; do
		sleep 0.2
	done
}

resume_goes_on_after_a_kill() {
	if can hot; then
		killed_in install upgrade lab 0.2.0
		status 0 resume lab
		on 0.2.0
		killed_in install rollback lab
		status 0 resume lab
		on 0.1.0
	fi
	if can plain; then
		killed_in switch upgrade lab 0.2.0
	else
		killed_in stop upgrade lab 0.2.0 --cold
	fi
	status 0 resume lab
	on 0.2.0
	status 0 rollback lab --cold
	on 0.1.0
}

# as_pushed TARBALL VERSION: it has the same files. A push packs a tarball again
# if others could write to its files.
as_pushed() {
	rm -rf "$LAB/one" "$LAB/other"
	mkdir "$LAB/one" "$LAB/other"
	tar -xzf "$1" -C "$LAB/one"
	tar -xzf "$releases/$2.tar.gz" -C "$LAB/other"
	diff -r "$LAB/one" "$LAB/other"
}

what_is_fetched_was_pushed() {
	for v in 0.1.0 0.2.0; do
		status 0 fetch lab "$v" --into "$LAB/got"
		as_pushed "$LAB/got/hotcode-$v.tar.gz" "$v"
	done
}

a_damaged_tarball_is_noticed() {
	size=$(wc -c <"$releases/$apart.tar.gz")
	head -c $((size / 2)) "$releases/$apart.tar.gz" >"$LAB/0.9.9.tar.gz"
	INI=own.ini
	status 7 push lab 0.9.9
	INI=deploy.ini
	kept=$root/.hdeploy/tarballs/0.2.0.tar.gz
	size=$(wc -c <"$kept")
	rm -f "$kept"
	head -c "$size" /dev/urandom >"$kept"
	status 1 fetch lab 0.2.0 --into "$LAB/bad"
	said 'is not the one that was pushed'
	rm -f "$kept"
	status 0 push lab 0.2.0
	as_pushed "$kept" 0.2.0
	up_to 0.2.0
	on 0.2.0
	back
	on 0.1.0
}

history_has_every_change() {
	status 0 history lab
	jq -rs '[.[] | select(.event == "past")] | .[-2:] |
		map("\(.command) \(.before) \(.after) \(.result)") | join(", ")' \
		"$LAB/events" >"$LAB/past"
	equal history "$(cat "$LAB/past")" \
		'upgrade 0.1.0 0.2.0 ok, rollback 0.2.0 0.1.0 ok'
	for word in push start stop restart upgrade rollback; do
		jq -es --arg w "$word" 'any(.event == "past" and .command == $w)' \
			"$LAB/events" >/dev/null || flunk "history has no $word"
	done
}

gone() { # VERSION
	equal "left of $1" "$(cd "$root" && ls -d "releases/$1" \
		"lib/hotcode-$1" ".hdeploy/tarballs/$1.tar.gz" \
		".hdeploy/releases/$1" 2>/dev/null)" ''
}

old_versions_are_pruned() {
	INI=few.ini
	up_to 0.2.0
	status 0 prune lab
	gone "$lame"
	status 0 prune lab
	host 1 result unchanged
	boots_too 0.2.0
	back
	on 0.1.0
	layout 1
}

check 'a dry run ships nothing' nothing_is_shipped_by_a_dry_run
check 'a first push fills the root' a_first_push_fills_the_root
check 'start returns when it runs' start_returns_when_it_runs
check 'the next push only ships' the_next_push_only_ships
check 'a dry run changes nothing' a_dry_run_changes_nothing
check 'it goes up' it_goes_up
check 'it boots the version that it was upgraded to' \
	it_boots_what_it_was_upgraded_to
check 'it goes back' it_goes_back
[ "$slice" = whole ] || { check_end; exit; }
check 'it stops and starts' it_stops_and_starts
check 'it runs a command in the root' it_runs_a_command_in_the_root
check 'it goes cold, and back' it_goes_cold_and_back
if ! can blind && ! can plain; then
	check 'auto goes as it can' auto_goes_as_it_can
	check 'no way leads there' no_way_leads_there
fi
check 'a crash in the soak goes back' a_crash_in_the_soak_goes_back
check 'a version that does not come up goes back' \
	a_version_that_does_not_come_up_goes_back
check 'resume goes on after a kill' resume_goes_on_after_a_kill
check 'a fetched tarball is the pushed one' what_is_fetched_was_pushed
check 'a damaged tarball is noticed' a_damaged_tarball_is_noticed
check 'history has every change' history_has_every_change
check 'old versions are pruned' old_versions_are_pruned
check_end
