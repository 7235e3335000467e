# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Writes the end of a change down.

# main ROOT APP VERSION|- JSONLINE VERIFIED(yes|no)
main() {
	enter_root "$1"
	umask 077
	[ "$5" != yes ] || mark_verified "$3"
	with_reserve history_add "$4" ||
		fail "$root/.hdeploy/history.jsonl cannot be written: is the disk full?"
	change_end "$(printf '%s\n' "$4" | change_id)"
}

mark_verified() {
	is_version "$1" || fail "bad version"
	mkdir -p ".hdeploy/releases/$1" && : >".hdeploy/releases/$1/verified" ||
		fail "$root/.hdeploy/releases/$1 cannot be written: is the disk full?"
}
