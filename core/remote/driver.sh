# shellcheck shell=sh
# What drivers do that have nothing of their own for it.

# driver_own VERSION: patterns for paths that the driver puts in place itself, or
# whose name contains a version, one a line. This one is for drivers that have
# none.
driver_own() {
	:
}

# What is to be there before bin/<app> starts. For drivers that have nothing.
driver_begins() {
	:
}

# driver_lists: whether its releases have a releases/RELEASES.
driver_lists() {
	:
}
