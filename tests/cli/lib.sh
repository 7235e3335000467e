# Sourced by the tests of the binary that need no host. HDEPLOY is its path.
# shellcheck shell=sh

: "${HDEPLOY:?is not set: the path of the binary to test}"
case $HDEPLOY in
/*) ;;
*) HDEPLOY=$PWD/$HDEPLOY ;;
esac

passed=0
failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/hdeploy-cli.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
cd "$scratch" || exit 1
unset NO_COLOR FORCE_COLOR CLICOLOR_FORCE TERM GITHUB_ACTIONS GITLAB_CI

# run ARGUMENT...: sets $status and writes the files out and err.
run() {
	status=0
	"$HDEPLOY" "$@" >out 2>err </dev/null || status=$?
}

ok() {
	passed=$((passed + 1))
}

fail() {
	failed=$((failed + 1))
	echo "FAILED: $*"
	sed 's/^/  out: /' out
	sed 's/^/  err: /' err
}

# expect_status WHAT NUMBER
expect_status() {
	if [ "$status" -eq "$2" ]; then
		ok
	else
		fail "$1: status $status, not $2"
	fi
}

# expect_line WHAT FILE LINE: FILE must contain exactly this line.
expect_line() {
	if grep -qxF -e "$3" "$2"; then
		ok
	else
		fail "$1: $2 lacks: $3"
	fi
}

# expect_empty WHAT FILE
expect_empty() {
	if [ -s "$2" ]; then
		fail "$1: $2 is not empty"
	else
		ok
	fi
}

# expect WHAT COMMAND...: COMMAND must succeed.
expect() {
	what=$1
	shift
	if "$@" >/dev/null; then
		ok
	else
		fail "$what: $*"
	fi
}

# A deploy.ini with one environment; build and release as given.
write_ini() {
	cat >deploy.ini <<EOF
[app]
name    = hotcode
driver  = relx
build   = $1
release = $2

[prod]
path = /srv/hotcode
host = web1 127.0.0.2:9
host = web2 127.0.0.3:9
EOF
}

# Turns the hosts of deploy.ini into local folders.
here() {
	sed -e "s|^path .*|path = $scratch/{host}|" -e '/^path /a\
connection = local' -e 's|^\(host = [^ ]*\).*|\1|' deploy.ini >new.ini
	mv new.ini deploy.ini
}

finish() {
	echo "$(basename "$0" .sh): $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
