# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# A control script of which nothing is known: what it is told stands in
# deploy.ini (command.sh). Its commands take the tarball from
# releases/V/<app>.tar.gz, and leave a release permanent.

driver_starts=start
driver_stops=stop
driver_tools=

driver_text() {
	cat
}

# Where bin/<app> of `mix release` puts configuration, pipes and logs.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RELEASE_TMP 2>/dev/null)
		printf '%s\n' "${folder:-tmp}" log
	}
}

driver_script_boot() {
	return 1
}

driver_placed() {
	:
}

driver_unpack() {
	:
}

driver_config() {
	:
}

driver_install() {
	fail "$1 was not installed: deploy.ini has no command for it"
}

driver_commit() {
	said_begin
	command_run upgrade "$1" || fail "$1 was not made permanent:" \
		"command.upgrade ended with status $?$(said_last)"
	sync
}

# By the VM itself. Where it cannot be asked, what is unpacked stays.
driver_discard() {
	vm_find
	[ -z "$vm_pid" ] || vm_do "release_handler:set_removed(\"$1\")"
}

# `mix release` makes no list, and no VM writes one by itself.
driver_lists() {
	read -r erts boots <releases/start_erl.data
	grep -qsx '[0-9a-f]*  releases/RELEASES' \
		".hdeploy/releases/$boots/manifest" ||
		ls .hdeploy/snapshots/*/RELEASES >/dev/null 2>&1
}
