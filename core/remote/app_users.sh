# shellcheck shell=sh
# needs: driver app app_process
# Whether anything uses the files of a version.

# app_users VERSION: true if nothing does; else sets why. After a reload, old
# processes of the unit may still finish their work. A person's shell in that
# folder does not count.
app_users() {
	app_boots
	app_find
	why="$1 is the version that starts next"
	[ "$boots" != "$1" ] || return 1
	why="$1 runs"
	[ "$app_version" != "$1" ] || return 1
	why=$app_why
	[ "$app_state" != unreachable ] || return 1
	why=$(app_runners "$1" | head -n 1)
	[ -z "$why" ] || why="process $why still runs from releases/$1"
	[ -z "$why" ]
}

# app_runners VERSION: prints the processes whose program is in its folder, and
# those of the unit that work there.
app_runners() {
	# shellcheck disable=SC2012
	ls -l /proc/[0-9]*/exe /proc/[0-9]*/cwd 2>/dev/null |
		TOP="$root/releases/$1" awk '{
			at = index($0, " -> " ENVIRON["TOP"])
			end = substr($0, at + 4 + length(ENVIRON["TOP"]), 1)
			if (at && (end == "" || end == "/" || end == " ")) {
				n = split(substr($0, 1, at - 1), part, "/")
				print part[n - 1], part[n]
			}
		}' | while read -r pid link; do
		[ "$link" = exe ] || {
			service_of "/proc/$pid/cgroup"
			[ -n "$hd_unit" ] && [ "$unit" = "$hd_unit" ]
		} && echo "$pid"
	done
}
