# shellcheck shell=sh
# needs: driver_change leftovers
# Removes a version that neither runs nor boots, with its record and kept
# tarball.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	refuse_needed "$arg_version"
	before=$(used_kib)
	! listed "$arg_version" || driver_discard "$arg_version"
	! listed "$arg_version" ||
		fail "$arg_version is still in releases/RELEASES"
	drop_leftovers "$arg_version"
	# The record goes last: without it no later prune finds the other files.
	told rm -rf ".hdeploy/tarballs/$arg_version.tar.gz" &&
		told rm -rf ".hdeploy/releases/${arg_version:?}" ||
		fail "$root/.hdeploy/releases/$arg_version cannot be removed:" \
			"$(reason)"
	after=$(used_kib)
	echo "$(((before - after) / 1024)) MiB freed"
}

# The plan is based on earlier answers of the node. Before anything is removed
# for good, this checks the files and the VM again.
refuse_needed() {
	erts='' version=''
	[ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data
	[ "$version" != "$1" ] && [ "$(driver_script_boot)" != "$1" ] ||
		fail "$1 is the version that boots"
	ask_loaded
	case $used in
	*"/releases/$1/"*)
		fail "the VM still loads code from releases/$1" ;;
	esac
}

used_kib() {
	du -sk . 2>/dev/null | sed 's/[^0-9].*//'
}
