# shellcheck shell=sh
# needs: command unit
# The modes of unpacked files.

# settle_modes: for the paths on stdin, just unpacked: removes set-id bits and
# write permission for group and others. Unpackers take the modes of the tar,
# and the umask for folders that the tar does not name.
settle_modes() {
	set --
	while IFS= read -r path; do
		# ./ would be the whole root
		[ -n "$path" ] && [ -e "./$path" ] && [ ! -L "./$path" ] || continue
		set -- "$@" "./$path"
		[ "$#" -lt 100 ] || {
			settle_paths "$@"
			set --
		}
	done
	[ "$#" = 0 ] || settle_paths "$@"
}

settle_paths() {
	chmod -R go-w "$@" &&
		find "$@" -type f '(' -perm -4000 -o -perm -2000 ')' \
			-exec chmod u-s,g-s '{}' + ||
		fail "in $root: write permission of group and others, or" \
			"set-id bits, cannot be removed from $*"
}

# release_umask: sets hd_mask, the umask for unpacking and configuring a
# release: the login's, as if done by hand; 022 where another user runs the VM,
# who must be able to read the release. Sets hd_private, the chmod mode for
# settle_private.
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
	mask_mode g "${hd_name#"${hd_name%?}"}"
	hd_private=$hd_mode
	mask_mode o "${hd_mask#"$hd_name"}"
	hd_private=$hd_private,$hd_mode
}

# mask_mode WHO DIGIT: sets hd_mode.
mask_mode() {
	hd_mode=$1-w
	case $2 in [4567]) hd_mode=${hd_mode}r ;; esac
	case $2 in [1357]) hd_mode=${hd_mode}x ;; esac
}

# settle_private PATH: removes the permissions that this umask masks, because
# neither release_handler nor tar as root applies it. Configuration may contain
# secrets.
settle_private() {
	release_umask
	find "$1" -type f -exec chmod "$hd_private" '{}' + ||
		fail "$root/$1 cannot be made private"
}

# settle_shared FILE: lets other users read it as far as the umask allows.
settle_shared() {
	release_umask
	chmod "u=rw,go=r,$hd_private" "$1"
}
