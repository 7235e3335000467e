# shellcheck shell=sh disable=SC2154
# The servers of the matrix: each has a folder $W/NAME with its host keys, its
# port, and the home of the user who logs in.
# shellcheck disable=SC2034 # read by matrix.sh
servers='openssh hardened one-session dropbear tinysshd erlang'

start() { # SERVER
	mkdir -m 700 "$W/$1/home" "$W/$1/home/.ssh"
	: >"$W/$1/home/.ssh/authorized_keys"
	chmod 600 "$W/$1/home/.ssh/authorized_keys"
	case $1 in
	tinysshd) start_tinysshd ;;
	*) start_with_keys "$1" ;;
	esac
}

start_with_keys() { # SERVER
	for key in $keys; do
		ssh-keygen -q -t "$key" -N '' -C host \
			-f "$W/$1/ssh_host_${key}_key"
	done
	case $1 in
	dropbear) start_dropbear ;;
	erlang) start_erlang ;;
	*) start_openssh "$1" ;;
	esac
}

serve() { # SERVER COMMAND...
	s=$1
	shift
	TEST_HOME=$W/$s/home "$TOOLS/serve" "$W/$s/port" \
		env LD_PRELOAD="$TOOLS/home.so" "$@" 2>"$W/$s/log" &
}

start_openssh() { # SERVER
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	{
		"sshd_$(echo "$1" | tr - _)"
		cat <<-END
			AuthorizedKeysFile .ssh/authorized_keys
			StrictModes no
			PidFile none
			PasswordAuthentication no
			KbdInteractiveAuthentication no
			Subsystem sftp internal-sftp
		END
		for key in $keys; do
			echo "HostKey $W/$1/ssh_host_${key}_key"
		done
	} >"$W/$1/sshd_config"
	serve "$1" "$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd)" \
		-i -f "$W/$1/sshd_config" -E "$W/$1/log"
}

sshd_openssh() {
	:
}

# As guides for hardening have it. It also exchanges keys again during uploads,
# and its banner has escape sequences.
sshd_hardened() {
	printf '\033]0;owned\007authorized users \033[31monly\033[0m\n' \
		>"$W/hardened/banner"
	rm "$W"/hardened/ssh_host_ecdsa_key* "$W"/hardened/ssh_host_rsa_key*
	cat <<-END
		KexAlgorithms curve25519-sha256
		Ciphers aes256-ctr
		MACs hmac-sha2-512-etm@openssh.com
		HostKeyAlgorithms ssh-ed25519
		MaxAuthTries 2
		LoginGraceTime 20
		LogLevel VERBOSE
		Compression no
		RekeyLimit 16M
		X11Forwarding no
		AllowAgentForwarding no
		AllowTcpForwarding local
		PermitUserEnvironment no
		Banner $W/hardened/banner
	END
}

sshd_one_session() {
	echo MaxSessions 1
}

start_dropbear() {
	for key in $keys; do
		dropbearconvert openssh dropbear \
			"$W/dropbear/ssh_host_${key}_key" \
			"$W/dropbear/$key" 2>/dev/null
	done
	serve dropbear "$(PATH=$PATH:/usr/sbin command -v dropbear)" -i -s \
		-r "$W/dropbear/ed25519" -r "$W/dropbear/ecdsa" \
		-r "$W/dropbear/rsa"
}

start_tinysshd() { # one program with several names
	for name in tinysshd tinysshd-makekey tinysshd-printkey; do
		ln -s "$(PATH=$PATH:/usr/sbin:$PWD/.deps/bin \
			command -v tinysshd)" "$W/tinysshd/$name"
	done
	"$W/tinysshd/tinysshd-makekey" "$W/tinysshd/keys"
	"$W/tinysshd/tinysshd-printkey" "$W/tinysshd/keys" \
		>"$W/tinysshd/ssh_host_ed25519_key.pub"
	serve tinysshd "$W/tinysshd/tinysshd" "$W/tinysshd/keys"
}

start_erlang() {
	HOME=$W/erlang escript tests/fixtures/esshd.escript \
		"$W/erlang/port" "$W/erlang" "$W/erlang/home/.ssh" \
		>"$W/erlang/log" 2>&1 &
}

# Of the same kind as the user's key, if the server has one.
known_hosts() { # SERVER KEY
	for k in "$2" ed25519; do
		[ ! -e "$W/$1/ssh_host_${k}_key.pub" ] || break
	done
	echo "[127.0.0.1]:$(cat "$W/$1/port")" \
		"$(cut -d' ' -f1,2 "$W/$1/ssh_host_${k}_key.pub")"
}
