# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Releases made by relx (rebar3): what bin/<app> is asked to do, and what its
# exit statuses mean. Its words become output of the operation.

driver_starts=daemon
driver_stops=stop

driver_script_boot() {
	sed -n 's/^REL_VSN="\([^"]*\)".*/\1/p' "bin/$app" 2>/dev/null | head -n 1
}

# relx COMMAND...: waits for it; sets relx_status and relx_text. Its helpers
# want a cookie file in HOME, where a user without a home has none.
relx() {
	vm_find
	if (service_env && [ ! -w "$HOME" ] && [ ! -r "$HOME/.erlang.cookie" ]); then
		relx_text=$(with_cookie "./bin/$app" "$@" 2>&1)
	else
		relx_text=$(as_service "./bin/$app" "$@" 2>&1)
	fi
	relx_status=$?
	printf '%s\n' "$relx_text"
}

# relx_fail WHAT: with a reason that says what to do where it is known.
relx_fail() {
	case $relx_text in
	*"Node is not running"* | *"not responding to pings"*)
		fail "$1: the VM does not answer bin/$app" ;;
	*no_matching_relup*)
		fail "$1: the release has no way there from the running" \
			"version (no relup entry)" ;;
	*old_processes* | *"old processes"*)
		fail "$1: processes still run code that the last change left" \
			"behind; wait for them, or restart" ;;
	*"Unpack failed: {enoent,"*"/$app.rel\"}"*)
		fail "$1: the tarball is no release, or the VM cannot write to" \
			"releases/" ;;
	*code_change_failed*)
		fail "$1: a code_change failed, and the VM restarted itself" \
			"with the version that it boots" ;;
	esac
	relx_reason=$(printf '%s\n' "$relx_text" | tr -s '\n\t ' '   ' |
		sed 's/.*ERROR: //; s/.*Unpack failed: //
			s/ Installed versions.*//' | cut -c1-300)
	fail "$1: bin/$app ended with status $relx_status: $relx_reason"
}

driver_unpack() {
	relx unpack "$1"
	[ "$relx_status" = 0 ] || relx_fail "$1 was not unpacked"
}

# relx makes sys.config and vm.args from their .src whenever the version's
# own script runs. ping says how the node is, not whether that worked.
driver_config() {
	[ -x "bin/$app-$1" ] || fail "$root/bin/$app-$1 is not there:\
 release $1 has no extended start script"
	for file in "releases/$1/sys.config" "releases/$1/vm.args"; do
		[ ! -f "$file.src" ] || rm -f "$file"
	done
	relx_unset "$1"
	as_service "./bin/$app-$1" ping
	for file in "releases/$1/sys.config" "releases/$1/vm.args"; do
		[ -s "$file" ] || fail "bin/$app-$1 did not make $root/$file"
	done
}

# relx makes nothing of a variable that is not set. One that the VM was
# started with and that is missing now would be lost without a word.
relx_unset() {
	vm_find
	[ -r "/proc/$vm_pid/environ" ] || return 0
	for name in $(cat "releases/$1/sys.config.src" \
		"releases/$1/vm.args.src" 2>/dev/null | tr '$' '\n' |
		sed -n 's/^{\([A-Za-z_][A-Za-z0-9_]*\).*/\1/p' | sort -u); do
		[ -z "$(service_value "$name")" ] || continue
		! grep -q "^[	 ]*\(export \)\{0,1\}$name=" "bin/$app-$1" ||
			continue
		tr '\n\0' ' \n' <"/proc/$vm_pid/environ" |
			grep -q "^$name=." || continue
		fail "$name is set where the VM runs and not in its environment" \
			"in deploy.ini (env.$name, env_file): the configuration" \
			"of $1 would lose it"
	done
}

# service_value NAME: of a variable for the service.
service_value() (
	service_env && eval "printf '%s' \"\${$1-}\""
)

# Up and down are the same for relx.
driver_install() {
	relx upgrade "$1" --no-permanent
	[ "$relx_status" != 0 ] || return 0
	vm_rest
	relx_fail "$1 was not installed"
}

# When it is permanent already, relx leaves the boot pointers as they are: one
# that was damaged, or that relx could not write, is written here.
driver_commit() {
	[ -f "bin/$app-$1" ] || fail "$root/bin/$app-$1 is not there"
	boots=$(driver_script_boot)
	[ -f "releases/$boots/start.boot" ] || relx_pointer "$1"
	relx upgrade "$1"
	[ "$relx_status" = 0 ] || relx_fail "$1 was not made permanent"
	cmp -s "bin/$app-$1" "bin/$app" || relx_pointer "$1"
	version=
	[ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data
	[ "$version" = "$1" ] || relx_boot_file "$1"
	sync
}

relx_pointer() {
	cp -p "bin/$app-$1" "bin/$app.new" &&
		mv -f "bin/$app.new" "bin/$app" ||
		fail "$root/bin/$app cannot be replaced: it would boot another version"
}

# The ERTS of the VM: nothing hot replaces it.
relx_boot_file() {
	vm_find
	erts=${vm_bin%/bin}
	erts=${erts##*/erts-}
	[ -n "$vm_pid" ] && is_version "$erts" ||
		fail "releases/start_erl.data names $version: not $1 would boot"
	printf '%s %s\n' "$erts" "$1" | write_file releases/start_erl.data ||
		fail "$root/releases/start_erl.data cannot be written:" \
			"not $1 would boot"
}

# bin/<app> knows its own version.
driver_pointers() {
	cp -p "bin/$app-$1" "bin/$app.new" && echo "bin/$app"
}

driver_discard() {
	relx uninstall "$1"
	[ "$relx_status" = 0 ] || relx_fail "$1 was not removed"
}
