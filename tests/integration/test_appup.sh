#!/bin/sh
# Drafts of appups lead a real node to the new code and back, or say what a
# person must write. tests/nightly/test_appup_all.sh tries all kinds of change.
cd "$(dirname "$0")/../.." || exit 1
. tests/support/check.sh
. tests/support/appup.sh
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
LAB=$(mktemp -d)
trap 'rm -rf "$LAB"' EXIT

few='state soft child_added removed mode record children bare_state'

every_row() {
	appup 0 old new
	# shellcheck disable=SC2086 # words
	appup_lines $few >"$LAB/rows"
	appup_rows <"$LAB/rows"
}

notices_old_code() {
	echo '{"2", [{"1", []}], [{"1", []}]}.' \
		>"$LAB/new/lib/soft-2/ebin/soft.appup"
	! escript tests/support/appup.escript "$LAB" soft '{old,7}' '{new,7}' \
		>"$LAB/out" || flunk "an empty appup passed"
	said 'FAIL soft'
	rm "$LAB/new/lib/soft-2/ebin/soft.appup"
}

partial() {
	echo '{"2", [{"1", [{load_module, removed}]}], [{"1", []}]}.' \
		>"$LAB/new/lib/removed-2/ebin/removed.appup"
	appup 4 old new
	said 'lib/removed-2/ebin/removed.appup of the new release has no instruction for removed, removed_old: add them, or the node does not load these changes'
	rm "$LAB/new/lib/removed-2/ebin/removed.appup"
}

never_overwrites() {
	cp "$LAB/appup/state.appup" "$LAB/before"
	rm "$LAB/new/lib/state-2/ebin/state.appup"
	appup 2 old new
	said 'appup/state.appup is still a draft: review it, and remove its line "%% draft"'
	cmp "$LAB/before" "$LAB/appup/state.appup"
}


# The file gets a second entry; both are read as systools reads them.
several_versions() {
	sed '/^%% draft$/d; s/"1"/"0.9"/' "$LAB/before" \
		>"$LAB/appup/state.appup"
	appup 2 old new
	said 'appup/state.appup has no entry for 1 and was not changed: --dry-run shows the file with this entry added'
	appup 2 old new --dry-run
	sed -n '/^%% appup\/state.appup/,/^$/p' "$LAB/out" >"$LAB/both.appup"
	grep -q '^%% draft$' "$LAB/both.appup"
	equal ways "$(erl -noshell -eval "{ok, [{\"2\", U, D}]} =
		file:consult(\"$LAB/both.appup\"),
		io:format(\"~w\", [[list_to_atom(V) || {V, [_]} <- U ++ D]]),
		halt().")" "['1','0.9','1','0.9']"
}

another_version() {
	echo '{"1.5", [{"1", []}], [{"1", []}]}.' >"$LAB/appup/state.appup"
	appup 2 old new
	said 'appup/state.appup is for version 1.5 and was not changed'
}

by_version() {
	mkdir -p "$LAB/both"
	cp -a "$LAB/old/." "$LAB/new/." "$LAB/both"
	rm -rf "$LAB/appup"
	appup 0 1 both
	said 'wrote appup/state.appup'
	# shellcheck disable=SC2046 # names
	tar -C "$LAB/old" -czf "$LAB/rows-1.tar.gz" $(ls "$LAB/old")
	rm -rf "$LAB/appup"
	appup 0 1 new
	said 'wrote appup/state.appup'
	appup 2 0.7 new
	said 'release 0.7 is not on this machine: give its folder or tarball'
	appup 2 new both
	said 'both releases are version 2'
}

only_in_one() {
	for side in old new; do
		rm -rf "$LAB/less"
		cp -a "$LAB/$side" "$LAB/less"
		sed -i 's/{mode,"[12]"},//' "$LAB"/less/releases/?/rows.rel
		case $side in
		old)
			appup 2 less new --dry-run
			said 'the application mode is new: the relup starts it without an appup'
			;;
		*)
			appup 2 old less --dry-run
			said 'the application mode is gone: the relup stops and removes it without an appup'
			;;
		esac
	done
}

another_runtime() {
	rm -rf "$LAB/less"
	cp -a "$LAB/new" "$LAB/less"
	mv "$LAB"/less/erts-* "$LAB/less/erts-99.0"
	echo '99.0 2' >"$LAB/less/releases/start_erl.data"
	sed -i 's/{erts,"[^"]*"}/{erts,"99.0"}/' "$LAB/less/releases/2/rows.rel"
	appup 4 old less
	said 'to 99.0, which no appup can do: upgrade by stop and start (--cold)'
}

same_version() {
	cp -a "$LAB/old" "$LAB/same"
	mv "$LAB/same/releases/1" "$LAB/same/releases/2"
	printf %s "$(sed 's/1$/2/' "$LAB/same/releases/start_erl.data")" \
		>"$LAB/same/releases/start_erl.data"
	sed -i 's/{"rows","1"}/{"rows","2"}/' "$LAB/same/releases/2/rows.rel"
	cp "$LAB/new/lib/soft-2/ebin/soft_server.beam" \
		"$LAB/same/lib/soft-1/ebin/soft_server.beam"
	appup 4 old same
	said 'soft is version 1 in both releases, but its module soft_server differs: give soft a new version, and build again'
}

garbage() {
	echo '{application' >"$LAB/new/lib/state-2/ebin/state.app"
	rm -rf "$LAB/appup"
	appup 4 old new
	said 'state.app: '
	[ ! -d "$LAB/appup" ] || flunk "something was written"
}

no_erlang() {
	got=0
	(cd "$LAB" && PATH=/nowhere "$HDEPLOY" appup old new) \
		>"$LAB/out" 2>&1 || got=$?
	equal status "$got" 7
	said 'appup: there is no erl in PATH on this machine'
}

# shellcheck disable=SC2086 # words
appup_open $few || exit 1
check "each draft leads to the new code and back, or says what is missing" \
	every_row
check "this test notices old code" notices_old_code
check "an appup that names only some of the changed modules is refused" partial
check "an existing draft is not overwritten" never_overwrites
rarely "an entry for another version is added to the existing ones" \
	several_versions
check "an appup of another version is named" another_version
check "releases are named by folder, tarball or version" by_version
rarely "an application that only one release has needs no appup" only_in_one
rarely "another Erlang runtime is refused" another_runtime
rarely "other code under the same version is refused" same_version
check "a broken .app file is refused" garbage
check "without Erlang it says so" no_erlang
check_end
