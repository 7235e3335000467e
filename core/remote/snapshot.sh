# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Keeps what decides which version boots, as it is now.

# main ROOT APP VERSION ID
main() {
	enter_root "$1"
	umask 077
	target=.hdeploy/snapshots/$4
	[ ! -d "$target" ] || return 0
	mkdir -p .hdeploy/snapshots && rm -rf "$target.new" &&
		mkdir "$target.new" || fail "$root/$target cannot be made"
	for file in releases/RELEASES releases/start_erl.data "bin/$2" \
		"releases/$3/vm.args" "releases/$3/sys.config"; do
		[ ! -f "$file" ] || cp -p "$file" "$target.new/" ||
			fail "$file cannot be copied to $root/$target: is the disk full?"
	done
	sync
	mv "$target.new" "$target" || fail "$root/$target cannot be made"
	trim .hdeploy/snapshots 20
}
