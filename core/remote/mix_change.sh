# shellcheck shell=sh
# needs: control kept mix offline release vm_do
# Changes of a release of `mix release`, by its release_handler.

# The node reads the list when it starts: without it, release_handler would not
# know the libraries of the version that boots.
driver_placed() {
	boot_now
	write_list "$1"
	rm -f releases/start_erl.data.new
	sync_file releases/RELEASES.new
	told mv -f releases/RELEASES.new releases/RELEASES ||
		fail "$root/releases/RELEASES cannot be written: $(reason)"
}

driver_unpack() {
	vm_do "release_handler:unpack_release(\"$1/$app\")"
	case $asked_text in
	'{ok,'*) ;;
	*) control_fail "$1 was not unpacked" release_handler ;;
	esac
	listed "$1" || fail "$1 was unpacked, but is not in releases/RELEASES"
}

driver_config() {
	[ -s "releases/$1/sys.config" ] ||
		fail "release $1 has no $root/releases/$1/sys.config"
}

# mix_status VERSION: sets status, as the VM reports it.
mix_status() {
	vm_do "case lists:keyfind(\"$1\", 2, release_handler:which_releases()) of\
 {_, _, _, S} -> S; false -> unknown end" >/dev/null
	status=$asked_text
	[ "$asked_status" = 0 ] || control_fail "$1" erl_call
}

# Even if it is permanent already: releases/start_erl.data might name another
# version.
driver_commit() {
	mix_status "$1"
	[ "$status" != current ] ||
		vm_do "release_handler:make_permanent(\"$1\")"
	mix_status "$1"
	[ "$status" = permanent ] || fail "$1 was not made permanent: the VM" \
		"reports it as $status"
	boot_file "$1"
	sync
}

# The VM itself removes the version from its list. While it is down, or without
# release_handler, the version stays there.
driver_discard() {
	vm_find
	[ -n "$vm_pid" ] || return 0
	vm_do "case whereis(release_handler) of undefined -> ok;\
 _ -> release_handler:set_removed(\"$1\") end"
}
