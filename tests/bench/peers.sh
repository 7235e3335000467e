# shellcheck shell=bash
# The tools that `make bench` compares hdeploy with, if they are installed. Each
# tool NAME has functions NAME_VERB N, for the hosts 1 to N; each host gets its
# own copy, all on this machine.

ssh_config() { # PORT
	cat <<-END
		Host *
		Port $1
		User $(id -un)
		IdentityFile $LAB/ssh/user
		IdentitiesOnly yes
		UserKnownHostsFile $LAB/ssh/known_hosts
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
		BatchMode yes
		ControlMaster no
	END
}

# needs NAME: whether the commands of this tool are installed. NAME_... is a use
# of the tool NAME.
needs() {
	case ${1%%_*} in
	hdeploy) true ;;
	pssh) command -v parallel-ssh && command -v parallel-scp ;;
	*) command -v "${1%%_*}" ;;
	esac >/dev/null
}

# name_missing NAME...: and the packages of Debian that have them.
name_missing() {
	local name missing='' packages=''
	for name; do
		needs "$name" && continue
		missing="$missing $name"
		case $name in
		ssh) packages="$packages openssh-client" ;;
		scp | sftp) ;; # the same package
		clush) packages="$packages clustershell" ;;
		ansible) packages="$packages ansible-core" ;;
		*) packages="$packages $name" ;;
		esac
	done
	[ -z "$missing" ] || echo "Not installed, and so not compared:$missing" \
		"(Debian: apt-get install$packages)"
}

commas() { # N
	list "$1" | paste -s -d,
}

each() { # N COMMAND: for every address, AT_ONCE at a time
	list "$1" | xargs -P "$AT_ONCE" -I{} sh -c "$2"
}

hdeploy_status() { hd status lab --limit "$(web "$1")"; }
ssh_status() { each "$1" "exec ssh $F {} true </dev/null"; }
clush_status() { clush -f "$AT_ONCE" -o "$F" -w "$(commas "$1")" true; }
pdsh_status() {
	PDSH_SSH_ARGS_APPEND=$F pdsh -R ssh -f "$AT_ONCE" \
		-w "$(commas "$1")" true
}
pssh_status() {
	list "$1" >hosts
	parallel-ssh -p "$AT_ONCE" -x "$F" -h hosts true
}
ansible_do() { # N MODULE ARGUMENTS: pipelining, as its manual recommends
	list "$1" >hosts
	ANSIBLE_SSH_ARGS=$F ANSIBLE_PIPELINING=1 ANSIBLE_LOCAL_TEMP=$LAB/a \
		ANSIBLE_PYTHON_INTERPRETER=auto_silent \
		ansible -f "$AT_ONCE" -i hosts all -m "$2" -a "$3"
}
ansible_status() { ansible_do "$1" raw true; }

# Copies of big.tar.gz to $LAB/to/ADDRESS.
hdeploy_push() { hd push lab 0.2.0 --limit "$(web "$1")"; }
scp_push() { each "$1" "exec scp -q $F big.tar.gz {}:$LAB/to/{}"; }
sftp_push() {
	each "$1" "echo put big.tar.gz to/{} | exec sftp -q $F -b - {}:$LAB/"
}
rsync_push() { each "$1" "exec rsync -W -e 'ssh $F' big.tar.gz {}:$LAB/to/{}"; }
clush_push() {
	clush -f "$AT_ONCE" -o "$F" -w "$(commas "$1")" \
		--copy big.tar.gz --dest "$LAB/to/"
}
pssh_push() {
	list "$1" >hosts
	parallel-scp -p "$AT_ONCE" -x "$F" -h hosts big.tar.gz "$LAB/to/"
}
ansible_push() {
	ansible_do "$1" copy \
		"src=big.tar.gz dest=$LAB/to/{{inventory_hostname}}"
}

# The same, and then the digest of the copy on the host, and its sync: the work
# that hdeploy does.
AND_SYNC='sha256sum FILE >/dev/null && sync FILE'
and_sync() { # FILE
	printf '%s\n' "${AND_SYNC//FILE/$1}"
}
scp_proved() {
	each "$1" "scp -q $F big.tar.gz {}:$LAB/to/{} &&
		exec ssh $F {} '$(and_sync "$LAB/to/{}")' </dev/null"
}
sftp_proved() {
	each "$1" "echo put big.tar.gz to/{} | sftp -q $F -b - {}:$LAB/ &&
		exec ssh $F {} '$(and_sync "$LAB/to/{}")' </dev/null"
}
clush_proved() {
	clush_push "$1" &&
		clush -f "$AT_ONCE" -o "$F" -w "$(commas "$1")" \
			"$(and_sync "$LAB/to/big.tar.gz")"
}
before_push() { # N
	rm -rf to
	mkdir to
	forget 0.2.0 1 "$1"
}
