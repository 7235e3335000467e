# shellcheck shell=sh
# needs: lib trust
# Any program (driver = app), in Capistrano's layout: each version is a folder of
# its own, releases/VERSION, and the link `current` names the one that starts.
# Versions share the files in shared/. From deploy.ini: hd_linked_dirs and
# hd_linked_files, one a line.

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
		boots=${boots#./}
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

# app_links: the names that deploy.ini links into each version, one a line.
app_links() {
	printf '%s\n' "$hd_linked_dirs" "$hd_linked_files" | sed '/^$/d'
}

# app_own VERSION: the lines of its manifest that are files of its own, and not
# below a name that is linked to shared/.
app_own() {
	{
		sed 's/^/l /' ".hdeploy/releases/$1/linked" 2>/dev/null
		sed 's/^/m /' ".hdeploy/releases/$1/manifest"
	} | awk '
		$1 == "l" { linked[substr($0, 3)] = 1; any = 1; next }
		any {
			n = split(substr($0, 69), part, "/")
			path = part[1]
			for (i = 2; i <= n + 1; i++) {
				if (path in linked)
					next
				path = path "/" part[i]
			}
		}
		{ print substr($0, 3) }'
}

# app_gone VERSION: its files that are missing in releases/VERSION.
app_gone() {
	{
		(cd "releases/$1" && find . ! -type d) | sed 's,^[.]/,f ,'
		app_own "$1" | sed 's/^[0-9a-f]*  /m /'
	} | awk '
		$1 == "f" { here[substr($0, 3)] = 1; next }
		!(substr($0, 3) in here) { print substr($0, 3) }'
}
