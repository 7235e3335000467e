#!/bin/sh
# help, --help and -h show the same help for every command.
. "$(dirname "$0")/lib.sh"

run help
expect_status "help" 0
expect_empty "help" err
expect "the help fits a terminal" awk 'length > 80 { exit 1 }' out
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' out)
expect "the help lists the commands" test \
	"$(echo "$commands" | tr '\n' ' ')" = \
	"init appup inspect build push deploy start stop restart upgrade rollback resume status check explain repair history run console fetch prune unlock trust help version "
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
cp out one
run --version
expect "--version is version" cmp one out

run help psh
expect_status "help for an unknown command" 2
expect_line "help for an unknown command" err \
	'unknown command "psh"; did you mean "push"?'
finish
