# shellcheck shell=sh
# needs: driver app app_unpack mend repair_kept
# Restores the files of a version that are missing or damaged, from its kept
# tarball. Each appears by a rename: a program that runs keeps those that it has
# open.

# args: version change
# change: its id. The files that are replaced stay in its snapshot.
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	kept_whole "$arg_version"
	[ ! -L "releases/$arg_version" ] ||
		fail "$root/releases/$arg_version is a link: remove it"
	scratch=.hdeploy/tmp
	trap 'app_remove "$scratch"' EXIT
	app_remove "$scratch"
	told mkdir -p "$scratch" && told unpack_kept "$scratch" ||
		fail "the tarball of $arg_version cannot be unpacked: $(reason)"
	echo "$scratch" | settle_modes || exit 1
	repair_manifest "$arg_version"
	app_differ "$scratch" "$arg_version" <"$notes/manifest"
	if [ ! -d "releases/$arg_version" ]; then
		app_repair_whole
	else
		app_repair_each || exit 1
	fi
	sync
	app_own "$arg_version" | app_differ "releases/$arg_version" "$arg_version"
	app_note "$arg_version"
}

app_repair_whole() {
	app_share || exit 1
	told app_note_links || fail "$root/$notes cannot be written: $(reason)"
	told mkdir -p releases && told mv "$scratch" "releases/$arg_version" ||
		fail "$root/releases/$arg_version cannot be made: $(reason)"
	echo "releases/$arg_version was missing and is restored"
}

# Links are not in the manifest: missing ones are restored as well.
app_repair_each() {
	{
		app_own "$arg_version" |
			(cd "releases/$arg_version" && sha256_differ)
		app_gone "$arg_version"
		(cd "$scratch" && find . -type l) | sed 's,^[.]/,,' |
			app_unlinked
	} | sort -u | while IFS= read -r path; do
		app_repair_path "$path"
	done
}

# app_unlinked: the paths on stdin that do not exist in the version's folder.
app_unlinked() {
	while IFS= read -r path; do
		[ -e "releases/$arg_version/$path" ] ||
			[ -L "releases/$arg_version/$path" ] ||
			printf '%s\n' "$path"
	done
}

app_repair_path() { # FILE
	file=releases/$arg_version/$1
	[ -e "$scratch/$1" ] || [ -L "$scratch/$1" ] ||
		fail "$root/$file is not in the tarball of $arg_version"
	mend_trusts "$file"
	[ ! -d "$file" ] || [ -L "$file" ] || fail "$root/$file is a folder," \
		"and $arg_version has a file of that name: move the folder away"
	repair_keep "$file"
	told mkdir -p "$(dirname "./$file")" && told mv -f "$scratch/$1" "$file" ||
		fail "$root/$file cannot be restored: $(reason)"
	echo "$file is restored"
}
