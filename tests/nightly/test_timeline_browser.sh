#!/bin/sh
# The pages of --timeline and of history in a browser: 200 hosts, one host, light
# and dark, with the keyboard, on a telephone, on paper.
# shellcheck disable=SC2317 # functions are called by check
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/check.sh
command -v chromium >/dev/null || {
	echo 'needs chromium (Debian: apt-get install chromium)'
	exit 77
}
LAB=$(mktemp -d) || exit 1
trap 'rm -rf "$LAB"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}

# opens N HOST,...: the page of such an upgrade; the answers are in $LAB/answers
opens() {
	python3 tests/support/fleet_events.py "$@" >"$LAB/events" &&
		"$HDEPLOY" timeline "$LAB/events" -o "$LAB/page.html" &&
		browse
}

browse() {
	python3 tests/support/browser.py "$LAB/page.html" "$LAB" >"$LAB/answers"
}

answer() { # NAME
	sed -n "s/^$1: //p" "$LAB/answers"
}

is() { # NAME ANSWER
	equal "$1" "$(answer "$1")" "$2"
}

less() { # NAME ANSWER MAX
	[ "$2" -lt "$3" ] || flunk "$1: $2, not less than $3"
}

a_page_of_200_hosts_opens_within_a_second() {
	opens 200 web61,web150 || flunk 'it does not open'
	less bytes "$(wc -c <"$LAB/page.html")" 200000
	is title 'upgrade prod 0.2.0: failed'
	is lanes 201
	is rows 200
	less load "$(answer load)" 1000
}

it_needs_nothing_and_runs_nothing() {
	is scripts 0
	is requests 0
	is policy True
}

it_is_light_or_dark() {
	is light 'rgb(255, 255, 255)'
	is dark 'rgb(18, 22, 29)'
	for picture in light dark open phone; do
		[ -s "$LAB/$picture.png" ] || flunk "no $picture.png"
	done
	! cmp -s "$LAB/light.png" "$LAB/dark.png" || flunk 'dark is light'
}

the_tab_key_unfolds_a_lane() {
	is focus OL
	less 'folded lane' "$(answer folded)" 30
	[ "$(answer unfolded)" -gt 200 ] || flunk "$(answer unfolded) px"
}

it_fits_a_telephone() {
	is phone False
	is wide False
	is print False
}

a_page_of_one_host_opens() {
	opens 1 || flunk 'it does not open'
	is title 'upgrade prod 0.2.0: ok'
	is rows 1
	is wide False
}

# 60 local hosts, of which one undid its upgrade and one writes markup; another
# does not answer.
history() {
	python3 tests/support/fleet_history.py "$LAB" 60 &&
		cat >"$LAB/deploy.ini" <<-END &&
			[app]
			name = hotcode
			driver = relx
			release = {version}.tar.gz
			[prod]
			path = $LAB/{host}
			connection = local
			host = web[1-60]
			host = web61 127.0.0.2:9
			[prod:web61]
			connection = ssh
		END
		{ "$HDEPLOY" -f "$LAB/deploy.ini" history prod --html \
			-o "$LAB/page.html" >/dev/null 2>&1 || [ $? = 3 ]; } &&
		browse
}

a_page_of_a_history_opens() {
	history || flunk 'it does not open'
	is title 'prod: history'
	is days 5
	is changes 8
	less load "$(answer load)" 1000
	it_needs_nothing_and_runs_nothing
	is light 'rgb(255, 255, 255)'
	is dark 'rgb(18, 22, 29)'
	it_fits_a_telephone
}

check 'a page of 200 hosts opens within a second' \
	a_page_of_200_hosts_opens_within_a_second
check 'it needs nothing and runs nothing' it_needs_nothing_and_runs_nothing
check 'it is light or dark' it_is_light_or_dark
check 'the Tab key unfolds a lane' the_tab_key_unfolds_a_lane
check 'it fits a telephone' it_fits_a_telephone
check 'a page of one host opens' a_page_of_one_host_opens
check 'a page of a history opens' a_page_of_a_history_opens
check_end
