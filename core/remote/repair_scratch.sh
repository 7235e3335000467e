# shellcheck shell=sh
# needs: call
# Leftovers in .hdeploy of operations that were cut off.

# Scratch of .hdeploy, which only we can write to.
tidy_scratch() {
	cookie_homes_end
	for name in .hdeploy/tmp .hdeploy/new .hdeploy/snapshot.new \
		.hdeploy/try.* .hdeploy/*.new .hdeploy/sys.config.* \
		.hdeploy/probe.* .hdeploy/room .hdeploy/releases/*/*.new; do
		[ -e "$name" ] || [ -L "$name" ] || continue
		tidy_remove "$name"
	done
}

tidy_uploads() {
	for name in .hdeploy/releases/*/*.part; do
		[ ! -f "$name" ] || tidy_remove "$name"
	done
	# without its record a version was never here
	for folder in .hdeploy/releases/*/; do
		[ ! -d "$folder" ] || rmdir "$folder" 2>/dev/null || :
	done
}

tidy_remove() {
	told rm -rf "$1" || fail "$root/$1 cannot be removed: $(reason)"
	echo "$1 is removed"
}
