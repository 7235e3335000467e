# shellcheck shell=sh
# A laboratory for the settings of releases of mix, after mix.sh.
sed -i 's/^env.RELEASE_DISTRIBUTION.*/&\
env.GREETING = welcome\
env.SECRET = sesame-open/' "$LAB/deploy.ini"
root=$LAB/web1

# Each version has a cookie of its own, and a hot change keeps the file.
lab_home() {
	mkdir -p "$LAB/home"
	cp -f "$root/releases/COOKIE" "$LAB/home/.erlang.cookie"
	chmod 400 "$LAB/home/.erlang.cookie"
}

setting() { # KEY WANTED
	equal "$1" "$(lab_call 1 "application:get_env(hotcode, $1).")" "$2"
}

# settings: all of the node, with a hash of each value, because the order of maps
# differs between VMs; without those that only a boot sets. release_handler drops
# these, which code of OTP and Elixir adds:
#   kernel/logger         kernel writes the handlers of a start there
#   kernel/connect_all    global, from its default
#   runtime_tools/ttb_autostart_module   runtime_tools, when it starts
#   elixir/ansi_enabled   elixir 1.18, from the terminal that it starts in
# and cannot change this one of the command line, by which bin/hotcode of Elixir
# 1.18 tells a boot how to restart the VM:
#   elixir/config_provider_reboot_mode
settings() {
	lab_call 1 'Code = [{kernel, logger}, {kernel, connect_all},
			{runtime_tools, ttb_autostart_module},
			{elixir, ansi_enabled},
			{elixir, config_provider_reboot_mode}],
		[{A, K, erlang:phash2(V, 1 bsl 32)} || {A, _, _} <-
			lists:sort(application:loaded_applications()),
			{K, V} <- lists:sort(application:get_all_env(A)),
			not lists:member({A, K}, Code)].'
}

# as_a_boot: stops and starts the node, and compares all of its settings.
as_a_boot() {
	settings >"$LAB/hot"
	grep -q 'hotcode, greeting' "$LAB/hot"
	status 0 restart lab
	settings >"$LAB/booted"
	cmp -s "$LAB/hot" "$LAB/booted" || {
		for file in hot booted; do
			tr '{' '\n' <"$LAB/$file" >"$LAB/$file.lines"
		done
		diff "$LAB/hot.lines" "$LAB/booted.lines"
		flunk 'a boot makes other settings'
	}
}
