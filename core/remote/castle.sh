# shellcheck shell=sh
# needs: mix
# Releases made with Castle 0.3 or 1: releases of `mix release` whose node has
# the functions of Castle's commands.

# The version that an install by restart left for the next start (Castle 1,
# env.sh): two files must agree.
driver_script_boot() {
	armed='' version=''
	[ -f releases/castle-restart-pending ] &&
		[ -f releases/new_start_erl.data ] || return
	{ read -r armed <releases/castle-restart-pending &&
		read -r erts version <releases/new_start_erl.data; } 2>/dev/null
	is_version "$armed" && [ "$armed" = "$version" ] && echo "$armed"
}
