# shellcheck shell=sh
# needs: mend vm
# Gives the user in effect the files of the release that belong to another user:
# somebody unpacked or started it as root. Without root, a file of
# another user can only be replaced by a copy, in a folder of our own.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	vm_find
	own_others | while IFS= read -r name; do
		own_file "$name"
	done || exit 1
	left=$(own_others | head -n 1)
	[ -z "$left" ] || own_refuse "$left"
}

# own_others: what belongs to another user, folders last: the names of files in
# a folder decide nothing. A program that runs as its owner belongs to another
# user on purpose.
own_others() {
	set -- releases bin lib erts-* ! -user "$hd_uid" \
		! -user "${vm_user:-$hd_uid}"
	find "$@" -type f ! -perm -4000 ! -perm -2000 2>/dev/null
	find "$@" -type l 2>/dev/null
	find "$@" -type d 2>/dev/null
}

own_refuse() { # PATH
	# shellcheck disable=SC2012
	set -- "$1" "$(ls -ld -- "$1" 2>/dev/null | awk '{ print $3 }')"
	fail "$root/$1 belongs to ${2:-another user}, and $(id -un) cannot change" \
		"that: \`sudo chown -R $(id -un) $(shell_word "$root/${1%%/*}")\`" \
		"on the host does"
}

own_file() { # PATH
	[ -e "$1" ] || [ -L "$1" ] || return 0
	mend_trusts "$1"
	if [ "$hd_uid" = 0 ]; then
		told chown -h "$(id -un)" "$1" ||
			fail "$root/$1 cannot be given to $(id -un): $(reason)"
	elif [ -d "$1" ] && [ ! -L "$1" ]; then
		own_refuse "$1"
	else
		[ -w "$(dirname "./$1")" ] && [ -r "$1" ] || own_refuse "$1"
		rm -f "$1.hdeploy-new"
		told cp -pP "$1" "$1.hdeploy-new" &&
			told mv -f "$1.hdeploy-new" "$1" || {
			why=$(reason)
			rm -f "$1.hdeploy-new"
			fail "$root/$1 cannot be replaced: $why"
		}
	fi
	echo "$1 belongs to $(id -un)"
}
