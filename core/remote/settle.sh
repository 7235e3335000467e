# shellcheck shell=sh
# needs: command unit
# The modes of what was unpacked.

# settle_modes: of paths on stdin that were just unpacked. Unpackers set what
# the tar says, and give folders that it does not name what the umask leaves.
settle_modes() {
	while IFS= read -r path; do
		[ -n "$path" ] || continue # none, which is not all
		path=./$path
		[ -e "$path" ] && [ ! -L "$path" ] || continue
		chmod -R go-w "$path" &&
			find "$path" -type f '(' -perm -4000 -o -perm -2000 ')' \
				-exec chmod u-s,g-s '{}' + ||
			fail "$root/$path: rights of others to write, or set-id" \
				"bits, cannot be taken away"
	done
}

# release_umask: sets hd_mask, with which a release is unpacked and configured:
# the login's umask, as by hand. Where another user runs the VM, who has to read
# it, 022.
release_umask() {
	hd_mask=$hd_umask
	if [ -n "$hd_unit" ] && [ "$hd_manager" = system ]; then
		hd_runs_as=$(service_get User)
		case ${hd_runs_as:-root} in
		"$(id -un)" | "$(id -u)") ;;
		*) hd_mask=022 ;;
		esac
	elif command_given start || command_given upgrade; then
		hd_mask=022
	fi
	hd_name=${hd_mask%?}
	hd_private="g-w$(mode_of "${hd_name#"${hd_name%?}"}"),o-w$(mode_of \
		"${hd_mask#"$hd_name"}")"
}

mode_of() { # DIGIT
	case $1 in [4567]) printf r ;; esac
	case $1 in [1357]) printf x ;; esac
}

# settle_private PATH: takes away what that umask does, of which neither
# release_handler nor a tar as root knows: configuration may hold secrets.
settle_private() {
	release_umask
	find "$1" -type f -exec chmod "$hd_private" '{}' + ||
		fail "$root/$1 cannot be kept from others"
}
