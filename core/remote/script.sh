# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# A control script of which nothing is known: what it is told stands in
# deploy.ini (command.sh). Its commands take the tarball from
# releases/V/<app>.tar.gz, and leave a release permanent.
#
# Files that have no version in their path, as bin/<app>, releases/COOKIE and
# overlays of `mix release`, are those of the version that boots: the others'
# are kept beside their records, as loose/.

driver_starts=start
driver_stops=stop
driver_tools=

driver_text() {
	cat
}

# Where bin/<app> of `mix release` puts configuration, pipes and logs.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RELEASE_TMP 2>/dev/null)
		printf '%s\n' "${folder:-tmp}" log
	}
}

driver_script_boot() {
	return 1
}

driver_placed() {
	:
}

driver_unpack() {
	:
}

driver_config() {
	:
}

driver_install() {
	fail "$1 was not installed: deploy.ini has no command for it"
}

driver_commit() {
	said_begin
	command_run upgrade "$1" || fail "$1 was not made permanent:" \
		"command.upgrade ended with status $?$(said_last)"
	sync
}

# By the VM itself. Where it cannot be asked, what is unpacked stays.
driver_discard() {
	vm_find
	[ -z "$vm_pid" ] || vm_do "release_handler:set_removed(\"$1\")"
}

# `mix release` makes no list, and no VM writes one by itself.
driver_lists() {
	read -r erts boots <releases/start_erl.data
	grep -qsx '[0-9a-f]*  releases/RELEASES' \
		".hdeploy/releases/$boots/manifest" ||
		ls .hdeploy/snapshots/*/RELEASES >/dev/null 2>&1
}

# loose_names VERSION: files that came with it
loose_names() {
	sed -n 's/^[0-9a-f]*  //p' ".hdeploy/releases/$1/manifest" 2>/dev/null |
		grep -v -e '^lib/' -e '^erts-' -e '^releases/.*/' \
			-e '^releases/RELEASES$' -e '^releases/start_erl[.]data$'
}

# loose_copy FROM FILE TO: a file of the folder FROM to the folder TO
loose_copy() {
	[ -f "$1/$2" ] && [ ! -L "$1/$2" ] || return 0
	file=./$2
	told mkdir -p "$3/${file%/*}" && told cp -p "$1/$2" "$3/$2" ||
		fail "$root/$3/$2 cannot be written: $(reason)"
}

driver_staged() {
	loose_names "$1" | while IFS= read -r name; do
		loose_copy "$scratch" "$name" "$notes/loose"
	done || exit 1
}

# loose_keep VERSION: what is there now, of the one that boots: it came as the
# first release, or before hdeploy. VERSION is about to replace some of it.
loose_keep() {
	mine=.hdeploy/releases/$boots/loose
	[ ! -d "$mine" ] || return 0
	rm -rf "$mine.new"
	told mkdir -p "$mine.new" ||
		fail "$root/$mine.new cannot be made: $(reason)"
	{
		loose_names "$boots"
		loose_names "$1"
	} | while IFS= read -r name; do
		loose_copy . "$name" "$mine.new"
	done || exit 1
	sync
	told mv "$mine.new" "$mine" ||
		fail "$root/$mine cannot be written: $(reason)"
}

driver_pointers() {
	loose_keep "$1"
	theirs=.hdeploy/releases/$1/loose
	(cd "$theirs" 2>/dev/null && find . -type f) |
		while IFS= read -r name; do
			name=${name#./}
			told cp -p "$theirs/$name" "$name.new" || {
				why=$(reason)
				rm -f "$name.new"
				fail "$root/$name.new cannot be written: $why"
			}
			printf '%s\n' "$name"
		done
}
