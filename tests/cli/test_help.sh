#!/bin/sh
# help, --help and -h show the same help for every command.
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"

run help
expect_status "help" 0
expect_empty "help" err
expect "the help fits a terminal" awk 'length > 80 { exit 1 }' out
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' out)
expect "the help lists the commands" test \
	"$(echo "$commands" | tr '\n' ' ')" = \
	"init doctor hosts appup inspect build push deploy start stop restart upgrade rollback resume status check explain repair history logs timeline run console fetch prune unlock trust help version "
for n in 0 1 2 3 4 5 6 7 130; do
	expect "the help explains status $n" grep -q "^ *$n  [a-z]" out
done
cp out all

for command in $commands; do
	run help "$command"
	expect_status "help $command" 0
	expect "help $command begins with its usage" \
		grep -q "^usage: hdeploy \[OPTIONS\] $command" out
	expect "help $command fits a terminal" awk 'length > 80 { exit 1 }' out
	cp out one
	run "$command" --help
	expect_status "$command --help" 0
	expect "$command --help is help $command" cmp one out
	run -h "$command"
	expect "-h $command is help $command" cmp one out
done

run --help
expect_status "--help" 0
expect "--help is help" cmp all out
run help rollback
expect "the help of rollback has --from" grep -q -e "--from=VERSION" out
run help upgrade
expect "the help of upgrade has no --from" sh -c '! grep -q -e --from out'

run version
expect_status "version" 0
expect "version is a number" grep -qx 'hdeploy [0-9]*\.[0-9]*\.[0-9]*' out
for library in libssh2 libcrypto libarchive libdeflate zlib jansson; do
	expect "version names $library" grep -q "^$library .*[0-9]\.[0-9]" out
done
cp out one
run --version
expect "--version is version" cmp one out

run help psh
expect_status "help for an unknown command" 2
expect_line "help for an unknown command" err \
	'no command or key is called "psh"; did you mean "push"?'

# Keys of deploy.ini.
run help deploy.ini
expect_status "help deploy.ini" 0
expect "the list of keys fits a terminal" awk 'length > 80 { exit 1 }' out
for key in name soak hook.NAME env.NAME artifact_url_command; do
	expect "help deploy.ini lists $key" grep -q "^  $key  *[a-z]" out
done
run help soak
expect_status "help soak" 0
expect_line "help soak" out "  default  0s"
expect_line "help soak" out "  section  [defaults], [ENV] or [ENV:HOST]"
expect_line "help soak" out "  example  soak = 0s"
run help hook.after_upgrade
expect "help hook.after_upgrade is that of the family" \
	grep -q '^hook.NAME, a key of deploy.ini' out
run help upgrade
expect "help upgrade names the key" grep -q '"hdeploy help deploy.ini upgrade"' out
run help deploy.ini upgrade
expect_line "help deploy.ini upgrade" out "  default  hot"
run help soka
expect_status "help for a misspelt key" 2
expect_line "help for a misspelt key" err \
	'no command or key is called "soka"; did you mean "soak"?'
run complet x
expect_line "hidden commands are not suggested" err \
	'unknown command "complet"; "hdeploy help" lists all commands'
run help deploy.ini push
expect_status "help deploy.ini with a command" 2
run help push prod
expect_status "help with too many words" 2

# The manual: the source of its pages, where stdout is not a terminal.
for page in hdeploy.1 deploy.ini.5 hdeploy-events.7; do
	run help --man "${page%.*}"
	expect_status "help --man ${page%.*}" 0
	expect "help --man ${page%.*} is mdoc" grep -q '^\.Dt ' out
	cp out "$page"
	run help --man "$page"
	expect "help --man $page is the same" cmp "$page" out
done
run help --man
expect "help --man is hdeploy(1)" cmp hdeploy.1 out
run help --man upgrade
expect "help --man upgrade is hdeploy(1)" cmp hdeploy.1 out
run help --man soak
expect "help --man soak is deploy.ini(5)" cmp deploy.ini.5 out
run help --man soka
expect_status "help --man of nothing" 2
run push --man
expect_status "--man of another command" 2

# On a terminal: through man, else mandoc, else the short help.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	mkdir man mandoc none
	# shellcheck disable=SC2016 # for these two
	printf '#!/bin/sh\necho "man: $#"; head -n 3 "$1"\n' >man/man
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "mandoc: $1"; head -n 3 "$2"\n' >mandoc/mandoc
	chmod +x man/man mandoc/mandoc
	cp "$(command -v head)" man
	cp man/head mandoc
	shown() { # FOLDER TOPIC: help --man on a terminal, with that PATH
		script -qec "PATH=$PWD/$1 $HDEPLOY help --man $2" /dev/null \
			</dev/null | tr -d '\r' >out
	}
	shown man soak
	expect_line "help --man runs man" out "man: 1"
	expect_line "help --man gives man the page" out ".Dt DEPLOY.INI 5"
	shown mandoc upgrade
	expect_line "help --man runs mandoc" out "mandoc: -a"
	expect_line "help --man gives mandoc the page" out ".Dt HDEPLOY 1"
	for topic in soak upgrade deploy.ini events hdeploy; do
		shown none $topic
		expect "help --man $topic without man is text" grep -q -w \
			-e soak -e upgrade -e summary out
		expect "help --man $topic without man says so" \
			grep -q '^neither man nor mandoc works' out
	done
fi

# Every variable that hdeploy reads is in the manual.
variables=$(grep -rhoE '(getenv|is_set|from_env)\((c, )?"[A-Z_]+"' \
	"$top/cmd" "$top/core" "$top/transport" --include=*.c |
	sed 's/.*"\(.*\)"/\1/' | sort -u)
expect "hdeploy reads variables" test -n "$variables"
for variable in $variables; do
	expect "docs/man/hdeploy.1 has $variable" \
		grep -qw "^\.It Ev.* $variable" hdeploy.1
done
finish
