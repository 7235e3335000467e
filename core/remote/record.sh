# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Writes the end of a change down.

# main ROOT APP VERSION|- JSONLINE VERIFIED(yes|no)
main() {
	enter_root "$1"
	umask 077
	{
		[ ! -f .hdeploy/history.jsonl ] || tail -n 499 .hdeploy/history.jsonl
		printf '%s\n' "$4"
	} | write_file .hdeploy/history.jsonl ||
		fail "$root/.hdeploy/history.jsonl cannot be written: is the disk full?"
	[ "$5" = yes ] || return 0
	is_version "$3" || fail "bad version"
	mkdir -p ".hdeploy/releases/$3" && : >".hdeploy/releases/$3/verified" ||
		fail "$root/.hdeploy/releases/$3 cannot be written: is the disk full?"
}
