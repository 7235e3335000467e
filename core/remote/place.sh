# shellcheck shell=sh
# needs: driver_change files noted
# Unpacks the first release of this root, without a VM.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	[ ! -e releases/start_erl.data ] ||
		fail "$root already holds a release, which would be overwritten"
	kept_tarball "$arg_version"
	scratch=.hdeploy/tmp
	drop_cut_off "$arg_version"
	rm -rf "$scratch"
	told mkdir -p "$scratch" ||
		fail "$root/$scratch cannot be made: $(reason)"
	told unpack_kept "$scratch" ||
		fail "the tarball of $arg_version cannot be unpacked: $(reason)"
	echo "$scratch" | settle_modes || exit 1
	settle_private "$scratch/releases"
	check_files "$scratch" <"$notes/manifest"
	[ -s "$scratch/releases/start_erl.data" ] &&
		[ -d "$scratch/releases/$arg_version" ] ||
		fail "the tarball of $arg_version lacks" \
			"releases/start_erl.data or releases/$arg_version"
	place_runs "$arg_version"
	loose_store "$scratch" "$arg_version" 'cp -RPp'
	move_in "$arg_version"
	driver_placed "$arg_version"
	loose_mark "$arg_version"
	rm -rf "$scratch" "releases/$arg_version/$app.tar.gz" .hdeploy/placing
	unpacked_lines "$arg_version" | note_files "$arg_version"
}

# place_runs VERSION: fails, before anything is moved, unless the Erlang runtime
# of VERSION runs on this host and prints its version. With command.running
# nothing is tried: the VM may run in a container.
place_runs() {
	erts='' version=''
	read -r erts version <"$scratch/releases/start_erl.data"
	programs=$root/$scratch/erts-$erts/bin
	is_version "$erts" && [ -f "$programs/erlexec" ] &&
		! command_given running || return 0
	text=$(
		exec 3>&-
		unset ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS ERL_LIBS
		BINDIR=$programs ROOTDIR=$root/$scratch EMU=beam PROGNAME=erl
		export BINDIR ROOTDIR EMU PROGNAME
		"$programs/erlexec" -version 2>&1
	) && return
	code=$?
	printf '%s\n' "$text"
	fail "the Erlang runtime of $1 does not run on this host: erlexec ended" \
		"with status $code: $(printf '%s\n' "$text" | ends_of)"
}

# drop_cut_off VERSION: removes the files of an earlier place that was cut off:
# .hdeploy/placing lists them.
drop_cut_off() {
	[ -f .hdeploy/placing ] || return 0
	while IFS= read -r name; do
		rm -rf "./$name"
	done <.hdeploy/placing
	rm -rf "releases/${1:?}" .hdeploy/placing
	mkdir "releases/$1"
}

# move_in VERSION. start_erl.data is moved last: with it the release is
# complete.
move_in() {
	told list_new "$1" ||
		fail "$root/.hdeploy/placing cannot be written: $(reason)"
	while IFS= read -r name; do
		[ ! -e "$name" ] && [ ! -L "$name" ] ||
			fail "$root/$name is in the way: remove it"
	done <.hdeploy/placing.new
	move .hdeploy/placing.new .hdeploy/placing
	for file in "$scratch/releases/$1"/*; do
		move "$file" "releases/$1/"
	done
	while IFS= read -r name; do
		[ "$name" = releases/start_erl.data ] ||
			move "$scratch/$name" "$name"
	done <.hdeploy/placing
	sync
	move "$scratch/releases/start_erl.data" releases/start_erl.data
	sync_file releases/start_erl.data
}

# list_new VERSION: writes the names to move into .hdeploy/placing.new
list_new() {
	(cd "$scratch" && for name in * releases/*; do
		case $name in
		releases | "releases/$1") ;;
		*) printf '%s\n' "$name" ;;
		esac
	done) | { cat >.hdeploy/placing.new; }
}

move() { # FROM TO
	told mv -f "$1" "$2" ||
		fail "$1 cannot be moved to $root/$2: $(reason)"
}
