# shellcheck shell=sh
# needs: driver_change files offline vm
# Makes an unpacked version boot, while no VM runs. Several files name the
# version that boots, so a marker records a switch in progress. A switch that
# was cut off is finished by repeating it or by switching back.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	vm_find
	[ -z "$vm_pid" ] || fail "a VM runs here, process $vm_pid: it was" \
		"started during the switch; stop it, and keep it stopped until then"
	[ -f "releases/$arg_version/start.boot" ] ||
		fail "$arg_version is not unpacked here"
	boot_now
	more='' points=''
	trap switch_tidy EXIT
	with_reserve switch_room 2>/dev/null
	write_list "$arg_version"
	points=$(driver_pointers "$arg_version") || exit 1
	loose_begin "$arg_version"
	read -r wants version <releases/start_erl.data.new
	[ -x "erts-$wants/bin/erlexec" ] ||
		fail_mended "$root/erts-$wants is missing: $arg_version" \
			"cannot boot"
	begin_switch "$arg_version"
	printf '%s\n' ${listed:+"$listed"} ${points:+"$points"} \
		releases/start_erl.data |
		while IFS= read -r file; do
			sync_file "$file.new"
			told mv -f "$file.new" "$file" ||
				fail "$root/$file cannot be replaced: $(reason)"
		done || exit 1
	loose_put "$arg_version"
	driver_settled "$arg_version"
	sync
	rm -f .hdeploy/switching
}

switch_tidy() {
	rm -f .hdeploy/room releases/*.new "bin/$app.new"
	printf '%s\n' "$points" | while IFS= read -r file; do
		rm -f "$file.new"
	done
	loose_tidy
}

# Whether the disk has room for the files of a switch. Frees the reserve only if
# it does not: on a full disk the record and the way back need the reserve.
switch_room() {
	head -c 262144 /dev/zero >.hdeploy/room
	room_status=$?
	rm -f .hdeploy/room
	return "$room_status"
}

# begin_switch VERSION: writes the marker, "TO FROM", unless VERSION boots
# already.
begin_switch() {
	back=$boots
	if marker_read; then
		[ "$to" = "$1" ] || from=$to
		back=$from
	fi
	[ "$back" != "$1" ] || return 0
	told write_text .hdeploy/switching "$1 $back" ||
		fail "$root/.hdeploy/switching cannot be written: $(reason)"
}
