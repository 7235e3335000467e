# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Keeps what decides which version boots, as it is now.

# main ROOT APP VERSION ID
main() {
	enter_root "$1"
	umask 077
	keep_room
	target=.hdeploy/snapshots/$4
	[ ! -d "$target" ] || return 0
	new=.hdeploy/snapshot.new
	trap 'rm -rf "$new"' EXIT
	rm -rf "$new" && mkdir -p .hdeploy/snapshots "$new" ||
		fail "$root/$target cannot be made: is the disk full?"
	for file in releases/RELEASES releases/start_erl.data "bin/$2" \
		"releases/$3/vm.args" "releases/$3/sys.config"; do
		[ ! -f "$file" ] || cp -p "$file" "$new/" ||
			fail "$file cannot be copied to $root/$target: is the disk full?"
	done
	number_next .hdeploy/snapshots >"$new/number" ||
		fail "$root/$new/number cannot be written: is the disk full?"
	sync
	mv "$new" "$target" || fail "$root/$target cannot be made"
	trim .hdeploy/snapshots 20
}

# 1 MiB that operation.sh gives back when a disk that fills up meanwhile would
# keep this change from being ended or undone.
keep_room() {
	[ ! -f .hdeploy/reserve ] || return 0
	head -c 1048576 /dev/zero >.hdeploy/reserve.new 2>/dev/null &&
		mv -f .hdeploy/reserve.new .hdeploy/reserve || {
		rm -f .hdeploy/reserve.new
		fail "1 MiB cannot be written to $root/.hdeploy: is the disk full?"
	}
}
