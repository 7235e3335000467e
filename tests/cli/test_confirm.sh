#!/bin/sh
# confirm_env: changes ask for the name of the environment, and only changes.
# shellcheck disable=SC2016 # must not be expanded
. "$(dirname "$0")/lib.sh"

cat >deploy.ini <<END
[app]
name = shop
release = rel
[defaults]
connection = local
path = $scratch/root
confirm_env = prod
[prod]
host = here
[test]
host = here
path = $scratch/other
END

# asked ANSWER ARGUMENT...: runs hdeploy at a terminal, where this is typed
asked() {
	answer=$1
	shift
	status=0
	# script ends with its input, so this stays until hdeploy has ended
	{
		n=0
		until grep -q Type typed 2>/dev/null || [ "$n" = 100 ]; do
			sleep 0.1
			n=$((n + 1))
		done
		echo "$answer"
		until [ -e ended ] || [ "$n" = 200 ]; do
			sleep 0.1
			n=$((n + 1))
		done
	} | script -qefc "$HDEPLOY --plain $*; echo \$? >ended" typed >out 2>err
	status=$(cat ended)
	rm -f ended typed
	tr -d '\r' <out >err
}

# Nothing runs there yet, so that a start is refused with 4 when it looks.
run start prod
expect_status 'no terminal' 2
expect_line 'no terminal' err 'a change of prod needs a confirmation (confirm_env),'\
' and there is no terminal; `hdeploy start prod --yes` does not ask'
run upgrade prod 0.2.0 --cold --limit here -f ./deploy.ini
expect_line 'the whole command' err 'a change of prod needs a confirmation'\
' (confirm_env), and there is no terminal; `hdeploy upgrade prod 0.2.0'\
' --cold --yes --limit here -f ./deploy.ini` does not ask'
run restart prod --skip-unreachable
expect_line 'hosts that are down' err 'a change of prod needs a confirmation'\
' (confirm_env), and there is no terminal; `hdeploy restart prod'\
' --skip-unreachable --yes` does not ask'
run run prod -- cat "/etc/secret file"
expect_line 'COMMAND' err 'a change of prod needs a confirmation (confirm_env),'\
' and there is no terminal; `hdeploy run prod --yes -- COMMAND`'\
' does not ask'
run start prod --yes
expect_status '--yes' 4
run start prod --dry-run
expect_status '--dry-run' 4
run status prod
expect_status 'status' 1
run start test
expect_status 'another environment' 4

asked prod start prod
expect_status 'the right answer' 4
asked yes start prod
expect_status 'another answer' 130
expect_line 'another answer' err \
	'not confirmed: the answer was not prod; no host was changed'
asked produce start prod
expect_status 'more than the name' 130

finish
