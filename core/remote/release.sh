# shellcheck shell=sh
# needs: driver lib
# The versions on this host, as their files show them.

# listed VERSION: whether release_handler's list on disk names it.
listed() {
	[ -f releases/RELEASES ] &&
		grep -qF "{release,\"$app\",\"$1\"," releases/RELEASES
}

# marker_read: whether a switch was cut off: its marker exists; sets to, from.
marker_read() {
	[ -s .hdeploy/switching ] && read -r to from <.hdeploy/switching &&
		is_version "$to" && is_version "$from"
}

# has_list: whether this root has such a list, or should have one.
has_list() {
	[ -e releases/RELEASES ] || [ -L releases/RELEASES ] || driver_lists
}

# runtime_of VERSION: prints the version of the ERTS in its manifest.
runtime_of() {
	sed -n '/^[0-9a-f]*  erts-[A-Za-z0-9._+~-]*[/]/{
		s,^[0-9a-f]*  erts-\([^/]*\)/.*,\1,p
		q
	}' ".hdeploy/releases/$1/manifest"
}

# not_here: prints the paths on stdin that do not exist.
not_here() {
	while IFS= read -r path; do
		[ -e "$path" ] || [ -L "$path" ] || printf '%s\n' "$path"
	done
}

# unpacked_names VERSION: the paths of unpacked_lines.
unpacked_names() {
	unpacked_lines "$1" | cut -c67-
}

# unpacked_lines VERSION: prints the lines of its manifest for paths that contain
# a version, without the .rel, which release_handler removes.
unpacked_lines() {
	plain=$(pattern "$1")
	sed -n -e "/^[0-9a-f]*  releases\\/$plain\\/[^\\/]*[.]rel\$/d" \
		-e '/^[0-9a-f]*  lib\//b yes' -e '/^[0-9a-f]*  erts-/b yes' \
		-e "/^[0-9a-f]*  releases\\/$plain\\//b yes" \
		-e "/^[0-9a-f]*  bin\\/$app-$plain\$/b yes" -e d -e ': yes' \
		-e p ".hdeploy/releases/$1/manifest"
}
