# shellcheck shell=sh
# needs: command trust
# A control script of any kind: deploy.ini has the commands (command.sh). They
# take the tarball from releases/V/<app>.tar.gz and leave the version permanent.

driver_starts=start
driver_stops=stop
driver_tools=

driver_text() {
	cat
}

# Where bin/<app> of `mix release` writes configuration, pipes and logs.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RELEASE_TMP 2>/dev/null)
		printf '%s\n' "${folder:-tmp}" log
	}
}

driver_script_boot() {
	return 1
}

# Releases of relx have such scripts, which commands may call.
driver_own() {
	pattern_of "$app"
	hd_own="bin/$hd_pattern-[0-9].*\$"
}

# `mix release` makes no list, and a VM does not write one by itself.
driver_lists() {
	read -r erts boots <releases/start_erl.data
	grep -qsx '[0-9a-f]*  releases/RELEASES' \
		".hdeploy/releases/$boots/manifest" ||
		ls .hdeploy/snapshots/*/RELEASES >/dev/null 2>&1
}
