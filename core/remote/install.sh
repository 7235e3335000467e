# shellcheck shell=sh
# needs: driver_change files unpacked vm_ask watch
# Installs a version hot. With two phases (core/plan/driver.h) commit.sh makes
# it permanent later; otherwise it is permanent at once.
# args: version change direction [seconds old policy]
# change: its id. direction: up or down. seconds: the host reverts to the
# version old after this time, unless the new one is permanent by then. policy,
# for processes that reverting would kill: keep waits for them, end ends them.
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	verb=upgrade
	[ "$arg_direction" != down ] || verb=downgrade
	if command_given "$verb"; then
		loose_boot_now
		install_by_command "$verb" "$arg_version"
		[ ! -f "releases/$arg_version/start.boot" ] ||
			install_files "$arg_version"
	elif [ -n "$hd_two_phase" ]; then
		driver_install "$arg_version"
		[ -z "$arg_seconds" ] || watch_begin
	else
		loose_boot_now
		trap loose_tidy EXIT
		loose_begin "$arg_version" hot
		driver_install "$arg_version"
		loose_put "$arg_version"
		driver_settled "$arg_version"
	fi
}

# install_files VERSION: puts its loose files in place, if the command unpacked
# it in this root.
install_files() {
	trap loose_tidy EXIT
	loose_begin "$1" hot
	loose_put "$1"
}

# install_by_command NAME VERSION: also compares files that the command
# unpacked.
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
