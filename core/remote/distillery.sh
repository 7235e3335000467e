# shellcheck shell=sh
# needs: env trust
# Releases made by Distillery 2.0 and 2.1: where things are, and the commands of
# bin/<app>.

driver_starts=start
driver_stops=stop
driver_tools='bash awk'

# Removes colours, which bin/<app> prints even without a terminal.
driver_text() {
	sed "s/$(printf '\033')\\[[0-9;]*[A-Za-z]//g"
}

# distillery_folder: where bin/<app> writes configuration, logs and pipes.
distillery_folder() {
	folder=$(service_value RELEASE_MUTABLE_DIR 2>/dev/null)
	printf '%s\n' "${folder:-$root/var}"
}

driver_folders() {
	distillery_folder
}

driver_replaces() {
	[ -n "${REPLACE_OS_VARS-}" ] && [ -z "${RELEASE_READ_ONLY-}" ] || return 0
	distillery_source "${SYS_CONFIG_PATH-}" sys.config "$1"
	distillery_source "${VMARGS_PATH-}" vm.args "$1"
}

# distillery_source PATH NAME VERSION
distillery_source() {
	[ -n "$1" ] || [ ! -f "${RELEASE_CONFIG_DIR:-.}/$2" ] ||
		set -- "${RELEASE_CONFIG_DIR:-.}/$2" "$2" "$3"
	printf '%s\n' "${1:-releases/$3/$2}"
}

# distillery_copy: the path of 2.1's own copy of releases/start_erl.data, which
# names the version that boots; 2.0 has none.
distillery_copy() {
	grep -q 'MUTABLE_DIR.*/start_erl\.data' "bin/${app}_rc_exec.sh" \
		2>/dev/null && echo "$(distillery_folder)/start_erl.data"
}

# bin/<app> makes the copy if it is missing. Some releases of 2.1 also replace
# it if releases/start_erl.data is newer. They would write through a link.
driver_script_boot() {
	copy=$(distillery_copy) && { [ -e "$copy" ] || [ -L "$copy" ]; } ||
		copy=releases/start_erl.data
	[ ! -L "$copy" ] || {
		echo damaged
		return
	}
	! grep -q -e ' -nt ' "bin/${app}_rc_exec.sh" 2>/dev/null ||
		[ -z "$(find releases/start_erl.data -newer "$copy" \
			2>/dev/null)" ] || copy=releases/start_erl.data
	[ -f "$copy" ] || return 1
	version=$(cut -d' ' -f2 "$copy" 2>/dev/null | head -n 1)
	is_version "$version" || version=damaged
	printf '%s\n' "$version"
}

driver_aside() {
	echo 'releases/*/sys.config.bak' 'releases/*/vm.args.bak' \
		'releases/*/config.exs.bak'
}

driver_pin() {
	echo REL_VSN
}

driver_restore() {
	for file in $(driver_aside); do
		[ ! -s "$file" ] || told mv -f "$file" "${file%.bak}" ||
			fail "$root/${file%.bak} cannot be restored: $(reason)"
	done
}
