# shellcheck shell=sh disable=SC2034
# Shared by the tests of Castle's releases: web1 has those of Castle 0.3, web2
# those of 1. Source it after check.sh and lab_open.

sed -i "s/^driver .*/driver = castle/
	s|^release .*|release = $FIXTURES/castle-0.3/{version}.tar.gz|
	s|^env.NODE_NAME.*|env.RELEASE_NODE = {host}@127.0.0.1\\
env.GREETING = hello|
	s|^env.NODE_COOKIE.*|env.RELEASE_DISTRIBUTION = name|" "$LAB/deploy.ini"
sed 's/castle-0.3/castle-1/' "$LAB/deploy.ini" >"$LAB/one.ini"

# ini N: deploy.ini for the releases of that host
ini() {
	file=one
	[ "$1" != 1 ] || file=deploy
	echo "${OWN:+$OWN-}$file.ini"
}

# on_host N STATUS VERB [ARG...]: runs hdeploy for that host alone
on_host() {
	INI=$(ini "$1")
	limit=web$1
	wanted=$2
	verb=$3
	shift 3
	status "$wanted" "$verb" lab "$@" --limit "$limit"
	INI=deploy.ini
}

castles='1 2' # the hosts of each_castle

each_castle() { # COMMAND ARG...: with each host's number as first argument
	command=$1
	shift
	for n in $castles; do
		"$command" "$n" "$@"
	done
}

# on N VERSION: it runs and boots, with its configuration, and nothing is left.
on() {
	runs "$1" "$2"
	equal "web$1 boots" \
		"$(cut -d' ' -f2 "$LAB/web$1/releases/start_erl.data")" "$2"
	equal "web$1 greeting" "$(lab_call "$1" \
		'application:get_env(hotcode, greeting) =:= {ok, <<"hello">>}.')" true
	equal "web$1 old code" "$(lab_call "$1" 'code:modified_modules().')" '[]'
	nothing_left "$1"
	equal "web$1 tarballs" \
		"$(find "$LAB/web$1/releases" -maxdepth 1 -name "*.tar.gz")" ''
}

# settings N: of all applications, without those that a boot itself makes
settings() {
	lab_call "$1" '[{A, K, V} || {A, _, _} <-
		lists:sort(application:loaded_applications()),
		{K, V} <- lists:sort(application:get_all_env(A)),
		not lists:member({A, K}, [{elixir, config_provider_init},
			{elixir, config_provider_booted}, {elixir, ansi_enabled},
			{kernel, start_distribution}, {kernel, logger},
			{kernel, connect_all}])].'
}

# N: the cookie with which its node runs, because each build has another.
lab_home() {
	mkdir -p "$LAB/home"
	rm -f "$LAB/home/.erlang.cookie"
	tr '\0' '\n' <"/proc/$(lab_beams "$LAB/web$1")/cmdline" |
		sed -n '/^-setcookie$/{n;p;q;}' | tr -d '\n' \
		>"$LAB/home/.erlang.cookie"
	chmod 400 "$LAB/home/.erlang.cookie"
}
