# shellcheck shell=sh
# needs: digest driver trust
# Which files of a release are loose files (files.sh), and which version each is
# from.

# loose_not VERSION PREFIX: sets hd_not, patterns, each after PREFIX, for paths
# that are not loose files of VERSION. releases/*.rel is only for an install by
# hand.
loose_not() {
	driver_own "$1"
	hd_not=
	IFS='
'
	set -f
	for hd_line in 'lib/' 'erts-' 'releases/.*/' 'releases/RELEASES$' \
		'releases/start_erl[.]data$' 'releases/.*[.]rel$' $hd_own; do
		hd_not="$hd_not${hd_not:+
}$2$hd_line"
	done
	set +f
	unset IFS
}

# loose_list VERSION: the manifest lines of its loose files. For a version that
# was here before hdeploy, only of the files that were kept when another version
# replaced them.
loose_list() {
	if [ -f ".hdeploy/releases/$1/manifest" ]; then
		loose_not "$1" '^[0-9a-f]*  '
		grep -v -e "$hd_not" ".hdeploy/releases/$1/manifest"
	elif [ -d ".hdeploy/releases/$1/loose" ]; then
		(cd ".hdeploy/releases/$1/loose" && find . -type f |
			while IFS= read -r name; do
				printf '%s  %s\n' "$(sha256_of "$name")" \
					"${name#./}"
			done)
	fi
}

loose_names() { # VERSION
	loose_list "$1" | cut -c67-
}

# loose_is FILE VERSION: whether FILE is as VERSION brought it.
loose_is() {
	[ -f "$1" ] && [ ! -L "$1" ] && loose_trusted "$1" &&
		grep -qsxF "$(sha256_of "$1")  $1" \
			".hdeploy/releases/$2/manifest"
}

# loose_trusted FILE: whether its folder is trusted: enter_root checked only the
# root, bin and releases. If not, sets hd_why, and nothing in the folder must be
# opened, because a read might never end.
loose_trusted() {
	case $1 in
	*/*) hd_in=${1%/*} ;;
	*) return 0 ;;
	esac
	case $hd_in in
	bin | releases) return 0 ;;
	esac
	[ "$hd_in" = "${hd_looked-}" ] || {
		hd_looked=$hd_in
		trusted "$root/$hd_in"
		hd_fine=$?
		hd_why=$why
	}
	return "$hd_fine"
}

# loose_whose VERSION: sets leaves, the versions whose files are in place;
# before, the first of them that is not VERSION; settled, yes if all files are
# VERSION's.
loose_whose() {
	leaves=$boots before='' settled=''
	hd_to='' hd_from=''
	[ ! -s .hdeploy/files ] || read -r hd_to hd_from <.hdeploy/files
	if is_version "$hd_to"; then
		leaves=$hd_to
		! is_version "$hd_from" || leaves="$hd_to $hd_from"
		[ "$leaves" != "$1" ] || settled=yes
	fi
	for hd_to in $leaves; do
		[ "$hd_to" = "$1" ] || before=${before:-$hd_to}
	done
}

loose_boots() { # FILE
	case $1 in
	bin/* | releases/*) ;;
	*) return 1 ;;
	esac
}

# loose_known FILE: whether it is as any release brought it.
loose_known() {
	[ -z "$before" ] || [ -f ".hdeploy/releases/$before/manifest" ] ||
		return 0
	if [ -L "$1" ]; then
		loose_known_link "$1"
	else
		grep -qsxF "$(sha256_of "$1")  $1" .hdeploy/releases/*/manifest
	fi
}

loose_known_link() { # LINK
	for store in .hdeploy/releases/*/loose; do
		[ -L "$store/$1" ] && [ "$(readlink -- "$store/$1")" = \
			"$(readlink -- "$1")" ] && return
	done
	return 1
}

# loose_boot_now: sets boots, the version that boots; empty if it is not known.
loose_boot_now() {
	boots=
	[ ! -f releases/start_erl.data ] ||
		read -r hd_to boots <releases/start_erl.data
	is_version "$boots" || boots=
}
