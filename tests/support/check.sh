# shellcheck shell=sh
# Cases of a test script: check NAME FUNCTION runs a case in a subshell, which
# its first failing line ends, and prints how long it took. rarely NAME FUNCTION
# is a case that takes long and seldom fails alone: it runs with NIGHT=yes only,
# as in make check-nightly; the cases after it must not need it. check_end prints
# the count and exits.

check_passed=0
check_failed=0

check() { # NAME FUNCTION
	check_began=$(date +%s)
	# not as a condition, which would disable set -e
	(
		set -e
		"$2"
	) >"$LAB/case" 2>&1
	case $? in
	0)
		check_passed=$((check_passed + 1))
		echo "ok   $1 ($(($(date +%s) - check_began))s)"
		;;
	*)
		check_failed=$((check_failed + 1))
		echo "FAIL $1"
		sed 's/^/     /' "$LAB/case"
		;;
	esac
}

rarely() { # NAME FUNCTION
	[ "${NIGHT-}" != yes ] || check "$@"
}

check_end() {
	echo "$check_passed passed, $check_failed failed"
	[ "$check_failed" = 0 ]
}

flunk() {
	echo "$*"
	[ ! -f "$LAB/out" ] || sed 's/^/  | /' "$LAB/out"
	exit 1
}

# status WANTED ARG...: runs hdeploy and checks its exit status. Keeps its text
# for said and its events for summary.
status() {
	wanted=$1
	shift
	got=0
	hd --json "$@" >"$LAB/events" 2>"$LAB/out" || got=$?
	[ "$got" = "$wanted" ] || flunk "hdeploy $*: status $got, not $wanted"
	summary "$wanted"
}

# same_release TARBALL TARBALL: they have the same files. A push brings a
# tarball into chunks, so their bytes can differ.
same_release() {
	for release in "$1" "$2"; do
		rm -rf "$LAB/unpacked"
		mkdir "$LAB/unpacked"
		tar -xzf "$release" -C "$LAB/unpacked"
		(cd "$LAB/unpacked" && find . -type f -exec sha256sum {} + &&
		    find . ! -type d -printf '%m %p %l\n') |
			LC_ALL=C sort >"$LAB/files.new"
		[ -s "$LAB/files.new" ] || flunk "$release: no files"
		[ "$release" = "$1" ] || diff "$LAB/files.old" "$LAB/files.new"
		mv "$LAB/files.new" "$LAB/files.old"
	done
	rm -rf "$LAB/unpacked"
}

summary() { # STATUS: every event is JSON; the last has STATUS
	jq -es 'last | .event == "summary" and .status == '"$1" \
		"$LAB/events" >/dev/null || flunk "no summary with status $1"
}

# meanwhile ARG...: runs hdeploy in the background, with its pid in $run;
# ended_with STATUS waits for it.
meanwhile() {
	: >"$LAB/out"
	"$HDEPLOY" -f "$LAB/${INI:-deploy.ini}" --wait "${WAIT:-1m}" --json "$@" \
		>"$LAB/events" 2>"$LAB/out" &
	run=$!
}

ended_with() { # STATUS
	got=0
	wait "$run" || got=$?
	[ "$got" = "$1" ] || flunk "hdeploy: status $got, not $1"
}

once_said() { # TEXT: waits until the background run prints it
	until grep -q -F -e "$1" "$LAB/out"; do
		kill -0 "$run" || flunk "it ended and did not print: $1"
		sleep 0.1
	done
}

said() { # TEXT: somewhere in the text for people
	grep -q -F -e "$1" "$LAB/out" || flunk "did not print: $1"
}

# host N FIELD WANTED: a field of a host in the summary
host() {
	got=$(jq -rs --arg h "web$1" --arg f "$2" \
		'last.hosts[] | select(.host == $h) | .[$f] // "-"' "$LAB/events")
	[ "$got" = "$3" ] || flunk "web$1: $2 is \"$got\", not \"$3\""
}

# sent N TEST: fails unless TEST is true of $sent, the bytes that were sent to
# host N, and $size, the bytes of its whole shipment.
sent() {
	sent=$(jq -rs --arg h "web$1" \
		'last.hosts[] | select(.host == $h) | .sent' "$LAB/events")
	size=$(jq -rs --arg h "web$1" \
		'last.hosts[] | select(.host == $h) | .size' "$LAB/events")
	eval "[ $2 ]" || flunk "web$1: $sent of $size bytes were sent"
}

as_it_was_packed() { # N VERSION: the kept tarball
	equal "web$1 tarball" \
		"$(sha256sum <"$LAB/web$1/.hdeploy/tarballs/$2.tar.gz" | cut -c1-64)" \
		"$(sed -n 's/^sha256 //p' "$LAB/web$1/.hdeploy/releases/$2/record")"
}

# as_an_older_hdeploy_left_it N: a delta can copy nothing from its versions.
as_an_older_hdeploy_left_it() {
	rm -f "$LAB/web$1"/.hdeploy/releases/*/chunks
}

equal() { # WHAT GOT WANTED
	[ "$2" = "$3" ] || flunk "$1: \"$2\", not \"$3\""
}

# runs N VERSION: as the VM itself reports it: the release and the application.
runs() {
	got=$(lab_call "$1" 'L = release_handler:which_releases(),
		[V] = case [V || {_, V, _, current} <- L] of
			[] -> [V || {_, V, _, permanent} <- L]; C -> C end,
		{_, _, A} = lists:keyfind(hotcode, 1,
			application:which_applications()),
		list_to_atom(V ++ "/" ++ A).' | tr -d "'")
	equal "web$1 runs" "$got" "$2/$2"
}

# boots N VERSION: every boot pointer
boots() {
	equal "web$1 start_erl.data" \
		"$(cut -d' ' -f2 "$LAB/web$1/releases/start_erl.data")" "$2"
	equal "web$1 bin/hotcode" \
		"$(sed -n 's/^REL_VSN="\(.*\)"/\1/p' "$LAB/web$1/bin/hotcode")" \
		"$2"
}

down() { # N
	equal "web$1 beams" "$(lab_beams "$LAB/web$1")" ""
}

state() { # N: the demo server's state; the order of maps is OTP's own
	lab_call "$1" 'lists:sort(maps:to_list(demo_server:get())).' |
		tr -d ' '
}

vm_id() { # N: changes with every start of the VM, also in process
	lab_call "$1" '{os:getpid(), erlang:system_info(creation)}.'
}

# nothing_left N: no partial upload or unpacked release, no operation
nothing_left() {
	equal "web$1 left" "$(find "$LAB/web$1" -name '*.part' -o \
		-path '*/.hdeploy/tmp/*' | head -3)" ""
}

# layout N: docs/on-host-layout.md has a line for every file in .hdeploy of host
# N.
layout() {
	check_undocumented "$1" >"$LAB/undocumented"
	[ ! -s "$LAB/undocumented" ] ||
		flunk "not in docs/on-host-layout.md: $(cat "$LAB/undocumented")"
}

check_undocumented() { # N
	layout_patterns >"$LAB/layout"
	(cd "$LAB/web$1/.hdeploy" && find . ! -type d) | sed 's|^[.]/||' |
		grep -vxE -f "$LAB/layout" || : # all documented
}

# The names in the first column of its tables. A word in capitals matches any
# text without a slash, and a folder all files in it.
layout_patterns() {
	sed '/^## Outside/,$d' docs/on-host-layout.md | awk -F '|' '
		/^[|] `/ {
			n = split($2, part, "`")
			for (i = 2; i < n; i += 2)
				print part[i]
		}' | sed -E 's/[.]/[.]/g
		s/(CHANGE|VERSION|NAME|RANDOM|CREATION|APP|PID|ID|N)/[^\/]+/g
		s,/$,/.*,'
}
