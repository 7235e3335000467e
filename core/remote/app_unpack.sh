# shellcheck shell=sh
# needs: driver app kept noted
# Unpacks a version into releases/VERSION, whole or not at all.

# app_unpack VERSION: releases/VERSION must not exist. Modes as settle_modes, and
# folders that we can empty again.
app_unpack() {
	kept_tarball "$1"
	scratch=.hdeploy/tmp
	trap 'app_remove "$scratch"' EXIT
	app_remove "$scratch"
	told mkdir -p "$scratch" releases ||
		fail "$root/$scratch cannot be made: $(reason)"
	[ -d shared ] || [ -L shared ] || told mkdir shared ||
		fail "$root/shared cannot be made: $(reason)"
	told unpack_kept "$scratch" || {
		why=$(reason)
		app_remove "$scratch" # room for the message
		fail "the tarball of $1 cannot be unpacked: $why"
	}
	echo "$scratch" | settle_modes || exit 1
	told chmod -R u+rwX "$scratch" ||
		fail "$root/$scratch cannot be opened to us: $(reason)"
	app_differ "$scratch" "$1" <"$notes/manifest"
	app_share || exit 1
	told app_note_links || fail "$root/$notes cannot be written: $(reason)"
	sync
	told mv "$scratch" "releases/$1" ||
		fail "$root/releases/$1 cannot be made: $(reason)"
	app_note "$1"
}

app_note() { # VERSION
	app_own "$1" | sed "s,^\([0-9a-f]*  \),\1releases/$1/," | note_files "$1"
}

# app_differ FOLDER VERSION: fails if a file of the manifest on stdin is missing
# in FOLDER or differs.
app_differ() {
	differ=$(cd "$1" && sha256_differ | head -n 3 | tr '\n' ' ')
	[ -z "$differ" ] || fail "files of $2 in $root/$1 are not as they were" \
		"pushed: $differ"
}

app_note_links() {
	app_links >"$notes/linked"
}

# app_remove FOLDER: removes it. A program may have made folders that are not
# writable.
app_remove() {
	rm -rf "$1" 2>/dev/null && return
	chmod -R u+rwX "$1" 2>/dev/null
	rm -rf "$1"
}

# app_share: makes the links from $scratch to shared/. Fails only its own shell.
app_share() (
	printf '%s\n' "$hd_linked_dirs" | while IFS= read -r name; do
		[ -z "$name" ] || { app_shared "$name" && app_link "$name"; } ||
			exit
	done || exit
	printf '%s\n' "$hd_linked_files" | while IFS= read -r name; do
		[ -n "$name" ] || continue
		[ -e "shared/$name" ] || [ -L "shared/$name" ] ||
			fail "$root/shared/$name (linked_files) does not exist:" \
				"create it on the host"
		app_link "$name" || exit
	done
)

# app_shared NAME: makes the folder shared/NAME unless it exists. The service may
# run as another user, who can put links into shared/: nothing is made through
# these.
app_shared() {
	[ ! -d "shared/$1" ] || return 0
	[ ! -e "shared/$1" ] && [ ! -L "shared/$1" ] ||
		fail "$root/shared/$1 (linked_dirs) is not a folder"
	trusted "$root/shared/$1" || fail "$root/shared/$1 is not made: $why"
	told mkdir -p "shared/$1" ||
		fail "$root/shared/$1 cannot be made: $(reason)"
	release_umask
	[ "$hd_mask" = "$hd_umask" ] || say note "$root/shared/$1 was made and\
 belongs to $(id -un): make sure that the user that runs $app can write\
 to it"
}

# app_link NAME: makes it a link to shared/NAME. A file or folder of that name in
# the tarball is dropped.
app_link() {
	part=$scratch rest=$1 up=
	while :; do
		case $rest in
		*/*) ;;
		*) break ;;
		esac
		part=$part/${rest%%/*}
		rest=${rest#*/}
		up=../$up
		[ ! -L "$part" ] || fail "${part#"$scratch/"} is a link in the" \
			"tarball: shared/$1 cannot be linked below it"
		[ -d "$part" ] || told mkdir "$part" ||
			fail "$part cannot be made: $(reason)"
	done
	app_remove "$scratch/$1"
	told ln -s "$up../../shared/$1" "$scratch/$1" ||
		fail "$scratch/$1 cannot be made: $(reason)"
}
