# shellcheck shell=sh
# Defaults. A driver overrides those that it needs otherwise.

# driver_own VERSION: sets hd_own, patterns, one a line, for paths that the
# driver puts in place itself or whose names contain a version.
driver_own() {
	hd_own=
}

# driver_shelf VERSION: prints where the tools of the release look for its
# tarball; nothing if they do not.
driver_shelf() {
	printf '%s\n' "releases/$1/$arg_app.tar.gz"
}

# driver_keeps FILE: whether a hot change leaves this loose file in place,
# because the running VM still uses it.
driver_keeps() {
	return 1
}

# driver_replaces VERSION: prints the configuration files, also those that are
# not unpacked yet, in which bin/<app> replaces ${NAME}. In the service's environment: only builtins, and paths from
# the root.
driver_replaces() {
	:
}

# driver_begins: prepares a start of bin/<app>.
driver_begins() {
	:
}

# driver_aside: patterns of the files that driver_restore would put back.
driver_aside() {
	:
}

# driver_pin: the variable by which bin/<app> would start another version than
# the boot pointers name; nothing if it has none.
driver_pin() {
	:
}

# driver_restore: puts the packaged configuration back, where an install that was
# cut off left the evaluated one, which can hold secrets.
driver_restore() {
	:
}

# driver_unnamed: prints the version of a VM that has no node name, so that it
# cannot be queried. False if it has one, or if the version is not certain.
driver_unnamed() {
	return 1
}

# The word of bin/<app> for a console of the node.
driver_console=remote_console

# driver_lists: whether its releases have a releases/RELEASES.
driver_lists() {
	:
}

# driver_makes_list: whether hdeploy makes that file where it is missing.
driver_makes_list() {
	return 1
}
