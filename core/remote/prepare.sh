# shellcheck shell=sh
# needs: driver trust write
# Creates .hdeploy and the folders that a version is shipped to. Answers "id
# ID": the id of this root.

# args: version
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	shelf=$(driver_shelf "$arg_version")
	shelf=${shelf:-releases/}
	told mkdir -p "${shelf%/*}" ||
		fail "$root/${shelf%/*} cannot be made: $(reason)"
	umask 077
	told mkdir -p ".hdeploy/releases/$arg_version" .hdeploy/tarballs \
		.hdeploy/snapshots ||
		fail "$root/.hdeploy cannot be written to: $(reason)"
	# from an upload that broke off
	rm -rf ".hdeploy/releases/$arg_version"/*.part
	[ -s .hdeploy/id ] || told put_id ||
		fail "$root/.hdeploy/id cannot be written: $(reason)"
	say id "$(cat .hdeploy/id)"
}

put_id() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | write_file .hdeploy/id
}
