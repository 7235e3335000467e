#!/bin/bash
# bench.sh: compares hdeploy with those of clush, pdsh, parallel-ssh, ansible,
# scp, sftp and rsync that are installed. All hosts are loopback addresses of
# this machine, so client and hosts share its processors: compare ratios, not
# seconds. This is not a test: it never fails because hdeploy is slow.
#
#	HOSTS=100 COPIES=32 MANY=200 SIZE=20 (MB) TIMES=3
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
HOSTS=${HOSTS:-100} COPIES=${COPIES:-32} MANY=${MANY:-200} SIZE=${SIZE:-20}
TIMES=${TIMES:-3}
LAB_HOSTS=$((HOSTS > MANY ? HOSTS : MANY))
AT_ONCE=32 # hosts at once, for every tool: hdeploy's default
lab_epmd_end() { :; } # no VM is started here
lab_open
cd "$LAB" || exit 1 # lab_close ends the processes that run in it
trap 'cd / && lab_close 2>/dev/null' EXIT

list() { # N: the addresses of hosts 1 to N
	for ((n = 1; n <= $1; n++)); do
		lab_address "$n"
	done
}

commas() { # N
	list "$1" | paste -s -d,
}

ssh_config() {
	cat <<-END
		Host *
		Port $LAB_PORT
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
ssh_config >"$LAB/ssh/client"
F="-F $LAB/ssh/client"

# Each tool NAME has functions NAME_VERB N.
needs() { # NAME: whether the commands of this tool are installed
	case $1 in
	hdeploy) true ;;
	ssh) command -v ssh ;;
	pssh) command -v parallel-ssh && command -v parallel-scp ;;
	*) command -v "$1" ;;
	esac >/dev/null
}

name_missing() { # NAME...
	local name missing=
	for name; do
		needs "$name" || missing="$missing $name"
	done
	[ -z "$missing" ] || echo "Not installed, and so not compared:$missing"
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

# Each host gets its own copy, all on this machine.
hdeploy_push() { hd push lab 0.2.0 --limit "$(web "$1")"; }
scp_push() { each "$1" "exec scp -q $F big.tar.gz {}:$LAB/to/{}"; }
sftp_push() { each "$1" "echo put big.tar.gz to/{} | exec sftp -q $F -b - {}:$LAB/"; }
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

web() { # N
	echo "web[1-$1]"
}

# measure COMMAND ARG...: sets wall and cpu (seconds) of the client and its
# children. It runs in the background, so that Ctrl-C does not wait for it.
measure() {
	TIMEFORMAT='%R %U %S'
	{ time "$@" >said 2>&1; } 2>took &
	wait "$!"
	outcome=$?
	read -r wall user sys <took
	cpu=$(awk "BEGIN { print $user + $sys }")
}

compare() { # VERB N NAME...: the best of TIMES, each tool in turn
	local verb=$1 n=$2 name i
	shift 2
	: >results
	for ((i = 0; i < TIMES; i++)); do
		for name; do
			needs "$name" || continue
			before_"$verb"
			measure "${name}_$verb" "$n"
			case $name/$outcome in
			*/0 | hdeploy/1) ;; # status 1: no VM runs
			*)
				echo "$name: status $outcome:" \
					"$(tail -n 1 said)" >&2
				continue
				;;
			esac
			echo "$name $wall $cpu" >>results
		done
	done
	table <results
}

table() {
	awk '!($1 in wall) { order[++k] = $1; wall[$1] = $2; cpu[$1] = $3 }
	$2 < wall[$1] { wall[$1] = $2 }
	$3 < cpu[$1] { cpu[$1] = $3 }
	END {
		printf "  %-10s %8s %10s %8s %10s\n", "", "wall", "x hdeploy",
			"CPU", "x hdeploy"
		for (i = 1; i <= k; i++) {
			n = order[i]
			printf "  %-10s %7.2fs %10.2f %7.2fs %10.2f\n", n,
				wall[n], wall[n] / wall["hdeploy"], cpu[n],
				cpu[n] / cpu["hdeploy"]
		}
	}'
}

before_status() { :; }
before_push() {
	rm -rf to
	mkdir to
	for ((n = 1; n <= COPIES; n++)); do
		rm -rf "web$n/releases/0.2.0" "web$n/.hdeploy/releases/0.2.0" \
			"web$n/.hdeploy/tarballs/0.2.0.tar.gz"
	done
	sync
}

big_release() { # 0.2.0, padded to SIZE MB
	mkdir big
	tar -xzf "$FIXTURES/0.2.0.tar.gz" -C big
	head -c "$((SIZE * 1000000 - $(wc -c <"$FIXTURES/0.2.0.tar.gz")))" \
		/dev/urandom >big/lib/hotcode-0.2.0/ballast
	(cd big && tar -cf - --format=ustar -- *) | gzip -1 >big.tar.gz
	rm -rf big
}

# peak COMMAND...: polls the client and its children, and prints the highest
# sum of resident memory, of descriptors and of processes.
peak() {
	"$@" >said 2>&1 &
	local top=$! memory=0 files=0 most=0 pids m f n
	while kill -0 "$top" 2>/dev/null; do
		pids=$(lab_tree "$top")
		m=$(for p in $pids; do cat "/proc/$p/status"; done 2>/dev/null |
			awk '/^VmRSS/ { n += $2 } END { print int(n / 1024) }')
		f=$(for p in $pids; do ls "/proc/$p/fd"; done 2>/dev/null | wc -l)
		memory=$((m > memory ? m : memory))
		files=$((f > files ? f : files))
		n=$(wc -w <<<"$pids")
		most=$((n > most ? n : most))
	done
	echo "$memory $files $most"
}

room() { # N NAME...
	local n=$1 name
	shift
	printf '  %-10s %8s %12s %10s\n' '' memory descriptors processes
	for name; do
		needs "$name" || continue
		read -r memory files most < <(peak "${name}_status" "$n")
		printf '  %-10s %5s MB %12s %10s\n' \
			"$name" "$memory" "$files" "$most"
	done
}

# Puts a release on every host, with the node down. Only the first host gets a
# real push; the others share its files.
clone() {
	hd -q push lab 0.1.0 --limit web1 >said 2>&1 || cat said
	for ((n = 2; n <= LAB_HOSTS; n++)); do
		cp -al web1 "web$n"
		rm "web$n/.hdeploy/id"
		echo "$n" >"web$n/.hdeploy/id"
	done
}

# ticks PID FROM: in ms, the processor time that /proc/PID/stat has at FROM and
# in the next field: 14 of the process, 16 of its children that ended.
ticks() {
	awk -v from="$2" -v hz="$(getconf CLK_TCK)" '{
		sub(/^.*[)] /, "")
		print ($(from - 2) + $(from - 1)) * 1000 / hz
	}' "/proc/$1/stat"
}

# used COMMAND...: sets session and vm, the ms that COMMAND used on web1, in its
# SSH session and in its node: the mean of 20 times.
used() {
	local sshd=${LAB_SSHD%% *} beam s v i
	beam=$(lab_beams "$LAB/web1")
	s=$(ticks "$sshd" 16) v=$(ticks "$beam" 14)
	for ((i = 0; i < 20; i++)); do
		"$@" >said 2>&1 || cat said
	done
	while pgrep -P "$sshd" >/dev/null; do sleep 0.1; done
	session=$((($(ticks "$sshd" 16) - s) / 20))
	vm=$((($(ticks "$beam" 14) - v) / 20))
}

# The facts of a host with a running node and five kept tarballs. A login alone
# has its price too.
facts() {
	local version login
	hd -q start lab --limit web1 >said 2>&1 || cat said
	for version in 0.2.0 0.3.0 0.5.0 0.6.0; do
		hd -q push lab "$version" --cold --limit web1 >said 2>&1 ||
			cat said
	done
	# shellcheck disable=SC2086 # words
	used ssh $F "$(lab_address 1)" true
	login=$session
	used hd status lab --limit web1
	echo "  facts $((session - login + vm)) ms: $((session - login)) ms" \
		"scripts, $vm ms node; a login takes $login ms"
	hd -q stop lab --limit web1 >said 2>&1 || cat said
	ERL_EPMD_PORT=$(lab_epmd 1) epmd -kill >said 2>&1 || :
}

hdeploy_inspect() { hd inspect big.tar.gz; }
tar_inspect() { tar -tzf big.tar.gz; }
before_inspect() { :; }

name_missing ssh scp sftp rsync clush pdsh pssh ansible
echo "cost of hdeploy: $(nproc) processors, $AT_ONCE hosts at once, best of $TIMES"
clone
echo
echo 'processor time on a host for status, with a running node and five kept'
echo 'tarballs (limit: 150 ms on a machine that does nothing else):'
facts
big_release
echo
echo "inspect of $SIZE MB, against tar -t (hdeploy: at most 1.5 times as long):"
compare inspect 1 hdeploy tar
sed -i "s|^release .*|release = $LAB/big.tar.gz|" deploy.ini
echo
echo "status of $HOSTS hosts. The other tools only run \`true\` on a host;"
echo 'hdeploy reads releases, records, history, the VM, disk and tools:'
compare status "$HOSTS" hdeploy ssh clush pdsh pssh ansible
echo
echo "push of $SIZE MB to $COPIES hosts. The other tools only copy; hdeploy"
echo 'also reads the release, compares digests on the host and syncs its disk:'
compare push "$COPIES" hdeploy scp sftp rsync clush pssh ansible
echo
echo "status of $MANY hosts: peak memory, descriptors and processes"
room "$MANY" hdeploy ssh clush pdsh pssh ansible
