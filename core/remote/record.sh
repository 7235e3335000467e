# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Writes the end of a change down.

# main ROOT APP VERSION|- JSONLINE VERIFIED(yes|no)
main() {
	enter_root "$1"
	umask 077
	[ "$5" != yes ] || mark_verified "$3"
	told with_reserve history_add "$4" ||
		fail "$root/.hdeploy/history.jsonl cannot be written: $(reason)"
	change_end "$(printf '%s\n' "$4" | change_id)"
}

mark_verified() {
	is_version "$1" || fail "bad version"
	told with_reserve put_verified "$1" ||
		fail "$root/.hdeploy/releases/$1/verified cannot be written:" \
			"$(reason)"
}

put_verified() {
	mkdir -p ".hdeploy/releases/$1" && : >".hdeploy/releases/$1/verified"
}
