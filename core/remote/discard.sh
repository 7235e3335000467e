# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Forgets a version that is neither running nor what boots. Its record and
# the kept tarball stay.

# main ROOT APP VERSION
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	! listed "$3" || driver_discard "$3"
	listed "$3" && fail "$3 is still in releases/RELEASES"
	drop_leftovers "$3"
}
