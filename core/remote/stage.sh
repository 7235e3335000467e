# shellcheck shell=sh
# needs: config driver_change leftovers loose_store mend noted offline unpacked
# Unpacks a version next to the running one, without the node. Changes nothing
# that the node uses, not even its list of releases. switch.sh makes the version
# boot.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	notes=.hdeploy/releases/$arg_version
	list_is_whole
	staged "$arg_version" || {
		kept_tarball "$arg_version"
		drop_leftovers "$arg_version"
		(stage "$arg_version") || {
			drop_leftovers "$arg_version"
			exit 1
		}
	}
	# A release that was here before hdeploy has no record.
	[ ! -f "$notes/record" ] || {
		kept_manifest "$arg_version"
		mend "$arg_version"
		check_known "$arg_version"
		unpacked_lines "$arg_version" | note_files "$arg_version" "$unlike"
	}
	loose_make "$arg_version" && loose_make "$boots" || exit 1
	driver_config "$arg_version"
	proto_fits "$arg_version"
	config_check_cold "$arg_version" || exit 1
}

# staged VERSION: whether it is already unpacked, by this script or as the first
# release. Without a list, its files must be complete and unchanged.
staged() {
	! listed "$1" || return 0
	[ -f "releases/$1/start.boot" ] || return 1
	[ ! -s "$notes/entry" ] || return 0
	! has_list || return 1
	[ ! -f "$notes/record" ] || (check_unpacked "$1") 3>/dev/null
}

# stage VERSION: existing files stay; the check afterwards fails if they differ.
stage() {
	unpack_aside "$1"
	brings=
	read -r brings version <"$scratch/releases/start_erl.data"
	is_version "$brings" && [ -f "$scratch/releases/$1/start.boot" ] &&
		[ -x "$scratch/erts-$brings/bin/erlexec" ] ||
		fail "the tarball of $1 brings no Erlang runtime, or no" \
			"releases/$1/start.boot"
	driver_staged "$1"
	stage_move . "$scratch"/erts-*
	stage_move lib "$scratch"/lib/*
	stage_move releases "$scratch"/releases/*/
	loose_store "$scratch" "$1"
	check_unpacked "$1"
	sync
	write_entry "$1" "$brings"
}
