# shellcheck shell=sh disable=SC3013
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
		mix_folder
	}
}

mix_folder() {
	folder=$(service_value RELEASE_TMP 2>/dev/null)
	printf '%s\n' "${folder:-tmp}"
}

# At each start bin/<app> writes the evaluated configuration there, for every
# user to read; it creates the folder for every user, too.
driver_begins() {
	folder=$(mix_folder)
	[ -e "$folder" ] || (umask 077 && mkdir -p "$folder")
}

# A boot with the evaluated configuration would not ask the config providers.
driver_restore() {
	mix_restore
	rm -f .hdeploy/sys.config.*
}

driver_aside() {
	echo 'releases/*/sys.config.bak'
}

driver_pin() {
	echo RELEASE_VSN
}

mix_restore() {
	for file in $(driver_aside); do
		[ ! -s "$file" ] || told mv -f "$file" "${file%.bak}" ||
			fail "$root/${file%.bak} cannot be restored: $(reason)"
	done
	rm -f releases/*/sys.config.new
}

driver_script_boot() {
	return 1
}

# `mix release` makes a cookie for each build. After a hot upgrade the VM still
# has its own, by which bin/<app> and other nodes find it, also after a restart.
driver_keeps() {
	[ "$1" = releases/COOKIE ]
}

# With RELEASE_DISTRIBUTION=none. Nothing can upgrade such a VM hot, so it runs the
# version whose boot file it was started with.
driver_unnamed() {
	[ -n "$vm_pid" ] && [ "$vm_pid" != 0 ] && [ -z "$vm_node" ] || return 1
	set -- "${vm_boot-}"
	set -- "${1%/*}"
	is_version "${1##*/}" && [ "$1" -ef "releases/${1##*/}" ] &&
		printf '%s\n' "${1##*/}"
}

# `mix release` makes no list: hdeploy does.
driver_lists() {
	return 1
}

driver_makes_list() {
	:
}
