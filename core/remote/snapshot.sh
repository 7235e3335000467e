# shellcheck shell=sh
# needs: driver folders trust write
# Copies the boot pointers and the configuration of a version, before a change.

# args: version change [repair]
# change: its id. repair: "yes" if the version stays.
main() {
	enter_root "$arg_root"
	umask 077
	keep_room
	target=.hdeploy/snapshots/$arg_change
	[ ! -d "$target" ] || return 0
	new=.hdeploy/snapshot.new
	trap 'rm -rf "$new"' EXIT
	{ [ ! -e "$new" ] && [ ! -L "$new" ] || told rm -rf "$new"; } &&
		told mkdir -p .hdeploy/snapshots "$new" ||
		fail "$root/$new cannot be made: $(reason)"
	set --
	for file in releases/RELEASES releases/start_erl.data "bin/$arg_app" \
		"releases/$arg_version/vm.args" \
		"releases/$arg_version/sys.config"; do
		[ ! -f "$file" ] || set -- "$@" "$file"
	done
	[ "$#" = 0 ] || told cp -p "$@" "$new/" ||
		fail "$* cannot be copied to $root/$new: $(reason)"
	told put_number && { [ -z "$arg_repair" ] || told put_repair; } ||
		fail "$root/$new/number cannot be written: $(reason)"
	sync_file "$new"/* "$new"
	told mv "$new" "$target" ||
		fail "$root/$target cannot be made: $(reason)"
	trap - EXIT
	trim .hdeploy/snapshots 20
}

# The reserve: 1 MiB that operation.sh frees if the disk fills up, so that this
# change can still be ended or undone.
keep_room() {
	[ ! -f .hdeploy/reserve ] || return 0
	told put_reserve || {
		why=$(reason)
		rm -f .hdeploy/reserve.new
		fail "1 MiB cannot be written to $root/.hdeploy: $why"
	}
}

put_number() {
	number_next .hdeploy/snapshots >"$new/number"
}

# Its boot pointers are not those of a version to go back to.
put_repair() {
	: >"$new/repair"
}

put_reserve() {
	head -c 1048576 /dev/zero | { cat >.hdeploy/reserve.new; } &&
		mv -f .hdeploy/reserve.new .hdeploy/reserve
}
