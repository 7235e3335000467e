# shellcheck shell=sh
# needs: digest write
# Shared by the repairs of files: the manifest, and the files that are replaced.

# repair_manifest VERSION: recreates the manifest from $scratch, unless it is as
# it was pushed. Records of an earlier hdeploy do not have its SHA-256.
repair_manifest() {
	want=$(sed -n 's/^manifest //p' "$notes/record")
	if [ -z "$want" ]; then
		[ -s "$notes/manifest" ] || fail "$root/$notes/manifest is" \
			"missing, and an earlier hdeploy recorded no digest of" \
			"it: push $1 again"
		return
	fi
	[ "$(sha256_of "$notes/manifest" 2>/dev/null)" != "$want" ] || return 0
	told repair_manifest_put ||
		fail "$root/$notes/manifest cannot be written: $(reason)"
	[ "$(sha256_of "$notes/manifest.new")" = "$want" ] || {
		rm -f "$notes/manifest.new"
		fail "the manifest made from the tarball of $1 is not the" \
			"pushed one: push $1 again"
	}
	told mv -f "$notes/manifest.new" "$notes/manifest" ||
		fail "$root/$notes/manifest cannot be written: $(reason)"
	echo "$notes/manifest was lost or damaged and is recreated"
}

# A name with a backslash or a line break would need sha256sum's own quoting:
# no release has one.
repair_manifest_put() {
	rm -f "$notes/manifest.new"
	(cd "$scratch" && find . -type f | sed 's,^[.]/,,' |
		while IFS= read -r name; do
			printf '%s  %s\n' "$name" "$(sha256_of "$name")"
		done) | LC_ALL=C sort |
		sed 's/^\(.*\)  \([0-9a-f]*\)$/\2  \1/' | {
		umask 077
		cat >"$notes/manifest.new"
	}
}

# repair_keep FILE: keeps FILE, which is about to be replaced, in the snapshot of
# this change. Removes a link, because mv would follow one to a folder.
repair_keep() {
	[ -e "$1" ] || [ -L "$1" ] || return 0
	old=.hdeploy/snapshots/$arg_change/replaced/$1
	told mkdir -p "${old%/*}" && told repair_keep_put "$1" "$old" ||
		fail "$root/$old cannot be written: $(reason)"
	[ ! -L "$1" ] || told rm -f "$1" ||
		fail "$root/$1 cannot be removed: $(reason)"
}

repair_keep_put() { # FILE TO
	rm -f "$2"
	if [ -L "$1" ]; then
		cp -pP "$1" "$2"
	else
		link_file "$1" "$2"
	fi
}
