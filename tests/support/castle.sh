# shellcheck shell=sh disable=SC2034
# Shared by the tests of Castle's releases: web1 has those of Castle 0.3, web2
# those of 1. Source it after lab_open and check.sh.

sed -i "s/^driver .*/driver = castle/
	s|^release .*|release = $FIXTURES/castle-0.3/{version}.tar.gz|
	s|^env.NODE_NAME.*|env.RELEASE_NODE = {host}@127.0.0.1\\
env.GREETING = hello|
	s|^env.NODE_COOKIE.*|env.RELEASE_DISTRIBUTION = name|" "$LAB/deploy.ini"
sed 's/castle-0.3/castle-1/' "$LAB/deploy.ini" >"$LAB/one.ini"

# ini N: deploy.ini for the releases of that host
ini() {
	case $1 in
	1) echo "${OWN:-deploy}.ini" ;;
	*) echo "${OWN:+$OWN-}one.ini" ;;
	esac
}

# on_host N STATUS ARG...: runs hdeploy for that host alone
on_host() {
	INI=$(ini "$1")
	limit=web$1
	shift
	wanted=$1
	verb=$2
	shift 2
	status "$wanted" "$verb" lab "$@" --limit "$limit"
	INI=deploy.ini
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
