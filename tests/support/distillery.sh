# shellcheck shell=sh disable=SC2034
# Shared by the tests of Distillery's releases: web1 has the control
# scripts of 2.0, the other hosts those of 2.1. Source it after lab_open.

sed -i -e 's/^driver .*/driver = distillery/' \
	-e "s|^release .*|release = $FIXTURES/distillery-2.1/{version}.tar.gz|" \
	-e 's/^env.NODE_NAME.*/&\
env.REPLACE_OS_VARS = true\
env.GREETING = hello/' "$LAB/deploy.ini"
sed 's/distillery-2.1/distillery-2.0/' "$LAB/deploy.ini" >"$LAB/old.ini"

ship() { # VERSION [N]: to every host, or only to host N
	for n in ${2:-$(seq "$LAB_HOSTS")}; do
		[ "$n" != 1 ] || INI=old.ini
		status 0 push lab "$1" --limit "web$n"
		INI=deploy.ini
	done
}

every_host() { # COMMAND ARG...: with each host's number as first argument
	command=$1
	shift
	for n in $(seq "$LAB_HOSTS"); do
		"$command" "$n" "$@"
	done
}

start_data() { # N VERSION: both files name VERSION
	for file in "$LAB/web$1/releases" "$LAB/web$1/var"; do
		[ ! -f "$file/start_erl.data" ] ||
			equal "$file" "$(cut -d' ' -f2 "$file/start_erl.data")" "$2"
	done
}

on() { # N VERSION: runs, and boots by status and by the files
	runs "$1" "$2"
	start_data "$1" "$2"
	nothing_left "$1"
	equal "web$1 greeting" "$(lab_call "$1" \
		'{ok, G} = application:get_env(hotcode, greeting), G.')" '"hello"'
}
