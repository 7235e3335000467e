# shellcheck shell=sh
# needs: call command loose release
# Removes the files of a version that neither runs nor boots.

# drop_leftovers VERSION: removes its files, also those that a failed unpack
# left: the next unpack would keep them instead of its own. VERSION must not be
# listed. Folders that a listed release names stay. If releases/RELEASES is
# lost, all libraries stay.
drop_leftovers() {
	ask_loaded
	loose_drop_added "$1"
	rm -rf "releases/${1:?}" "bin/$app-$1" ".hdeploy/releases/$1/entry" \
		".hdeploy/releases/$1/loose" ".hdeploy/releases/$1/noted" \
		.hdeploy/tmp
	[ -f ".hdeploy/releases/$1/manifest" ] && names=$(release_names) ||
		return 0
	# There was no VM to ask, and one that runs might use any library.
	! command_given running || [ -n "$used" ] || return 0
	sed -n 's,^[0-9a-f]*  \(lib/[A-Za-z0-9_.+~-]*\)/.*,\1,p' \
		".hdeploy/releases/$1/manifest" | sort -u |
		while IFS= read -r lib; do
			case $used in
			*"/$lib/"*) continue ;;
			esac
			library=${lib#lib/}
			release_named "/$lib\"" "\"$lib\"" \
				"{${library%%-*},\"${library#*-}\"" ||
				rm -rf "$lib"
		done
	drop_runtime "$1"
}

# release_names: the files that name the libraries of the releases here:
# releases/RELEASES, or each .rel if the driver has none. False if one is lost.
release_names() {
	if [ -f releases/RELEASES ]; then
		echo releases/RELEASES
		return
	fi
	! driver_lists || return 1
	for folder in releases/*/; do
		[ -f "${folder}start.boot" ] || continue
		[ -f "$folder$app.rel" ] || return 1
		echo "$folder$app.rel"
	done
}

# release_named TEXT...: whether one of the files in names contains one of the
# texts; after names=$(release_names).
release_named() {
	for text; do
		shift
		set -- "$@" -e "$text"
	done
	# shellcheck disable=SC2086 # names of versions: no spaces
	grep -qF "$@" $names /dev/null
}

# drop_runtime VERSION: removes the ERTS that it brought, if nothing else needs
# it.
drop_runtime() {
	vm_again
	for runtime in $(runtime_of "$1"); do
		case $vm_bin/ in
		*"/erts-$runtime/"*) continue ;;
		esac
		release_named "\"$runtime\"" ||
			grep -qF -e "$runtime " releases/start_erl.data ||
			rm -rf "erts-$runtime"
	done
}

# ask_loaded: sets used, the code path of the VM; empty if there is no VM. A VM
# without a name needs what its version names, which is listed.
ask_loaded() {
	used=
	vm_again
	[ -n "$vm_pid" ] || return 0
	! driver_unnamed >/dev/null || {
		used="releases/$(driver_unnamed)/"
		return 0
	}
	vm_reach || : # vm_call reports it
	used=$(echo 'code:get_path().' | vm_call 10 -e 2>&1) ||
		fail "the node did not say which code it uses:" \
			"$(printf '%s\n' "$used" | ends_of)"
}

# loose_drop_added VERSION: removes the loose files that unpacking VERSION
# added, except those that the version in place has: VERSION never booted.
loose_drop_added() (
	[ -f ".hdeploy/releases/$1/added" ] || return 0
	loose_boot_now
	loose_whose "$1"
	others=$(for hd_to in $leaves; do
		[ "$hd_to" = "$1" ] || loose_names "$hd_to"
	done)
	while IFS= read -r name; do
		! loose_is "$name" "$1" ||
			printf '%s\n' "$others" | grep -qxF -e "$name" ||
			rm -f -- "$name"
	done <".hdeploy/releases/$1/added"
	rm -f ".hdeploy/releases/$1/added"
)
