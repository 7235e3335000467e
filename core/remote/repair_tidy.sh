# shellcheck shell=sh
# needs: driver leftovers loose repair_scratch write
# Removes leftovers of operations that were cut off. Nothing else runs: the
# caller has the lock, and operation.sh refuses a second operation.

# args: version
# version: it runs or boots, and stays as it is.
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	driver_restore
	tidy_scratch
	[ -s .hdeploy/switching ] || tidy_switch
	[ -s .hdeploy/placing ] || tidy_unpacked
	tidy_uploads
}

# Files that were ready to replace boot pointers and loose files.
tidy_switch() {
	for name in releases/*.new "bin/$app.new"; do
		[ ! -f "$name" ] || tidy_remove "$name"
	done
	for folder in .hdeploy/releases/*/; do
		v=${folder%/}
		! is_version "${v##*/}" || loose_names "${v##*/}"
	done | sort -u | while IFS= read -r name; do
		[ -f "$name.hdeploy-new" ] && loose_trusted "$name" || continue
		tidy_remove "$name.hdeploy-new"
	done || exit 1
}

# Pushed versions whose unpack was cut off: the next one would keep their files.
# The tarball that tools of the release look for is not one.
tidy_unpacked() {
	loose_boot_now
	for folder in releases/*/; do
		folder=${folder%/}
		v=${folder#releases/}
		is_version "$v" && [ -d "$folder" ] && [ ! -L "$folder" ] &&
			[ -d ".hdeploy/$folder" ] || continue
		[ ! -f "$folder/start.boot" ] && ! listed "$v" &&
			[ "$v" != "$boots" ] && [ "$v" != "$arg_version" ] &&
			[ "$v" != "$(driver_script_boot)" ] || continue
		[ -n "$(find "$folder" ! -type d ! -path "$folder/$app.tar.gz" |
			head -n 1)" ] || continue
		tidy_version "$v"
	done
}

tidy_version() { # VERSION
	ask_loaded
	case $used in
	*"/releases/$1/"*)
		say note "$root/releases/$1 stays: the VM still loads code from it"
		return
		;;
	esac
	echo "releases/$1, whose unpack was cut off, is removed"
	drop_leftovers "$1"
	shelf=$(driver_shelf "$1")
	[ -n "$shelf" ] && [ -f ".hdeploy/tarballs/$1.tar.gz" ] || return 0
	told mkdir -p "${shelf%/*}" &&
		told link_file ".hdeploy/tarballs/$1.tar.gz" "$shelf" ||
		fail "$root/$shelf cannot be written: $(reason)"
}
