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
	name=$(sed -n 's/^[	 ]*-s\{0,1\}name[	 ][	 ]*\([A-Za-z0-9_.@${}-]*\)[	 ]*$/\1/p' \
		"$file" 2>/dev/null | head -n 1)
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

driver_script_boot() {
	sed -n '/^REL_VSN="[^"]*"/{
		s/^REL_VSN="\([^"]*\)".*/\1/p
		q
	}' "bin/$app" 2>/dev/null
}

driver_own() {
	hd_app=$(pattern "$app")
	printf '%s\n' "bin/$hd_app\$" "bin/$hd_app-[0-9].*\$" \
		"bin/$hd_app-$(pattern "$1")\$"
}
