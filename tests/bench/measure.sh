# shellcheck shell=bash
# Times, tables and verdicts of `make bench`. Sourced by lab.sh.
#
#	TIMES    how often each command runs; the median counts (3)
#	VERDICTS file for the lines that bench.sh prints at the end

TIMES=${TIMES:-3}
VERDICTS=${VERDICTS:-/dev/null}

# now: in ms
now() {
	echo $(($(date +%s%N) / 1000000))
}

# measure COMMAND ARG...: sets wall, cpu of the client and its children, and
# hosts, the processor time that the sshds and their sessions used; in seconds.
# It runs in the background, so that Ctrl-C does not wait for it.
measure() {
	local before
	before=$(host_cpu)
	TIMEFORMAT='%R %U %S'
	{ time "$@" >said 2>&1; } 2>took &
	wait "$!"
	outcome=$?
	read -r wall user sys <took
	sessions_end
	cpu=$(awk "BEGIN { print $user + $sys }")
	hosts=$(awk "BEGIN { print $(host_cpu) - $before }")
}

host_cpu() {
	local sshd
	for sshd in $LAB_SSHD; do
		cat "/proc/$sshd/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '{
		sub(/^.*[)] /, "")
		n += $14 + $15
	} END { print n / hz }'
}

sessions_end() {
	local tries=0
	while [ "$tries" -lt 200 ] && pgrep -P "${LAB_SSHD// /,}" >/dev/null; do
		tries=$((tries + 1))
		sleep 0.05
	done
}

# peak COMMAND ARG...: measures it too; polls the client and its children, but
# not this shell's own, and sets memory (MiB, of resident sets), files
# (descriptors) and most (processes) to the highest sums.
peak() {
	local begin top pids m f n
	memory=0 files=0 most=0
	begin=$(now)
	"$@" >said 2>&1 &
	top=$!
	while kill -0 "$top" 2>/dev/null; do
		pids=$(lab_tree "$top" | grep -vx "$top")
		m=$(for p in $pids; do cat "/proc/$p/status"; done 2>/dev/null |
			awk '/^VmHWM/ { n += $2 } END { print int(n / 1024) }')
		f=$(for p in $pids; do ls "/proc/$p/fd"; done 2>/dev/null | wc -l)
		n=$(wc -w <<<"$pids")
		memory=$((m > memory ? m : memory))
		files=$((f > files ? f : files))
		most=$((n > most ? n : most))
		sleep 0.05
	done
	wait "$top"
	outcome=$?
	wall=$(awk "BEGIN { print ($(now) - $begin) / 1000 }")
	sessions_end
}

# compare VERB N NAME...: runs NAME_VERB N for each tool in turn, TIMES times,
# after before_VERB N, and prints a table of medians. results has a line for
# each run.
compare() {
	local verb=$1 n=$2 name i
	shift 2
	: >results
	for ((i = 0; i < TIMES; i++)); do
		for name; do
			run_one "$verb" "$n" "$name"
		done
	done
	table <results
}

run_one() { # VERB N NAME
	needs "$3" || return
	"before_$1" "$2"
	measure "$3_$1" "$2"
	case $3/$outcome in
	*/0 | hdeploy/1) ;; # status 1: no VM runs
	*)
		echo "$3: status $outcome: $(tail -n 1 said)" >&2
		return
		;;
	esac
	echo "$3 $wall $cpu $hosts" >>results
}

# medians: "NAME RUNS WALL CPU HOSTS" of the lines of a run each, in the order
# of their first run.
medians() {
	awk '
	!($1 in n) { order[++k] = $1 }
	{ i = ++n[$1]; for (c = 2; c <= NF; c++) v[$1, c, i] = $c; nf = NF }
	function median(name, c,    i, j, t, m) {
		m = n[name]
		for (i = 1; i <= m; i++) s[i] = v[name, c, i] + 0
		for (i = 2; i <= m; i++)
			for (j = i; j > 1 && s[j] < s[j - 1]; j--) {
				t = s[j]; s[j] = s[j - 1]; s[j - 1] = t
			}
		return m % 2 ? s[(m + 1) / 2] : (s[m / 2] + s[m / 2 + 1]) / 2
	}
	END {
		for (i = 1; i <= k; i++) {
			printf "%s %d", order[i], n[order[i]]
			for (c = 2; c <= nf; c++)
				printf " %g", median(order[i], c)
			print ""
		}
	}'
}

table() {
	medians | awk '
	NR == 1 {
		wall = $3
		printf "  %-14s %9s %10s %9s %9s %5s\n", "", "wall",
			"x hdeploy", "CPU here", "on hosts", "runs"
	}
	{
		printf "  %-14s %8.2fs %10.2f %8.2fs %8.2fs %5d\n", $1, $3,
			(wall > 0 ? $3 / wall : 0), $4, $5, $2
	}'
}

# best NAME...: "NAME WALL" of the fastest in results.
best() {
	medians <results | awk -v names=" $* " '
	index(names, " " $1 " ") && (name == "" || $3 < wall) {
		name = $1
		wall = $3
	}
	END { if (name != "") print name, wall }'
}

# at_most CRITERION LIMIT NAME...: whether the wall of hdeploy in results is at
# most LIMIT x that of the fastest tool NAME.
at_most() { # CRITERION TEXT LIMIT NAME...
	local criterion=$1 text=$2 limit=$3 own peer
	shift 3
	own=$(best hdeploy)
	peer=$(best "$@")
	if [ -z "$own" ] || [ -z "$peer" ]; then
		verdict "$criterion" "$text" '' "$limit" 'nothing to compare'
		return
	fi
	verdict "$criterion" "$text" \
		"$(awk "BEGIN { printf \"%.2f\", ${own#* } / ${peer#* } }")" \
		"$limit" "hdeploy ${own#* } s, ${peer% *} ${peer#* } s"
}

# verdict CRITERION TEXT VALUE LIMIT [NOTE]: VALUE must be at most LIMIT. "":
# not measured.
verdict() {
	local answer
	if [ -z "$3" ]; then
		answer='not measured'
	elif awk "BEGIN { exit !($3 <= $4) }"; then
		answer=met
	else
		answer='NOT met'
	fi
	printf 'criterion %s: %s: %s (limit %s): %s%s\n' "$1" "$2" "${3:--}" \
		"$4" "$answer" "${5:+; $5}" | tee -a "$VERDICTS"
}
