# shellcheck shell=sh
# needs: command trust
# Releases made by relx (rebar3): their folders, and the words that bin/<app>
# takes.

driver_starts=daemon
driver_stops=stop
driver_tools=

driver_text() {
	cat
}

# If we start bin/<app>: the folders of its log, and of its pipes, which control
# the VM. With a link there, other users could have us write to our own files.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RUNNER_LOG_DIR 2>/dev/null)
		printf '%s\n' "${folder:-log}" "$(relx_pipes)"
	}
}

# relx_pipes: prints the folder of the pipes below /tmp; nothing if PIPE_DIR
# names another, or in scripts without app.
relx_pipes() {
	[ -n "${app-}" ] && [ -z "$(service_value PIPE_DIR 2>/dev/null)" ] ||
		return 0
	boots=$(driver_script_boot) && is_version "$boots" || return 0
	file=releases/$boots/vm.args
	[ ! -f "$file.src" ] || file=$file.src
	name=$(sed -n -e '/^[	 ]*-s\{0,1\}name[	 ][	 ]*[A-Za-z0-9_.@${}-]*[	 ]*$/{' \
		-e 's/^[	 ]*-s\{0,1\}name[	 ]*\([^	 ]*\).*/\1/p' -e 'q' -e '}' \
		"$file" 2>/dev/null)
	name=$(service_env 2>/dev/null && eval "printf '%s' \"$name\"")
	case $name in
	*[!A-Za-z0-9_.@-]* | '' | .*) ;;
	*) echo "/tmp/erl_pipes/$name" ;;
	esac
}

# Creates the folder of the pipes before bin/<app> does: bin/<app> uses any
# folder of that name, and another user could create it after we looked.
driver_begins() {
	folder=$(relx_pipes)
	[ -n "$folder" ] || return 0
	mkdir -m 1777 /tmp/erl_pipes 2>/dev/null
	mkdir "$folder" 2>/dev/null
	trusted "$folder" || fail "$why"
}

driver_replaces() {
	relx_source "${RELX_CONFIG_PATH-}" sys.config "$1"
	relx_source "${VMARGS_PATH-}" vm.args "$1"
}

# relx_source PATH NAME VERSION: the file that is replaced: PATH, the operator's
# or that of the release.
relx_source() {
	[ -n "$1" ] || {
		[ ! -f "$2" ] || set -- "$2" "$2" "$3"
		set -- "${1:-releases/$3/$2}"
	}
	if [ -f "$1.src" ]; then
		printf '%s\n' "$1.src"
	elif [ ! -f "$1" ]; then # not unpacked yet
		printf '%s\n' "$1.src"
	elif [ -n "${RELX_REPLACE_OS_VARS-}" ]; then
		[ ! -f "$1.orig" ] || set -- "$1.orig"
		printf '%s\n' "$1"
	fi
}

driver_script_boot() {
	[ -f "bin/$app" ] && sed -n '/^REL_VSN="[^"]*"/{
		s/^REL_VSN="\([^"]*\)".*/\1/p
		q
	}' "bin/$app" 2>/dev/null
}

driver_own() {
	pattern_of "$app"
	hd_app=$hd_pattern
	pattern_of "$1"
	hd_own="bin/$hd_app\$
bin/$hd_app-[0-9].*\$
bin/$hd_app-$hd_pattern\$"
}
