# shellcheck shell=sh
# needs: driver loose mend noted repair_kept unpacked
# Restores the files of an unpacked version that are missing or damaged, from its
# kept tarball. Each appears by a rename: a VM that runs keeps those that it has
# open.

# args: version change
# change: its id. The files that are replaced stay in its snapshot.
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	kept_whole "$arg_version"
	unpack_scratch "$arg_version"
	repair_manifest "$arg_version"
	check_files "$scratch" <"$notes/manifest"
	repair_names "$arg_version" | mend_paths || exit 1
	repair_differ | while IFS= read -r path; do
		repair_path "$path"
	done || exit 1
	sync
	# a tool that fails names no file
	path=$(repair_differ | head -n 3 | tr '\n' ' ')
	[ -z "$path" ] || fail "not as it was pushed: ${path}in $root"
	unpacked_lines "$arg_version" | note_files "$arg_version"
}

repair_differ() { # the paths of its files that differ
	unpacked_unlike "$arg_version"
	[ -z "$unlike" ] || printf '%s\n' "$unlike" | but_made | but_edited |
		but_same_code
}

# repair_names VERSION: the paths of its files that must exist. Of loose files,
# those that start the node, while its own are in place.
repair_names() {
	unpacked_names "$1"
	loose_boot_now
	hd_to='' hd_from=''
	[ ! -s .hdeploy/files ] || read -r hd_to hd_from <.hdeploy/files
	[ "${hd_to:-$boots}" = "$1" ] && [ -z "$hd_from" ] || return 0
	cut -c67- "$notes/manifest" | grep -e '^bin/' -e '^releases/[^/]*$' |
		grep -v -e '^releases/RELEASES$' -e '^releases/start_erl[.]data$' \
			-e '[.]rel$'
}

# repair_path FILE: replaces FILE, which differs.
repair_path() {
	mend_trusts "$1"
	repair_keep "$1"
	echo "$1 was damaged and is restored"
	told mv -f "$scratch/$1" "$1" ||
		fail "$root/$1 cannot be restored: $(reason)"
}
