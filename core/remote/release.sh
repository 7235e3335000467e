# shellcheck shell=sh
# needs: driver lib
# What is known of the versions on this host from their files.

# listed VERSION: whether release_handler's own list on disk has it.
listed() {
	[ -f releases/RELEASES ] &&
		grep -qF "{release,\"$app\",\"$1\"," releases/RELEASES
}

# marker_read: of a switch that was cut off, if there is one; sets to, from.
marker_read() {
	[ -s .hdeploy/switching ] && read -r to from <.hdeploy/switching &&
		is_version "$to" && is_version "$from"
}

# has_list: whether there is such a list here, or should be.
has_list() {
	[ -e releases/RELEASES ] || [ -L releases/RELEASES ] || driver_lists
}

# runtime_of VERSION: the version of the ERTS that it brought.
runtime_of() {
	sed -n '/^[0-9a-f]*  erts-[A-Za-z0-9._+~-]*[/]/{
		s,^[0-9a-f]*  erts-\([^/]*\)/.*,\1,p
		q
	}' ".hdeploy/releases/$1/manifest"
}

# not_here: of paths on stdin, those that are not.
not_here() {
	while IFS= read -r path; do
		[ -e "$path" ] || [ -L "$path" ] || printf '%s\n' "$path"
	done
}

# unpacked_names VERSION: its paths that contain a version. release_handler
# removes the .rel.
unpacked_names() {
	plain=$(pattern "$1")
	sed -n -e "/^[0-9a-f]*  releases\\/$plain\\/[^\\/]*[.]rel\$/d" \
		-e '/^[0-9a-f]*  lib\//b yes' -e '/^[0-9a-f]*  erts-/b yes' \
		-e "/^[0-9a-f]*  releases\\/$plain\\//b yes" \
		-e "/^[0-9a-f]*  bin\\/$app-$plain\$/b yes" -e d -e ': yes' \
		-e 's/^[0-9a-f]*  //p' ".hdeploy/releases/$1/manifest"
}
