# shellcheck shell=sh
# needs: lib trust
# Any program (driver = app), in Capistrano's layout: each version is a folder of
# its own, releases/VERSION, and the link `current` names the one that starts.
# Versions share the files in shared/. From deploy.ini: hd_pid_file;
# hd_linked_dirs and hd_linked_files, one a line; hd_reload, "yes" for upgrade =
# reload.

driver_tools=

# Nobody but us looks for the tarball.
driver_shelf() {
	:
}

# The link that we replace.
driver_folders() {
	echo current
}

# app_boots: sets boots, the version that `current` names; "" if there is none.
# False, with why, if `current` is not such a link.
app_boots() {
	boots='' why=''
	if [ -L current ]; then
		boots=$(readlink current)
		boots=${boots#"$root/"}
		boots=${boots#releases/}
		boots=${boots%/}
		is_version "$boots" && [ -d "releases/$boots" ] &&
			[ ! -L "releases/$boots" ] && return
		why="$root/current does not lead to a folder of releases/:\
 remove it, or \`ln -sfn releases/VERSION $(shell_word "$root/current")\`"
	elif [ -e current ]; then
		why="$root/current is not a link to a version: move it away"
	fi
	boots=
	[ -z "$why" ]
}
