# shellcheck shell=sh
# needs: config_keep mix mix_config vm_ask vm_protocols
# A hot install of a release of `mix release`. Up and down alike.

driver_install() {
	driver_restore
	install_check "$1"
	mix_place "$1"
	mix_load "$1" "release_handler:install_release(To, [{update_paths, true}])"
	mix_restore
	case $asked_text in
	'{ok,'*) ;;
	*) mix_not_installed "$1" ;;
	esac
	[ -z "$made" ] || config_keep "$1" "$made"
	mix_forget
	sync
}

# mix_load VERSION INSTALL: evaluates INSTALL, Erlang that installs it, and
# replaces the consolidated protocols. Sets asked_text and asked_status.
mix_load() {
	vm_do "To = \"$1\", Install = fun() -> $2 end, $(vm_protocols)"
}

mix_not_installed() {
	mix_forget
	case $asked_text in
	'{protocol_left,'*)
		module=${asked_text#*,}
		module=$(printf '%s\n' "${module%\}*}" | tr -d "' ")
		fail "$1 was installed, but processes run old code of the" \
			"protocol $module, which could not be replaced"
		;;
	esac
	vm_rest
	control_fail "$1 was not installed" release_handler
}

# mix_place VERSION: puts the configuration that a boot of VERSION would make in
# place of its sys.config, which release_handler reads. Sets made, a copy; empty
# if this version needs none.
mix_place() {
	made=
	vm_find
	file=.hdeploy/sys.config.$$
	mix_configure "$1" "$file" || {
		rm -f "$file"
		fail "$1 was not installed: the configuration of $1 cannot be" \
			"made: $why"
	}
	made=$file
	told cp -p "releases/$1/sys.config" "releases/$1/sys.config.bak" &&
		told mix_copy "$made" "releases/$1/sys.config.new" &&
		told mv -f "releases/$1/sys.config.new" \
			"releases/$1/sys.config" || {
		why=$(reason)
		mix_restore
		mix_forget
		fail "$root/releases/$1/sys.config cannot be replaced: $why"
	}
}

# mix_copy FROM TO: for the VM, which may run as another user, alone.
mix_copy() {
	rm -f "$2"
	(umask 077 && cp "$1" "$2") || return
	who_we_are
	[ "$vm_user" = "$hd_uid" ] || chown "$vm_user" "$2"
}

mix_forget() {
	[ -z "$made" ] || rm -f "$made"
	made=
}
