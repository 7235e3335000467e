# shellcheck shell=sh disable=SC2154
# The keys of the matrix, and the places that hdeploy takes them from.

make_keys() {
	mkdir "$W/keys"
	ssh-keygen -q -t ed25519 -N '' -C ca -f "$W/keys/ca"
	for i in 1 2 3 4 5 6; do
		ssh-keygen -q -t ed25519 -N '' -C "other$i" -f "$W/keys/other$i"
	done
	for key in $keys; do
		make_key "$key"
	done
}

# In plain, encrypted, and with a certificate, each in a folder of its own.
make_key() { # KEY
	mkdir "$W/keys/$1" "$W/keys/$1/encrypted" "$W/keys/$1/certificate" \
		"$W/keys/$1/pub"
	k=$W/keys/$1/id_$1
	ssh-keygen -q -t "$1" -N '' -C "$1" -f "$k"
	cp "$k" "$k.pub" "$W/keys/$1/encrypted"
	ssh-keygen -q -p -a 4 -N secret -f "$W/keys/$1/encrypted/id_$1" \
		>/dev/null 2>&1
	cp "$k" "$k.pub" "$W/keys/$1/certificate"
	ssh-keygen -q -s "$W/keys/ca" -I "$1" -n "$USER" \
		"$W/keys/$1/certificate/id_$1.pub"
	cp "$k.pub" "$W/keys/$1/pub"
}

# agent NAME KEY...: an agent on $W/NAME with these private keys
agent() {
	ssh-agent -D -a "$W/$1" >/dev/null 2>&1 &
	export SSH_AUTH_SOCK="$W/$1"
	until agent_answers; do sleep 0.05; done
	shift
	for k; do ssh-add -q "$k" 2>/dev/null; done
	unset SSH_AUTH_SOCK
}

# Each key alone; each with its certificate; and all of them behind six others,
# so that only naming one makes hdeploy offer it: servers allow six tries.
start_agents() {
	for key in $keys; do
		agent "agent.$key" "$W/keys/$key/id_$key"
		agent "agent-certificate.$key" \
			"$W/keys/$key/certificate/id_$key"
	done
	agent agent.all "$W"/keys/other? "$W"/keys/*/id_ed25519 \
		"$W"/keys/*/id_ecdsa "$W"/keys/*/id_rsa
}

# Only the certificate logs in where the source is one.
authorize() { # KEY SOURCE
	case $2 in
	*certificate) printf 'cert-authority %s\n' "$(cat "$W/keys/ca.pub")" ;;
	*) cat "$W/keys/$1/id_$1.pub" ;;
	esac
}

identity() { # KEY SOURCE: lines of deploy.ini
	case $2 in
	file) echo "identity = $W/keys/$1/id_$1" ;;
	encrypted | certificate) echo "identity = $W/keys/$1/$2/id_$1" ;;
	pub) echo "identity = $W/keys/$1/pub/id_$1.pub" ;;
	environment) echo 'identity_env = DEPLOY_KEY' ;;
	esac
}

with_source() { # KEY SOURCE COMMAND...
	k=$1 s=$2
	shift 2
	case $s in
	encrypted) env HDEPLOY_KEY_PASSPHRASE=secret "$@" ;;
	agent | agent-certificate) env SSH_AUTH_SOCK="$W/$s.$k" "$@" ;;
	pub) env SSH_AUTH_SOCK="$W/agent.all" "$@" ;;
	environment) env DEPLOY_KEY="$(cat "$W/keys/$k/id_$k")" "$@" ;;
	*) "$@" ;;
	esac
}
