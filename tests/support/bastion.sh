# shellcheck shell=sh
# A bastion in front of a laboratory: an sshd of its own, and $LAB/ssh/ssh_config
# that leads through it. Source it after lab.sh; lab_open, then bastion_setup.
#
#	$LAB/behind.ini   the hosts of the laboratory
#	$LAB/many.ini     fifty hosts without a release: many[1-50]

# The bastion has a host key and a user of its own.
bastion_setup() {
	XDG_RUNTIME_DIR=$LAB/run
	export XDG_RUNTIME_DIR
	mkdir -m 700 "$LAB/run"
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/bastion"
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/jumper"
	cp "$LAB/ssh/jumper.pub" "$LAB/ssh/jumpers"
	sed "s|$LAB/ssh/host|$LAB/ssh/bastion|; s|$LAB/ssh/authorized_keys|$LAB/ssh/jumpers|
		s|^MaxStartups.*|MaxStartups 3:50:6|" "$LAB/ssh/config" \
		>"$LAB/ssh/sshd_config.bastion"
	echo "ListenAddress 127.0.1.1:$LAB_PORT" >>"$LAB/ssh/sshd_config.bastion"
	echo "[127.0.1.1]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/bastion.pub")" \
		>"$LAB/ssh/known_bastion"
	cat >"$LAB/ssh/ssh_config" <<-END
		Host bastion
			HostName 127.0.1.1
			Port $LAB_PORT
			IdentityFile $LAB/ssh/jumper
			UserKnownHostsFile $LAB/ssh/known_bastion
		Host many* web*
			ProxyJump bastion
			Port $LAB_PORT
			IdentityFile $LAB/ssh/user
			UserKnownHostsFile $LAB/ssh/known_hosts
		Host web2
			HostName $(lab_address 2)
		Host many* web1
			HostName $(lab_address 1)
	END
	sed "s|^host = web\(.\) .*|host = web\1|
		s|^identity.*|ssh_config = $LAB/ssh/ssh_config|
		s|^known_hosts.*|connect_timeout = 2s\nupgrade_timeout = 15s|" "$LAB/deploy.ini" \
		>"$LAB/behind.ini"
	sed '/^\[lab/,$d' "$LAB/deploy.ini" >"$LAB/many.ini"
	cat >>"$LAB/many.ini" <<-END
		[many]
		path = $LAB/{host}
		host = many[1-50]
		parallel = 50
		connect_timeout = 5s
		channels = 1
		ssh_config = $LAB/ssh/ssh_config
	END
}

bastion_start() {
	: >"$LAB/ssh/bastion.log"
	"$(lab_sshd_path)" -D -f "$LAB/ssh/sshd_config.bastion" \
		-E "$LAB/ssh/bastion.log" &
	echo $! >"$LAB/ssh/bastion.pid"
	until grep -q 'Server listening' "$LAB/ssh/bastion.log"; do
		kill -0 "$(cat "$LAB/ssh/bastion.pid")" || return 1
		sleep 0.1
	done
}

# With all its sessions; nothing listens any more.
bastion_dies() {
	bastion=$(cat "$LAB/ssh/bastion.pid")
	kill -STOP "$bastion"
	lab_sessions KILL "$bastion"
	kill -KILL "$bastion"
	wait "$bastion" 2>/dev/null || : # if it is a child of this shell
}

logins() {
	grep -c '^Accepted publickey' "$LAB/ssh/bastion.log" || :
}

# No ssh, and no folder of sockets.
nothing_runs() {
	left=$(pgrep -f "^ssh .*$LAB/ssh/ssh_config" || :)
	[ -z "$left" ] || flunk "still runs: $(ps -o args= -p "$left")"
	equal 'sockets left' "$(ls "$LAB/run")" ''
}
