# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Writes the end of a change down.

# write_past JSONLINE
write_past() {
	{
		[ ! -f .hdeploy/history.jsonl ] || tail -n 499 .hdeploy/history.jsonl
		printf '%s\n' "$1"
	} | write_file .hdeploy/history.jsonl
}

# main ROOT APP VERSION|- JSONLINE VERIFIED(yes|no)
main() {
	enter_root "$1"
	umask 077
	with_reserve write_past "$4" ||
		fail "$root/.hdeploy/history.jsonl cannot be written: is the disk full?"
	change_end "$(printf '%s\n' "$4" | change_id)"
	[ "$5" = yes ] || return 0
	is_version "$3" || fail "bad version"
	mkdir -p ".hdeploy/releases/$3" && : >".hdeploy/releases/$3/verified" ||
		fail "$root/.hdeploy/releases/$3 cannot be written: is the disk full?"
}
