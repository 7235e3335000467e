#!/bin/bash
# status.sh: asking many hosts, against tools that only run `true` there: wall,
# processor time, memory, descriptors and processes. Also inspect, and what facts
# cost a host.
#
#	HOSTS=100 MANY=200 SIZE=20 (MB) TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
HOSTS=${HOSTS:-100} MANY=${MANY:-200} SIZE=${SIZE:-20}
lab_epmd_end() {
	[ "$1" != 1 ] || ERL_EPMD_PORT=$(lab_epmd 1) epmd -kill >/dev/null 2>&1
}
bench_open $((HOSTS > MANY ? HOSTS : MANY))
clone
before_status() { :; }
before_inspect() { :; }
hdeploy_inspect() { hd inspect big.tar.gz; }
tar_inspect() { tar -tzf big.tar.gz; }

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
	sessions_end
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
	lab_epmd_end 1
}

room() { # N NAME...
	local n=$1 name
	shift
	printf '  %-10s %9s %12s %10s\n' '' memory descriptors processes
	for name; do
		needs "$name" || continue
		peak "${name}_status" "$n"
		printf '  %-10s %5s MiB %12s %10s\n' \
			"$name" "$memory" "$files" "$most"
	done
}

echo 'processor time on a host for status, with a running node and five kept'
echo 'tarballs (limit: 150 ms on a machine that does nothing else):'
facts
release_of "$SIZE" big
echo
echo "inspect of $SIZE MB, against tar -t (hdeploy: at most 1.5 times as long):"
compare inspect 1 hdeploy tar
echo
echo "status of $HOSTS hosts. The other tools only run \`true\` on a host;"
echo 'hdeploy reads releases, records, history, the VM, disk and tools:'
compare status "$HOSTS" hdeploy ssh clush pdsh pssh ansible
echo
echo "status of $MANY hosts: peak memory, descriptors and processes"
room "$MANY" hdeploy ssh clush pdsh pssh ansible
