# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# main ROOT APP VERSION CHANGE up|down [SECONDS OLD keep|end]
# SECONDS: unless VERSION is made permanent until then, back to OLD. keep: not
# before the processes that would not outlive that have ended.
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	verb=upgrade
	[ "$5" != down ] || verb=downgrade
	if command_given "$verb"; then
		loose_boot_now
		install_by_command "$verb" "$3"
		[ ! -f "releases/$3/start.boot" ] || install_files "$3"
	elif [ -n "$hd_two_phase" ]; then
		driver_install "$3"
		[ -z "${6:-}" ] || watch_begin "$3" "$4" "$6" "$7"
	else
		loose_boot_now
		trap loose_tidy EXIT
		loose_begin "$3"
		driver_install "$3"
		loose_put "$3"
		driver_settled "$3"
	fi
}

# install_files VERSION: what it unpacked and where to, is the command's business:
# where it did so here, the files are VERSION's too.
install_files() {
	trap loose_tidy EXIT
	loose_begin "$1"
	loose_put "$1"
}

# install_by_command NAME VERSION. What it unpacked by itself is compared too.
install_by_command() {
	notes=.hdeploy/releases/$2
	new=$([ ! -f "$notes/manifest" ] || brought | not_here)
	said_begin
	command_run "$1" "$2" || {
		command_status=$?
		said=$(said_last)
		vm_rest
		fail "$2 was not installed: command.$1 ended with status" \
			"$command_status$said"
	}
	printf '%s\n' "$new" | settle_modes || exit 1
	! listed "$2" || [ ! -f "$notes/record" ] || {
		kept_manifest "$2"
		check_unpacked "$2"
	}
}
