# shellcheck shell=sh disable=SC2034,SC2154
# The server, the bastion, the keys, and the words of the file `rows`.

make_place() {
	USER=$(id -un)
	export USER
	mkdir "$W/keys" "$W/box" "$W/bastion"
	for kind in ed25519 rsa ecdsa; do
		make "$W/keys/$kind" "$kind"
		make "$W/box/$kind" "$kind"
	done
	for name in other ca 1 2 3 4 5 6 7; do
		make "$W/keys/$name" ed25519
	done
	make "$W/bastion/ed25519" ed25519
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
}

make() { # FILE TYPE
	ssh-keygen -q -t "$2" -N '' -C "${1##*/}" -f "$1"
}

start_servers() { # in $D
	sshd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd)
	for name in box bastion; do
		touch "$D/$name/config"
		"$TOOLS/serve" "$D/$name/port" "$sshd" -i \
			-f "$D/$name/config" -E "$D/$name/log" &
		until [ -s "$D/$name/port" ]; do sleep 0.05; done
	done
	P=$(cat "$D/box/port")
	B=$(cat "$D/bastion/port")
	at="[127.0.0.1]:$P"
}

# A row's lines come first: sshd uses the first value of a key.
write_server() { # NAME
	{
		cat "$D/$1/lines"
		cat <<-END
			AuthorizedKeysFile $D/box/authorized_keys
			StrictModes no
			PidFile none
			UsePAM no
			PasswordAuthentication no
			KbdInteractiveAuthentication no
			PermitRootLogin yes
			SetEnv SHLVL=2
		END
		grep -q '^Subsystem ' "$D/$1/lines" ||
			echo 'Subsystem sftp internal-sftp'
		grep -q '^HostKey ' "$D/$1/lines" || for host_key in \
			"$D/$1"/ed25519 "$D/$1"/rsa "$D/$1"/ecdsa; do
			[ ! -e "$host_key" ] || echo "HostKey $host_key"
		done
	} >"$D/$1/config"
}

# --- words of rows

public() { # SERVER TYPE: its host key
	cut -d' ' -f1,2 "$D/$1/$2.pub"
}

key() { # TYPE [FILE]: a private key that the server accepts, as FILE
	cp "$W/keys/$1" "${2:-$dot/id_$1}"
	cp "$W/keys/$1.pub" "${2:-$dot/id_$1}.pub"
	cat "$W/keys/$1.pub" >>"$D/box/authorized_keys"
}

no_key() { # the default one is gone, here and there
	rm -f "$dot"/id_* "$D/box/authorized_keys"
	: >"$D/box/authorized_keys"
}

encrypt() { # FILE
	ssh-keygen -q -p -a 4 -N secret -f "$1"
}

accept_ca() { # only certificates of our authority
	echo "cert-authority $(cat "$W/keys/ca.pub")" \
		>"$D/box/authorized_keys"
}

# certificate FILE OPTION...: FILE.pub gets one; an option comes last and wins
certificate() {
	file=$1
	shift
	ssh-keygen -q -s "$W/keys/ca" -I test -n "$USER" "$@" "$file.pub"
}

host_certificate() { # OPTION...
	cp "$D/box/ed25519.pub" "$D/box/signed.pub"
	ssh-keygen -q -s "$W/keys/ca" -I box -h "$@" "$D/box/signed.pub"
	server "HostCertificate $D/box/signed-cert.pub"
}

server() { # LINE...
	printf '%s\n' "$@" >>"$D/box/lines"
}

bastion() { # LINE...
	printf '%s\n' "$@" >>"$D/bastion/lines"
}

config() { # LINE...: of ~/.ssh/config
	printf '%s\n' "$@" >>"$config"
	chmod 600 "$config"
}

ini() { # LINE...: of deploy.ini
	ini=$(printf '%s\n' "$ini" "$@")
}

# A new socket each time: an agent that was ended can still have its own.
agent() { # KEY...: private key files
	mkdir -p "$D/agents"
	SSH_AUTH_SOCK=$(mktemp -u "$D/agents/XXXXXX")
	export SSH_AUTH_SOCK
	ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
	echo "$!" >>"$D/agents/pids"
	until agent_answers; do sleep 0.05; done
	for k; do ssh-add -q "$k"; done
}

end_agents() {
	[ ! -e "$D/agents/pids" ] || while read -r pid; do
		kill "$pid"
	done <"$D/agents/pids"
}

know_bastion() {
	echo "[127.0.0.1]:$B $(public bastion ed25519)" >>"$known"
}
