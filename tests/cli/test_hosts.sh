#!/bin/sh
# hosts = command, groups, and hdeploy hosts, which connects to no host.
# shellcheck disable=SC2016 # jq and deploy.ini expand it
plans=$(cd "$(dirname "$0")/../plans" && pwd)
. "$(dirname "$0")/lib.sh"

ini() { # LINES of [prod]
	cat >deploy.ini <<-EOT
	[app]
	name = hotcode
	release = r
	[defaults]
	path = /srv/x
	group.db = db*
	[prod]
	$1
	[staging]
	hosts = command echo asked >>staging; echo stage1
	EOT
}

# says FILE TEXT
says() {
	expect "$on: $2" grep -qF -e "$2" "$1"
}

cat >source.sh <<'EOT'
echo asked >>prod
echo "# all of $HDEPLOY_ENV"
echo 'web1 10.0.0.1'
echo 'host = web[2-3] deploy@10.0.0.[2-3]:2222'
echo "key: ${DEPLOY_KEY-none}, ${HDEPLOY_KEY_PASSPHRASE-none}" >>env
EOT
ini 'hosts = command sh source.sh
host = db1
group.web = web*
canary = web1
identity_env = DEPLOY_KEY
[prod:web9]
user = me'

on='hosts prod'
DEPLOY_KEY=secret HDEPLOY_KEY_PASSPHRASE=secret run hosts prod
expect_status "$on" 0
expect_line "$on" out 'prod: 4 hosts, 3 waves'
expect_line "$on" out '  host  address   port  user    wave        groups  from'
expect_line "$on" out '  db1   db1       -     -       2           db      line 9'
expect_line "$on" out '  web1  10.0.0.1  -     -       1 (canary)  web     line 2 of `sh source.sh`'
expect_line "$on" out '  web3  10.0.0.3  2222  deploy  3           web     line 3 of `sh source.sh`'
expect_line "$on" out '  group.web = web[1-3]'
says out '[prod:web9] has no effect: no host of this environment has that name'
expect "$on asks once" [ "$(cat prod)" = asked ]
expect "$on asks no other environment" [ ! -e staging ]
expect "a source gets no secret" [ "$(cat env)" = 'key: none, none' ]

on='hosts of a group'
run hosts prod --limit 'web,!web1' --json
expect_status "$on" 0
expect "$on" jq -es 'map(select(.event == "inventory")) |
	map(.host) == ["web2", "web3"] and all(.env == "prod" and
	.source == "command" and .port == 2222 and .user == "deploy" and
	.groups == "web" and .canary == "no" and .path == "/srv/x" and
	.from == "line 3 of `sh source.sh`") and map(.wave) == [1, 2]' out

on='all environments'
run hosts
expect_status "$on" 0
expect_line "$on" out 'staging: 1 host, 1 wave'
expect_line "$on" out '  group.db = (no host)'
expect "$on are asked" [ -e staging ]

on='a command without an environment asks nobody'
rm -f prod staging
run help
run build 0.1.0
run init
expect "$on" [ ! -e prod ]
expect "$on" [ ! -e staging ]

on='an unknown environment'
run hosts pro
expect_status "$on" 2
says err 'did you mean "prod"?'
expect "$on asks nobody" [ ! -e prod ]
run hosts --limit web1
expect_status '--limit without an environment' 2

on='status of a group'
run status prod --limit gone
expect_status "$on" 2
says err '--limit: "gone" matches no host or group of prod'

on=console
run console prod web7
expect_status "$on" 2
says err 'prod has no host "web7"; did you mean "web'

# A line that is cut counts all that is left out: 2000 names of 39 bytes.
{
	printf '%s\n' '[app]' 'name = hotcode' 'release = r' '[prod]' \
		'path = /srv/x' 'group.all = *'
	awk 'BEGIN { for (i = 0; i < 2000; i++)
		printf "host = %04dx-%033d\n", (i * 7919) % 10000, i }'
} >many.ini
on='a long group'
run hosts prod -f many.ini
expect_status "$on" 0
cut=$(grep 'group.all = ' out)
more=${cut##*...(}
shown=$(printf '%s' "${cut% ...(*}" | wc -c)
expect "$on" [ $((shown + ${more%% *})) = $((14 + 2000 * 41 - 2)) ]

# Failures of a source refuse the run.
ini 'hosts = command echo web1; echo no token >&2; exit 4'
on='a source that fails'
run upgrade prod 0.2.0
expect_status "$on" 7
expect "$on" grep -q '^hosts: failed after [^ ]*: failed with status 4: no token (command: echo web1;' out
ini 'hosts = command true'
on='a source without a host'
run upgrade prod 0.2.0
expect_status "$on" 7
expect "$on" grep -q '^hosts: failed after [^ ]*: `true` succeeded, but named no host$' out
ini 'hosts = command printf "a:b\n-x\n\033[31m\n"'
on='bad lines'
run upgrade prod 0.2.0
expect_status "$on" 2
says err 'deploy.ini:8: hosts: line 1 of `printf "a:b\n-x\n\033[31m\n"`: "b" is not a port'
says err 'line 2 of `printf'
says err 'line 3 of `printf'
ini 'hosts = srv _ssh._tcp..'
on='a bad name of records'
run hosts prod
expect_status "$on" 2
says err 'deploy.ini:8: hosts: "srv _ssh._tcp.." is not a source of hosts'

# Saved facts plan with the hosts that were asked when they were saved.
on='saved facts'
{
	sed '/^facts /,$d' "$plans/upgraded-hot/facts" |
	    sed 's/^host = .*/&\nhosts = command touch ran/'
	sed -n '/^facts /,$p' "$plans/upgraded-hot/facts"
} >facts
run status lab --facts facts
expect_status "$on" 2
says err 'a saved file must name its hosts itself'
expect "$on run nothing" [ ! -e ran ]

finish
