# shellcheck shell=sh
# needs: driver write
# Where the files of a push go.

# push_places VERSION [FOLDER]: sets notes, its folder in .hdeploy; kept, its
# tarball; and target, where the tools of the release look for that, "" if they
# do not. Removes what an earlier push left half done, except uploads. Makes the
# folders that are missing, also FOLDER in notes, and the id of this root. Sets
# the umask to 077.
push_places() {
	is_version "$1" || fail "bad version"
	notes=.hdeploy/releases/$1
	kept=.hdeploy/tarballs/$1.tar.gz
	target=$(driver_shelf "$1")
	shelf=${target:-releases/}
	push_tidy "$notes"/*.new
	push_folders "${shelf%/*}"
	umask 077
	push_folders "$notes" .hdeploy/tarballs .hdeploy/snapshots \
		${2:+"$notes/$2"}
	[ -s .hdeploy/id ] || told put_id ||
		fail "$root/.hdeploy/id cannot be written: $(reason)"
}

push_tidy() { # FILE...
	for name; do
		shift
		[ ! -e "$name" ] && [ ! -L "$name" ] || set -- "$@" "$name"
	done
	[ "$#" = 0 ] || rm -rf "$@"
}

push_folders() { # FOLDER...
	for name; do
		shift
		[ -d "$name" ] || set -- "$@" "$name"
	done
	[ "$#" = 0 ] || told mkdir -p "$@" ||
		fail "folders in $root cannot be made: $(reason)"
}

put_id() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | write_file .hdeploy/id
}
