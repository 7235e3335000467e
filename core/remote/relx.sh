# shellcheck shell=sh
# needs: command trust
# Releases made by relx (rebar3): where things are, and which words bin/<app>
# takes.

driver_starts=daemon
driver_stops=stop
driver_tools=

driver_text() {
	cat
}

# Where bin/<app> logs to, if it is we who start it, and where it makes the pipes
# through which the VM can be told anything. A link there would lead to our files.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RUNNER_LOG_DIR 2>/dev/null)
		printf '%s\n' "${folder:-log}" "$(relx_pipes)"
	}
}

# relx_pipes: the folder for them below /tmp, where nobody chose another; nothing
# in scripts that have no app.
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

# Before bin/<app> does, which takes what is there: between a look at it and that
# it could become another's.
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
