#!/bin/sh
# The build runs on this machine before any host is changed; its errors are
# status 7. A push reads the running versions first, here from local hosts.
# shellcheck disable=SC2016 # the build's shell expands it
. "$(dirname "$0")/lib.sh"

write_ini 'echo "building [$HDEPLOY_VERSION] for [$HDEPLOY_ENV]"; exit 3' rel
run push prod 0.2.0
expect_status "hosts that do not answer" 3
expect "nothing is built" sh -c '! grep -q building out err'
expect "the hosts are named" grep -q "^web1 .*unreachable" out

here
run push prod 0.2.0
expect_status "a failing build" 7
expect_line "its output is shown" out "| building [0.2.0] for [prod]"
expect "the failed step is named" grep -q '^build: failed after .*3' out
expect "and its status" grep -q '^status 7: ' err

run push prod 0.2.0 --dry-run
expect_status "a failing build with --dry-run" 7
run build 0.2.0
expect_status "a failing build alone" 7
expect_line "without an environment" out "| building [0.2.0] for []"
run build prod 0.2.0
expect_status "a failing build for an environment" 7
expect_line "for that environment" out "| building [0.2.0] for [prod]"
run build prd 0.2.0
expect_status "a build for an unknown environment" 2
expect "it suggests a similar one" grep -q '"prod"' err

run push prod -q
expect_status "a failing build, quiet" 7
expect "its last lines are shown" grep -q '^| building' out
expect "the begin line is not" sh -c '! grep -q "^build: .*\.\.\.$" out'

write_ini true 'rel-{version}'
run build
expect_status "a missing version" 2
expect "it says where to set the version" grep -q 'command line' err
run build 0.2.0
expect_status "a missing release" 7
expect "it names the release" grep -q 'rel-0\.2\.0' out

# means WHAT RELEASE TEXT: a build of RELEASE must fail with TEXT
means() {
	write_ini true "$2"
	run build
	expect_status "$1" 7
	expect "$1: $3" grep -qF -e "$3" out
}

none='; build it with rebar3, mix release or Distillery first'
means 'no project' nowhere "nowhere: No such file or directory$none"
touch mix.exs
means 'a mix project' nowhere '; build it with `MIX_ENV=prod mix release`'
mkdir rel
touch rel/config.exs
means 'Distillery' nowhere '`MIX_ENV=prod mix distillery.release`'
touch rebar.config
means 'a rebar3 project' . "so it is not a release; build it with \`rebar3 as prod release\`"
# release FOLDER: just enough to be taken for a release
release() {
	mkdir -p "$1/releases"
	touch "$1/releases/start_erl.data"
}
release _build/prod/rel/hotcode
release _build/prod/rel/other
for release in . _build _build/prod _build/prod/rel _build/prod/rel/hotcod \
	nowhere _build/default/rel/hotcode; do
	means "$release" "$release" \
		'; did you mean release = _build/prod/rel/hotcode?'
done
release 'odd*[x]/rel/hotcode'
means 'odd characters' 'odd*[x]' \
	'; did you mean release = odd*[x]/rel/hotcode?'
rm -r mix.exs rel rebar.config _build 'odd*[x]'

write_ini true garbage.tar.gz
echo garbage >garbage.tar.gz
run build
expect_status "a release that is garbage" 7
expect "it names the file" grep -q 'pack: failed.*garbage\.tar\.gz' out

write_ini 'echo "running [${HDEPLOY_RUNNING-not asked}]"' garbage.tar.gz
run build
expect_line "without an environment no host is asked" out "| running [not asked]"
here
run build prod
expect_line "no running version" out "| running []"

# A push connects to its hosts while it reads the release, here to a server that
# says nothing.
head -c 16M /dev/zero >zeros
tar -czf zeros.tar.gz zeros
head -c 12000 zeros.tar.gz >cut.tar.gz
python3 -c 'import socket
s = socket.create_server(("127.0.0.2", 0))
print(s.getsockname()[1], flush=True)
held = []
while True:
    held.append(s.accept())
    print("connected", flush=True)' >silent &
server=$!
trap 'kill "$server"; rm -rf "$scratch"' EXIT
until [ -s silent ]; do sleep 0.02; done
cat >deploy.ini <<EOF
[app]
name = hotcode
release = cut.tar.gz

[prod]
path = /srv/hotcode
connect_timeout = 60s
host = 127.0.0.2:$(cat silent)
EOF
for command in push deploy; do
	status=0
	timeout 20 "$HDEPLOY" "$command" prod >out 2>err </dev/null || status=$?
	expect_status "$command of a release cut short" 7
done
expect "it was connecting meanwhile" grep -q connected silent
expect "it does not speak of an interruption" \
	sh -c '! grep -q interrupt out err'
finish
