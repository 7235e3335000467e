#!/bin/sh
# Each error in the command line is reported on stderr, with status 2.
# shellcheck disable=SC2016 # must not be expanded
. "$(dirname "$0")/lib.sh"

# refused TEXT ARGUMENT...: status 2 and the line TEXT
refused() {
	text=$1
	shift
	run "$@"
	expect_status "$*" 2
	expect_line "$*" err "$text"
	expect_empty "$*" out
}

write_ini "true" "rel"
refused 'no command given; "hdeploy help" lists all commands'
refused 'unknown command "pussh"; did you mean "push"?' pussh
refused 'unknown command "frobnicate"; "hdeploy help" lists all commands' \
	frobnicate
refused 'unknown option "--dryrun"; did you mean "--dry-run"?' \
	push prod --dryrun
refused 'unknown option "-x"' -x push prod
refused '--limit needs HOSTS' status prod --limit
refused '--parallel: "many" is not a number from 1 to 1024' \
	status prod --parallel many
refused '--quiet and --verbose exclude each other' status prod -q -v
refused '--facts and --save exclude each other' \
	status prod --facts a --save b
refused '--save is an option of status, check, not of upgrade' \
	upgrade prod 0.2.0 --save a
refused '--from is an option of rollback, not of upgrade' \
	upgrade prod 0.2.0 --from 0.1.0
refused 'missing arguments for push; usage: hdeploy push ENV [VERSION]' push
refused 'missing arguments for upgrade; usage: hdeploy upgrade ENV VERSION' \
	upgrade prod
refused 'too many arguments for start; usage: hdeploy start ENV' \
	start prod 0.2.0
refused 'too many arguments for version; usage: hdeploy version' version 1

# Arguments cannot send control sequences to the terminal.
refused 'unknown command "x\x07y"; "hdeploy help" lists all commands' \
	"$(printf 'x\033[31m\007y')"

for version in ../x -x .1 'a b' 'a$(b)' "$(printf 'a\nb')"; do
	run upgrade prod -- "$version"
	expect_status "upgrade prod $version" 2
	expect "upgrade prod $version" grep -q 'is not a valid version' err
done
run rollback prod --from=../x
expect_status "--from=../x" 2

run status prd
expect_status "an unknown environment" 2
expect "it suggests a similar environment" grep -q '"prod"' err
run status prod --limit wbe1
expect_status "an unknown host" 2
expect "it suggests a similar host" grep -q '"web1"' err

refused "there is no my missing.ini: create it with \`hdeploy init -f 'my missing.ini'\`" \
	-f 'my missing.ini' status prod
mv deploy.ini kept.ini
refused 'no deploy.ini here: create one with `hdeploy init`, or name another file with -f' \
	status prod
mv kept.ini deploy.ini

# An endless file is read only up to the size limit.
status=0
timeout -s KILL 10 "$HDEPLOY" -f /dev/zero status prod >out 2>err || status=$?
expect_status "an endless file" 2

# All problems of the file in one run, each with its line.
cat >deploy.ini <<'EOF'
[app]
name = hotcode
driver = relx
release = rel
[prod]
pth = /srv/hotcode
path = /srv/hotcode
host = web1
usr = deploy
EOF
run status prod
expect_status "a bad deploy.ini" 2
expect "the first problem" grep -q '^deploy.ini:6: .*"pth".*"path"' err
expect "the second problem" grep -q '^deploy.ini:9: .*"usr".*"user"' err
expect_empty "a bad deploy.ini" out
finish
