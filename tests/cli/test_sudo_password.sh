#!/bin/sh
# sudo_password: the values that deploy.ini can have, and the terminal or variable
# that must exist before hdeploy connects. Nobody listens at 127.0.0.1:1.
# shellcheck disable=SC2016 # the shell of deploy.ini expands it
. "$(dirname "$0")/lib.sh"

ini() { # VALUE [LINE]
	cat >deploy.ini <<-EOT
		[app]
		name = hotcode
		release = r
		[prod]
		path = /srv/x
		host = web1 127.0.0.1:1
		run_as = app
		sudo_password = $1
		connect_retries = 0
		${2-}
	EOT
}

refused() { # VALUE
	on="sudo_password = $1"
	ini "$1"
	run status prod
	expect_status "$on" 2
	expect "$on: the rule" grep -qF "deploy.ini:8: sudo_password: \"$1\" is not ask, command COMMAND (for the shell), or env NAME (an environment variable)" err
}

refused secret
refused 'ask me'
refused command
refused 'env'
refused 'env 1X'
refused 'env A B'
refused 'env fd:3'

CI=yes
export CI
ini ask
on='ask without a terminal'
run status prod
expect_status "$on" 2
expect_line "$on" err 'web1: sudo_password = ask needs a terminal, and never asks in a CI job: use sudo_password = command COMMAND or env NAME'

ini 'env HD_PW' 'hosts = command echo "web2 ${HD_PW-none}" >seen; echo web3 127.0.0.1:2'
on='a variable that is not set'
run status prod
expect_status "$on" 7
expect "$on" grep -qF 'web1: the environment variable HD_PW, which sudo_password names, is not set' err

on='a variable'
HD_PW=planted run status prod
expect_status "$on" 3
expect "$on: no child gets it" [ "$(cat seen)" = 'web2 none' ]
expect "$on: it is not shown" sh -c '! grep -q planted out err'

ini 'command echo once >>count; cat pw; exit 3'
echo planted >pw
on='a command that fails'
run status prod
expect_status "$on" 7
expect "$on" grep -qF 'sudo_password: failed with status 3' err
expect "$on: once" [ "$(cat count)" = once ]
expect "$on: it is not shown" sh -c '! grep -q planted out err'

ini ask
sed '/^run_as/d' deploy.ini >plain.ini
on='without run_as'
run status prod -f plain.ini
expect_status "$on" 3
finish
