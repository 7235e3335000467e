# shellcheck shell=sh
# needs: command trust
# Releases of `mix release`: their folders, and the words that bin/<app> takes.
# Only releases/start_erl.data names the version that boots.

driver_starts=daemon
driver_stops=stop
driver_console=remote
driver_tools=

driver_text() {
	cat
}

# If we start bin/<app>: the folder of its configuration, pipes and log.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RELEASE_TMP 2>/dev/null)
		printf '%s\n' "${folder:-tmp}"
	}
}

driver_script_boot() {
	return 1
}

# `mix release` makes no list: hdeploy does.
driver_lists() {
	return 1
}

driver_makes_list() {
	:
}
