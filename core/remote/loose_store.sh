# shellcheck shell=sh
# needs: kept loose release write
# Copies of each version's loose files, as they came:
# .hdeploy/releases/V/loose/.

# loose_store FOLDER VERSION [COPY]: fills loose/ from FOLDER, where VERSION was
# unpacked. Moves the files, or copies them with the command COPY.
loose_store() {
	store=.hdeploy/releases/$2/loose
	rm -rf "$store" "$store.new"
	told mkdir -p "$store.new/releases" ||
		fail "$root/$store.new cannot be made: $(reason)"
	for name in "$1"/* "$1"/releases/*; do
		to=$store.new
		case ${name#"$1/"} in
		lib | erts-* | releases) continue ;;
		releases/RELEASES | releases/start_erl.data) continue ;;
		releases/*)
			[ ! -d "$name" ] || [ -L "$name" ] || continue
			to=$to/releases
			;;
		esac
		[ -e "$name" ] || [ -L "$name" ] || continue
		# shellcheck disable=SC2086 # a command of several words
		told ${3:-mv} "$name" "$to/" ||
			fail "$name cannot be moved to $root/$to: $(reason)"
	done
	loose_not "$2" '^[.]/'
	(cd "$store.new" && find . ! -type d | grep -e "$hd_not" |
		while IFS= read -r name; do rm -f -- "$name"; done)
	told mv "$store.new" "$store" ||
		fail "$root/$store cannot be written: $(reason)"
}

# loose_make VERSION: fills loose/ from its kept tarball, unless loose/ exists
# or the tarball does not.
loose_make() (
	notes=.hdeploy/releases/$1
	tarball=.hdeploy/tarballs/$1.tar.gz
	[ ! -d "$notes/loose" ] && [ -f "$notes/record" ] &&
		[ -f "$tarball" ] && {
		[ "${kept_sound-}" = "$1" ] || [ "$(sha256_of "$tarball")" = \
			"$(sed -n 's/^sha256 //p' "$notes/record")" ]
	} || exit 0
	scratch=.hdeploy/tmp
	trap 'rm -rf "$scratch"' EXIT
	rm -rf "$scratch"
	told mkdir -p "$scratch" ||
		fail "$root/$scratch cannot be made: $(reason)"
	told loose_unpack || {
		why=$(reason)
		rm -rf "$scratch" # room for the message
		fail "the files of $1 cannot be unpacked: $why"
	}
	echo "$scratch" | settle_modes || exit 1
	[ ! -d "$scratch/releases" ] || settle_private "$scratch/releases"
	lines=$(loose_list "$1")
	[ -z "$lines" ] || printf '%s\n' "$lines" | check_files "$scratch"
	loose_store "$scratch" "$1"
)

# Unpacks only loose files, and no more: the rest can be large.
loose_unpack() {
	release_umask
	set -f
	IFS='
'
	# shellcheck disable=SC2046 # one a line
	set -- $({
		cut -c67- "$notes/manifest"
		tar -t -z -f "$tarball" | grep -v -F "\\" # folders too
	} | awk -F / '
		$1 == "lib" || $1 ~ /^erts-/ { next }
		$1 != "releases" { print $1 }
		$1 == "releases" && NF == 2 && $2 != "" { print $0 }' | sort -u)
	unset IFS
	set +f
	[ "$#" = 0 ] || (umask "$hd_mask" &&
		tar -x -z -o -m -f "$tarball" -C "$scratch" -- "$@")
}

# loose_keep VERSION TO: fills loose/ from the files in place, for a version
# without a tarball. TO is about to replace some of them.
loose_keep() {
	mine=.hdeploy/releases/$1/loose
	[ ! -d "$mine" ] && is_version "$1" || return 0
	rm -rf "$mine.new"
	told make_private "$mine.new" ||
		fail "$root/$mine.new cannot be made: $(reason)"
	{
		loose_names "$1"
		loose_names "$2" | loose_but_added "$2"
	} | while IFS= read -r name; do
		[ -f "$name" ] && [ ! -L "$name" ] && loose_trusted "$name" ||
			continue
		file=./$name
		told mkdir -p "$mine.new/${file%/*}" &&
			told cp -p -- "$name" "$mine.new/$name" ||
			fail "$root/$mine.new/$name cannot be written: $(reason)"
	done || exit 1
	sync
	told mv "$mine.new" "$mine" ||
		fail "$root/$mine cannot be written: $(reason)"
}

# loose_but_added VERSION: the paths on stdin that unpacking it did not add.
loose_but_added() {
	if [ -s ".hdeploy/releases/$1/added" ]; then
		grep -vxF -f ".hdeploy/releases/$1/added"
	else
		cat
	fi
}

# loose_note_added VERSION: records the loose files that release_handler will
# add when it unpacks, before VERSION boots.
loose_note_added() {
	told loose_put_added "$1" || fail "$root/.hdeploy/releases/$1/added" \
		"cannot be written: $(reason)"
}

loose_put_added() {
	loose_names "$1" | not_here >".hdeploy/releases/$1/added"
}
