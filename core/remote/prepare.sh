# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Makes the folders that a version is shipped to.

# main ROOT APP VERSION
main() {
	enter_root "$1"
	is_version "$3" || fail "bad version"
	told mkdir -p "releases/$3" ||
		fail "$root/releases/$3 cannot be made: $(reason)"
	umask 077
	told mkdir -p ".hdeploy/releases/$3" .hdeploy/tarballs \
		.hdeploy/snapshots ||
		fail "$root/.hdeploy cannot be written to: $(reason)"
	rm -rf ".hdeploy/releases/$3"/*.part # of an upload that broke off
	[ -s .hdeploy/id ] || told put_id ||
		fail "$root/.hdeploy/id cannot be written: $(reason)"
	say id "$(cat .hdeploy/id)"
}

put_id() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | write_file .hdeploy/id
}
