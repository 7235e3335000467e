#!/bin/sh
# hdeploy doctor: this machine, without the network.
# shellcheck disable=SC2016 # backquotes of messages
. "$(dirname "$0")/lib.sh"
unset SSH_AUTH_SOCK HDEPLOY_KEY_PASSPHRASE CI

ini() { # LINES of [prod]
	cat >deploy.ini <<-EOT
	[app]
	name = hotcode
	release = r
	${app-}
	[defaults]
	path = /srv/x
	ssh_config = ${config:-no}
	known_hosts = known
	identity = id
	[prod]
	$1
	EOT
}

# says TEXT: a line of stdout contains it
says() {
	expect "$on: $1" grep -qF -e "$1" out
}

expect_no() { # TEXT
	expect "$on: not $1" sh -c '! grep -qF -e "$1" out' - "$1"
}

expect_clean() { # the doctor wrote nothing and asked no source
	expect "$on: nothing is asked" [ ! -e asked ]
}

key() { # FILE [PASSPHRASE]
	rm -f "$1" "$1.pub"
	ssh-keygen -q -t ed25519 -N "${2-}" -C me -f "$1"
}

key id
key host
printf '%s %s\n' web1,web2 "$(cut -d' ' -f1,2 host.pub)" >known

on='a machine with all it needs'
ini 'host = web[1-2]'
run doctor
expect_status "$on" 0
expect_line "$on" out 'ok       deploy.ini   deploy.ini is valid'
expect_line "$on" out 'ok       environment  prod: 2 hosts in deploy.ini'
expect_line "$on" out 'ok       key          id: ssh-ed25519, not encrypted'
expect_line "$on" out \
	'ok       known_hosts  prod web1,web2: a host key is recorded or pinned'
says 'ok       agent        none'
says "ok       tool         $(command -v ssh): OpenSSH_"
says ', libssh2 1.'
says 'ok       terminal     none: hdeploy prints plain lines'
expect_line "$on" out '0 problems, 0 warnings; no host was contacted'

on='hosts without a recorded key'
ini "host = web[1-5]
host = pinned
host = new
hosts = command touch asked; echo x
[prod:pinned]
host_key = SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
[prod:new]
host_key_policy = accept-new"
run doctor prod
expect_status "$on" 3
expect_line "$on" out 'problem  known_hosts  prod web[3-5]: no host key is recorded: `hdeploy trust prod --limit '"'web[3-5]'"'`'
says 'prod web1,web2,pinned: a host key is recorded or pinned'
says 'prod new: no host key is recorded; host_key_policy = accept-new records it'
says 'more from `touch asked; echo x` (not asked; `hdeploy hosts` does)'
expect_line "$on" out '1 problem, 0 warnings; no host was contacted'
expect_line "$on" err 'status 3: a run would end with this status, because of a problem above'
expect_clean

on='a key that others can read'
ini 'host = web1'
chmod 644 id
run doctor
expect_status "$on" 7
expect_line "$on" out 'problem  key          id: others can read it (mode 0644): chmod 600 id'
chmod 600 id

on='a key that is missing'
mv id moved
mv id.pub moved.pub
run doctor
expect_status "$on" 7
expect_line "$on" out 'problem  key          id: there is no such file: change identity in deploy.ini'
says 'warning  key          prod web1: no key can log in'
mv moved id

on='an encrypted key'
key id secret
run doctor
expect_status "$on" 0
says 'warning  key          id: ssh-ed25519, encrypted, and no agent has it'
HDEPLOY_KEY_PASSPHRASE=secret run doctor
says 'ok       key          id: ssh-ed25519, encrypted; passphrase_command or'
expect "$on: its passphrase is not shown" sh -c '! grep -q secret out err'

on='an agent'
ssh-agent -a "$scratch/agent" >agent.sh
agent=$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' agent.sh)
trap 'kill "$agent"; rm -rf "$scratch"' EXIT
SSH_AUTH_SOCK=$scratch/agent run doctor
says "ok       agent        $scratch/agent: it has no keys, or is locked"
ssh-keygen -q -p -P secret -N '' -f id >/dev/null
SSH_AUTH_SOCK=$scratch/agent ssh-add -q id 2>add || cat add
ssh-keygen -q -p -P '' -N secret -f id >/dev/null
SSH_AUTH_SOCK=$scratch/agent run doctor
says "ok       agent        $scratch/agent: 1 key"
says 'ok       key          id: ssh-ed25519, encrypted; the agent has it'
SSH_AUTH_SOCK=$scratch/nobody run doctor
expect_status "$on" 0
says "warning  agent        $scratch/nobody: "

on='a key in a variable'
ini 'host = web1
identity_env = DEPLOY_KEY'
run doctor
expect_status "$on" 7
says 'problem  key          key $DEPLOY_KEY: '
DEPLOY_KEY=$(cat host) run doctor
says 'ok       key          $DEPLOY_KEY: ssh-ed25519, not encrypted'

on='ssh_config'
cat >config <<'EOT'
Host web*
User deploy
ProxyJump bastion
CanonicalizeHostname always
EOT
mkdir logged
cat >logged/ssh <<EOT
#!/bin/sh
echo "\$*" >>"$scratch/args"
exec $(command -v ssh) "\$@"
EOT
chmod +x logged/ssh
config=config ini 'host = web[1-3]
host = db1'
PATH=$scratch/logged:$PATH run doctor
expect "$on: no name server is asked" [ "$(grep -c -e '-o CanonicalizeHostname=no ' args)" = 4 ]
expect "$on: ssh connects to nobody" sh -c '! grep -v -e "^-G " -e "^-V$" args'
says 'ok       ssh_config   prod web[1-3]: User deploy, ProxyJump bastion'
says 'ok       ssh_config   prod db1: no effect on these hosts'
echo 'Bogus yes' >>config
run doctor
says 'problem  ssh_config   prod web[1-3],db1: '
says 'config: line 5: Bad configuration option: bogus'

on='programs'
mkdir bin
app='build = (rebar3 release)
relup = auto' ini 'host = web1'
PATH=$scratch/bin run doctor
says 'problem  tool         PATH has no erl, which relup = auto of deploy.ini needs: install Erlang/OTP'
says 'warning  tool         PATH has no rebar3: the build command of deploy.ini names it: install rebar3'
says 'warning  tool         PATH has no ssh: '
expect_no 'PATH has no mix'

on='a wrong deploy.ini'
echo 'usr = me' >>deploy.ini
echo 'port = 1' >>deploy.ini
run doctor
expect_status "$on" 2
says 'problem  deploy.ini   deploy.ini:13: unknown key "usr" in [prod]; did you mean "user"?'
says 'problem  deploy.ini   deploy.ini:14: unknown key "port"'
expect_line "$on" err 'status 2: a run would end with this status, because of a problem above'

on='no deploy.ini'
rm deploy.ini
run doctor
expect_status "$on" 2
says 'problem  deploy.ini   no deploy.ini here'
says 'ok       tool  '

on=JSON
ini 'host = web1
host = web9'
run doctor --json
expect_status "$on" 3
expect "$on" jq -es 'map(select(.event == "doctor")) |
	any(.topic == "known_hosts" and .level == "problem" and
	.text == "prod web9: no host key is recorded" and
	.remedy == "`hdeploy trust prod --limit web9`") and
	any(.topic == "deploy.ini" and .level == "ok" and
	(has("remedy") | not)) and
	all(.level == "ok" or .level == "warning" or .level == "problem")' out
run doctor pro
expect_status 'an unknown environment' 2

finish
