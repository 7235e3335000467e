# shellcheck shell=sh
# needs: castle_call mix_change
# Changes of a release made with Castle, by the functions that Castle's commands
# call (bin/<app> of 0.3, bin/castle of 1). The commands themselves would start
# a VM, with the cookie of releases/COOKIE in its arguments, and 0.3's end with
# status 0 for every error: hdeploy asks release_handler each time.

# castle_text FUNCTION WORD: the call as Erlang.
castle_text() {
	printf 'Function = %s, Word = "%s", ' "$1" "$2"
	castle_call
}

# castle_ask FUNCTION WORD: sets asked_text, the lines that Castle printed.
castle_ask() {
	vm_do "$(castle_text "$@")" >/dev/null
	castle_heard
}

# castle_heard: sets asked_text to the lines of Castle in it.
castle_heard() {
	case $asked_text in
	*castle_done*) asked_text=$(printf '%s\n' "$asked_text" | tr '"' '\n' |
		sed -n 's/^castle_said //p') ;;
	esac
	printf '%s\n' "$asked_text"
}

# castle_fail WHAT: fails with WHAT and what Castle said.
castle_fail() {
	case $asked_text in
	*'undef in '*Castle:*)
		fail "$1: Castle does not run in the node: \`driver = mix\`" \
			"upgrades a release without it" ;;
	*no_matching_relup* | *old_processes* | *code_change_failed*)
		control_fail "$1" Castle ;;
	esac
	fail "$1: Castle reports: $(asked_reason)"
}

# castle_fits VERSION: fails if the running Castle cannot install it: 0.3 makes
# its configuration from build.config, 1 from the sys.config that Mix wrote.
castle_fits() {
	vm_do "lists:member({generate, 1},\
 catch 'Elixir.Castle':module_info(exports))" >/dev/null
	old='' brings=''
	built=releases/$1/build.config
	! { [ -f "$built" ] || grep -qs "  $(pattern "$built")\$" \
		".hdeploy/releases/$1/manifest"; } || brings=0.3
	[ "$asked_text" != true ] || old=0.3
	[ "$old" = "$brings" ] && return
	say refused hot
	fail "$1 was made with Castle ${brings:-1}, and the node runs Castle" \
		"${old:-1}, which cannot make its configuration: upgrade by" \
		"stop and start (--cold)"
}

# Castle takes the tarball from releases/, and needs the .rel next to it, which
# a release that was packed from its folder has elsewhere.
driver_unpack() {
	castle_fits "$1"
	mix_known
	packed=releases/$app-$1
	rm -f "$packed.rel" "$packed.tar.gz" "releases/$1/$app.tar.gz"
	told link_file ".hdeploy/tarballs/$1.tar.gz" "$packed.tar.gz" &&
		told castle_rel "$1" ||
		fail "$root/$packed.rel and .tar.gz cannot be written: $(reason)"
	castle_ask unpack "$app-$1"
	rm -f "$packed.rel" "$packed.tar.gz"
	! listed "$1" || return 0
	castle_fail "$1 was not unpacked"
}

castle_rel() { # VERSION
	tar -x -z -O -f ".hdeploy/tarballs/$1.tar.gz" "releases/$1/$app.rel" |
		{ cat >"$packed.rel"; } && [ -s "$packed.rel" ]
}

driver_config() {
	[ -s "releases/$1/build.config" ] || [ -s "releases/$1/sys.config" ] ||
		fail "release $1 has neither $root/releases/$1/sys.config nor" \
			"build.config"
}

# Even if it is permanent already: releases/start_erl.data might name another
# version.
driver_commit() {
	release_status "$1"
	asked_text="the VM reports it as $status"
	[ "$status" != current ] || castle_ask commit "$1"
	said=$asked_text
	release_status "$1"
	[ "$status" = permanent ] || {
		asked_text=$said
		castle_fail "$1 was not made permanent"
	}
	[ -f "releases/$1/build.config" ] || mix_commit "$1" ok
	boot_file "$1"
	sync
}

# What an install by restart left must not choose the version of the next start.
driver_settled() {
	rm -f releases/castle-restart-pending
}
