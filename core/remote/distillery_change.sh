# shellcheck shell=sh
# needs: control distillery release vm_do
# Changes by Distillery 2.0 and 2.1. Every failure of bin/<app> has status 1,
# and status 0 can mean that it did nothing: hdeploy asks the VM each time.

# distillery_point VERSION: makes both boot pointers name it, whichever is
# newer.
distillery_point() {
	boot_file "$1"
	copy=$(distillery_copy) && [ -e "$copy" ] || return 0
	[ -L "$copy" ] || ! cmp -s releases/start_erl.data "$copy" || return 0
	rm -f "$copy.new" # a link would be followed
	told write_file "$copy" <releases/start_erl.data ||
		fail "$copy cannot be written, so another version than $1" \
			"would boot: $(reason)"
}

# The copy is one more boot pointer once bin/<app> has made it: scripts of
# another version might read it, even if this version's do not.
driver_pointers() {
	copy=$(distillery_folder)/start_erl.data
	[ -f "$copy" ] && [ ! -L "$copy" ] || return 0
	rm -f "$copy.new"
	told cp releases/start_erl.data.new "$copy.new" ||
		fail "$copy.new cannot be written: $(reason)"
	echo "$copy"
}

# The folder, and a copy in it, can be older than this release.
driver_placed() {
	distillery_point "$1"
}

# Its scripts might read the copy, even if the previous version's did not.
driver_settled() {
	distillery_point "$1"
}

driver_unpack() {
	vm_unpack "$1"
	listed "$1" || fail "$1 was unpacked, but is not in releases/RELEASES"
}

# `upgrade` itself generates the configuration, in the service's environment.
driver_config() {
	driver_restore
	for file in "releases/$1/sys.config" "releases/$1/vm.args"; do
		[ -s "$file" ] || fail "release $1 has no $root/$file"
	done
	keep_variables "$1" '' REPLACE_OS_VARS
	[ -n "$(service_value REPLACE_OS_VARS)" ] || return 0
	# shellcheck disable=SC2046
	keep_variables "$1" "$(cat "bin/$app"* "releases/$1/"*.sh \
		"releases/$1/libexec/"*.sh "releases/$1/hooks/"*/* \
		2>/dev/null)" $(config_variables \
		"releases/$1/sys.config" "releases/$1/vm.args")
}

# distillery_configure VERSION [FOLDER]: generates its configuration in FOLDER,
# by default distillery_folder, as `upgrade` does: with the scripts of the
# version that boots, and REL_DIR. The scripts of VERSION (REL_VSN) would read
# its libraries from releases/RELEASES, and while it is only unpacked, the next
# entry's too. If that fails: false, with the reason in why.
distillery_configure() {
	boots=$(driver_script_boot)
	grep -qs 'REL_DIR:-' "releases/$boots/$app.sh" || {
		why="releases/$boots/$app.sh cannot make the configuration of $1:\
 that needs REL_DIR, which Distillery 2.0.5 introduced"
		return 1
	}
	control_quietly env "REL_DIR=$root/releases/$1" \
		${2:+"RELEASE_MUTABLE_DIR=$2"} "./bin/$app" describe
	[ "$asked_status" != 0 ] || return 0
	# describe shows the cookie
	why=$(printf '%s\n' "$asked_text" | grep -iv cookie | last_line)
	why="\`bin/$app describe\`, which makes the configuration, ended with\
 status $asked_status: $why"
	return 1
}

# Even if it is permanent already: the boot pointers might name another version.
driver_commit() {
	vm_commit "$1"
	distillery_point "$1"
	sync
}

# Distillery has no uninstall. discard removes the files.
driver_discard() {
	release_status "$1"
	case $status in
	unpacked | old) vm_do "release_handler:set_removed(\"$1\")" ;;
	*) fail "$1 was not removed: the VM reports it as $status" ;;
	esac
}
