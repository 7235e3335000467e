# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Removes a version that is neither running nor what boots, with all that was
# kept of it.

# main ROOT APP VERSION
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	refuse_needed "$3"
	before=$(used_kib)
	! listed "$3" || driver_discard "$3"
	! listed "$3" || fail "$3 is still in releases/RELEASES"
	drop_leftovers "$3"
	# The record goes last: without it nobody knows that there is a rest.
	told rm -rf ".hdeploy/tarballs/$3.tar.gz" &&
		told rm -rf ".hdeploy/releases/${3:?}" ||
		fail "$root/.hdeploy/releases/$3 cannot be removed: $(reason)"
	after=$(used_kib)
	echo "$(((before - after) / 1024)) MiB won"
}

# The plan was made a moment ago, by what the node said; the files are asked
# once more before anything is removed for good.
refuse_needed() {
	erts='' version=''
	[ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data
	[ "$version" != "$1" ] && [ "$(driver_script_boot)" != "$1" ] ||
		fail "$1 is the version that would boot"
	ask_loaded
	case $used in
	*"/releases/$1/"*)
		fail "the VM still loads code from releases/$1" ;;
	esac
}

used_kib() {
	du -sk . 2>/dev/null | sed 's/[^0-9].*//'
}
