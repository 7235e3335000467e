# shellcheck shell=sh
# needs: snapshot
# Records the version that runs, before a change.

# args: version change [repair]
# change: its id. repair: "yes" if the version stays.
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	umask 077
	keep_room
	target=.hdeploy/snapshots/$arg_change
	[ ! -d "$target" ] || return 0
	new=.hdeploy/snapshot.new
	trap 'rm -rf "$new"' EXIT
	told rm -rf "$new" && told mkdir -p .hdeploy/snapshots "$new" ||
		fail "$root/$new cannot be made: $(reason)"
	told put_version && told put_number &&
		{ [ -z "$arg_repair" ] || told put_repair; } ||
		fail "$root/$new cannot be written: $(reason)"
	sync
	told mv "$new" "$target" ||
		fail "$root/$target cannot be made: $(reason)"
	trim .hdeploy/snapshots 20
}

put_version() {
	printf '%s\n' "$arg_version" >"$new/current"
}
