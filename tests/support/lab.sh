# shellcheck shell=sh
# A laboratory: a private sshd on loopback, hosts web1, web2, ... with their
# own release roots and epmd, and a deploy.ini. Source it, then lab_open, or
# machine_open of systemd.sh.
#
#	HDEPLOY     the binary under test (build/hdeploy)
#	FIXTURES    folder with <version>.tar.gz of real releases (build/fixtures)
#	LAB_HOSTS   how many hosts (3)
#	LAB_SHARED  how many hosts one sshd serves at most (16)
#	LAB_SESSIONS  channels that a connection may have at a time (10)
#	LAB_PATH    folder that comes first in the PATH of logins
#	LAB_FIRST   function that runs before sshd
#	LAB_INSIDE  command that runs sshd in another place
#	LAB_END     function that ends that place
#
# lab_close removes everything under $LAB, and its processes.

. tests/support/sweep.sh

LAB_HOSTS=${LAB_HOSTS:-3}
LAB_SHARED=${LAB_SHARED:-16}
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
FIXTURES=${FIXTURES:-$PWD/build/fixtures}
# Nodes stay on loopback. Idle schedulers sleep at once, because there are more
# schedulers than processors.
LAB_ERL_FLAGS='-kernel inet_dist_use_interface {127,0,0,1}'\
' +sbwt none +sbwtdcpu none +sbwtdio none'

lab_open() {
	LAB=
	LAB_SSHD=
	LAB_PORT=0
	trap lab_close EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	LAB=$(mktemp -d "${TMPDIR:-/tmp}/hdeploy-lab.XXXXXX") || exit 1
	mkdir -m 700 "$LAB/ssh" "$LAB/pipes"
	"${LAB_FIRST:-:}"
	lab_sshd_keys
	lab_sshd_start
	lab_ini >"$LAB/deploy.ini"
}

lab_sshd_keys() {
	ssh-keygen -q -t ed25519 -N '' -C lab-host -f "$LAB/ssh/host"
	ssh-keygen -q -t ed25519 -N '' -C lab-user -f "$LAB/ssh/user"
	cp "$LAB/ssh/user.pub" "$LAB/ssh/authorized_keys"
	cat >"$LAB/ssh/config" <<-END
		HostKey $LAB/ssh/host
		AuthorizedKeysFile $LAB/ssh/authorized_keys
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
		MaxSessions ${LAB_SESSIONS:-10}
		Subsystem sftp $LAB/ssh/sftp
		# keeps bash from reading the .bashrc of the tests' user
		SetEnv SHLVL=2 ${LAB_PATH:+PATH=$LAB/$LAB_PATH:$PATH}
	END
	# Newer sshds block clients that use a wrong key or break off.
	! "$(lab_sshd_path)" -t -o PerSourcePenalties=no \
		-f "$LAB/ssh/config" 2>/dev/null ||
		echo 'PerSourcePenalties no' >>"$LAB/ssh/config"
	lab_sftp >"$LAB/ssh/sftp"
	chmod 755 "$LAB/ssh/sftp"
}

# While $LAB/slow exists, an upload over SFTP (channels = 1 in deploy.ini makes it
# one) stops after at most 300 KB, or as many KB as the file says. dd, because
# head buffers: no greeting would come through, and hdeploy would upload
# differently.
lab_sftp() {
	for lab_f in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh \
		/usr/libexec; do
		[ ! -x "$lab_f/sftp-server" ] || break
	done
	cat <<-END
		#!/bin/sh
		[ -e $LAB/slow ] || exec $lab_f/sftp-server
		{
			read -r count <$LAB/slow
			dd bs=1024 count=\${count:-300} 2>/dev/null
			while [ -e $LAB/slow ]; do sleep 0.1; done
			cat
		} | $lab_f/sftp-server
	END
}

lab_address() { # N: host N's address
	echo "127.0.0.$(($1 + 1))"
}

lab_each() { # COMMAND: runs it with every host number
	lab_n=1
	while [ "$lab_n" -le "$LAB_HOSTS" ]; do
		"$@" "$lab_n"
		lab_n=$((lab_n + 1))
	done
}

# Only listening shows whether a port is free: try until it works. All ports are
# below those that the system hands out, with room for 19 hosts between two.
lab_sshd_start() {
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	lab_try=0
	while [ "$lab_try" -lt 20 ]; do
		lab_try=$((lab_try + 1))
		lab_random=$(od -An -N2 -tu2 /dev/urandom)
		LAB_PORT=$((10000 + lab_random % 500 * 20))
		# and no node must be left there
		! ERL_EPMD_PORT=$(lab_epmd 1) epmd -names >/dev/null 2>&1 ||
			continue
		lab_sshd_run && break
	done
	[ -n "$LAB_SSHD" ] || {
		cat "$LAB/ssh/log" >&2
		echo "lab: sshd does not start" >&2
		exit 1
	}
	lab_each lab_known >"$LAB/ssh/known_hosts"
}

lab_known() {
	echo "[$(lab_address "$1")]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/host.pub")"
}

lab_listen() { # for the hosts from lab_first on that share an sshd
	[ "$1" -lt "$lab_first" ] ||
		[ "$1" -ge $((lab_first + LAB_SHARED)) ] ||
		echo "ListenAddress $(lab_address "$1"):$LAB_PORT"
}

# An sshd listens on at most 16 addresses: LAB_SSHD is a list of process ids,
# with one entry for up to 16 hosts.
lab_sshd_run() {
	LAB_SSHD=
	: >"$LAB/ssh/log"
	lab_first=1
	while [ "$lab_first" -le "$LAB_HOSTS" ]; do
		{
			cat "$LAB/ssh/config"
			lab_each lab_listen
		} >"$LAB/ssh/sshd_config.$lab_first"
		${LAB_INSIDE-} "$(lab_sshd_path)" -D \
			-f "$LAB/ssh/sshd_config.$lab_first" \
			-E "$LAB/ssh/log" &
		LAB_SSHD="$LAB_SSHD${LAB_SSHD:+ }$!"
		lab_first=$((lab_first + LAB_SHARED))
	done
	# shellcheck disable=SC2086 # a list
	while kill -0 $LAB_SSHD 2>/dev/null; do
		# sshd ignores an address that another laboratory uses
		! grep -q '^Bind to port' "$LAB/ssh/log" || {
			kill -KILL $LAB_SSHD
			wait $LAB_SSHD 2>/dev/null || :
			break
		}
		[ "$(grep -c 'Server listening' "$LAB/ssh/log")" -lt \
			"$LAB_HOSTS" ] || return 0
		sleep 0.1
	done
	# shellcheck disable=SC2086
	kill $LAB_SSHD 2>/dev/null || :
	LAB_SSHD=
	return 1
}

lab_sshd_path() {
	PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd
}

# lab_mount FOLDER OPTIONS: mounts a small disk at FOLDER; needs root.
lab_mount() {
	mkdir -p "$1"
	mount -t tmpfs -o "mode=755,$2" tmpfs "$1"
	echo "$1" >>"$LAB/mounts"
}

# lab_when N COMMAND DO: from now on, host N's control script first does DO at
# COMMAND; $LAB/hook can be rewritten.
lab_when() {
	cat >"$LAB/hook" <<-END
		#!/bin/sh
		case "\$*" in
		"$2") $3 ;;
		esac
	END
	chmod +x "$LAB/hook"
	for lab_f in "$LAB/web$1"/bin/hotcode*; do
		sed -i "1a $LAB/hook \"\$@\"" "$lab_f"
	done
}

# lab_sessions SIGNAL [SSHD]: signals every open SSH connection. KILL breaks it,
# as when a host dies; STOP freezes it.
lab_sessions() {
	for lab_p in $(pgrep -P "${2:-$LAB_SSHD}"); do
		# the privileged part first, then its children
		for lab_q in "$lab_p" $(pgrep -P "$lab_p"); do
			kill "-$1" "$lab_q" 2>/dev/null || :
		done
	done
}

lab_ini() {
	cat <<-END
		[app]
		name    = hotcode
		driver  = relx
		release = ${FIXTURES-}/{version}.tar.gz

		[lab]
		path        = $LAB/{host}
		identity    = $LAB/ssh/user
		known_hosts = $LAB/ssh/known_hosts
		env.NODE_NAME   = {host}@127.0.0.1
		env.NODE_COOKIE = lab-$LAB_PORT
		ignore = env-unset
		env.ERL_EPMD_ADDRESS = 127.0.0.1
		env.ERL_FLAGS   = $LAB_ERL_FLAGS
	END
	lab_each lab_ini_host
	lab_each lab_ini_section
}

lab_ini_host() {
	echo "host = web$1 $(lab_address "$1"):$LAB_PORT"
}

lab_ini_section() {
	cat <<-END

		[lab:web$1]
		env.ERL_EPMD_PORT = $(lab_epmd "$1")
		env.PIPE_DIR = $LAB/pipes/web$1/
	END
}

# lab_env N COMMAND...: in the environment that deploy.ini gives host N's node.
lab_env() {
	lab_m=$1
	shift
	env NODE_NAME="web$lab_m@127.0.0.1" NODE_COOKIE="lab-$LAB_PORT" \
		ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(lab_epmd "$lab_m")" \
		ERL_FLAGS="$LAB_ERL_FLAGS" PIPE_DIR="$LAB/pipes/web$lab_m/" "$@"
}

lab_epmd() { # N: host N's epmd port
	echo $((LAB_PORT + 10000 + $1))
}

# hd ARG...: hdeploy with the laboratory's deploy.ini, or $LAB/$INI. Waits for a
# lock for the time WAIT, because the lock of a killed run lasts some seconds
# longer.
hd() {
	"$HDEPLOY" -f "$LAB/${INI:-deploy.ini}" --wait "${WAIT:-1m}" "$@"
}

# lab_beams [ROOT]: process ids of beams whose root is in ROOT.
lab_beams() {
	# shellcheck disable=SC2013 # none has a space
	for lab_p in $(grep -lzsx -e "${1:-$LAB/web[0-9]*}" \
		/proc/[0-9]*/cmdline); do
		lab_p=${lab_p%/cmdline}
		case $(readlink "$lab_p/exe" 2>/dev/null) in
		*beam*) echo "${lab_p#/proc/}" ;;
		esac
	done
}

# lab_kill_vm N: a crash; returns when the VM is gone.
lab_kill_vm() {
	for lab_q in $(lab_beams "$LAB/web$1"); do
		kill -KILL "$lab_q"
	done
	while [ -n "$(lab_beams "$LAB/web$1")" ]; do sleep 0.1; done
}

# lab_epmd_dies N: kills host N's epmd; returns when it is gone.
lab_epmd_dies() {
	# shellcheck disable=SC2013 # none has a space
	for lab_q in $(grep -l '^epmd' /proc/[0-9]*/comm 2>/dev/null); do
		lab_q=${lab_q%/comm}
		tr '\0' '\n' 2>/dev/null <"$lab_q/environ" |
			grep -qx "ERL_EPMD_PORT=$(lab_epmd "$1")" &&
			kill -KILL "${lab_q#/proc/}"
	done
	while ERL_EPMD_PORT=$(lab_epmd "$1") epmd -names >/dev/null 2>&1; do
		sleep 0.1
	done
}

# lab_clean FOLDER: empties it, in several tries: the keeper of a lock writes
# there for a moment after its run has ended.
lab_clean() {
	until find "$1" -mindepth 1 -delete 2>/dev/null; do sleep 0.1; done
}

# lab_call N EXPRESSION: its value in host N's VM, without hdeploy.
lab_call() {
	lab_home "$1"
	for lab_f in "$LAB/web$1"/erts-*/bin/erl_call; do break; done
	printf '%s\n' "$2" | ERL_EPMD_PORT=$((LAB_PORT + 10000 + $1)) \
		HOME=$LAB/home "$lab_f" -name "web$1@127.0.0.1" -timeout 20 -e |
		sed 's/^{ok, \(.*\)}$/\1/'
}

# lab_job N: starts a process in host N's VM that runs the present code of
# demo_server until lab_job_end N. lab_job_ended N: "no", or the exit reason.
lab_job() {
	lab_call "$1" "persistent_term:put(ended, no), spawn(fun() ->
		{P, R} = spawn_monitor(demo_server, linger, [infinity]),
		persistent_term:put(job, P),
		receive {'DOWN', R, _, _, Why} ->
			persistent_term:put(ended, Why) end end), ok." \
		>/dev/null
}

lab_job_end() {
	lab_call "$1" 'persistent_term:get(job) ! stop.' >/dev/null
}

lab_job_ended() {
	lab_call "$1" 'persistent_term:get(ended).'
}

lab_home() { # makes $LAB/home, a HOME with the laboratory's cookie
	[ ! -d "$LAB/home" ] || return 0
	mkdir -m 700 "$LAB/home"
	printf 'lab-%s' "$LAB_PORT" >"$LAB/home/.erlang.cookie"
	chmod 400 "$LAB/home/.erlang.cookie"
}

# Ends all processes that were started under $LAB: sshd and its sessions, nodes,
# epmd, operations. Finds them by their arguments and kills them by id. A
# process that is already gone must not end the caller, which might have set -e.
lab_close() {
	trap '' HUP INT TERM
	trap - EXIT
	[ -n "$LAB" ] || return 0 # else every process would match
	${LAB_END-}
	lab_i=0
	until lab_clear 2>/dev/null; do
		lab_i=$((lab_i + 1))
		[ "$lab_i" -lt 100 ] || {
			echo "lab: $LAB cannot be removed" >&2
			return 1
		}
		sleep 0.1
	done
}

# lab_clear: whether all is gone. It can miss the child of a process that ended
# during the search, and the child writes while the folder is removed: the next
# try ends it.
lab_clear() {
	lab_left=$(cd / && lab_processes) # without this shell's own
	[ -z "$lab_left" ] || {
		# shellcheck disable=SC2086
		kill -KILL $lab_left
		return 1
	}
	[ "$LAB_PORT" = 0 ] || lab_each lab_epmd_end
	[ ! -f "$LAB/mounts" ] || while read -r lab_m; do
		! grep -qF " $lab_m " /proc/mounts || umount "$lab_m" || return 1
	done <"$LAB/mounts"
	rm -rf "$LAB"
}

# Sessions first: a script still in transit must not run.
lab_processes() {
	for lab_p in $LAB_SSHD; do
		! grep -q "$LAB/" "/proc/$lab_p/cmdline" 2>/dev/null ||
			lab_tree "$lab_p"
	done
	lab_under "$LAB"
}

lab_epmd_end() {
	ERL_EPMD_PORT=$(lab_epmd "$1") epmd -kill >/dev/null 2>&1 || :
}
