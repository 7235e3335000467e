#!/bin/bash
# far.sh: pushes over a far link, through the proxy: for each round trip, size
# and number of hosts, against scp, sftp and rsync. In the cells of criterion 3
# each command runs TIMES times, in the other cells FEW times.
#
#	TRIPS='0 20 100 250' (ms) SIZES='1 50' (MB) COPIES='1 4' TIMES=3 FEW=1
set -u
. "$(dirname "$0")/lab.sh"
TRIPS=${TRIPS:-0 20 100 250} SIZES=${SIZES:-1 50} COPIES=${COPIES:-1 4}
FEW=${FEW:-1} MOST=${COPIES##* }
often=$TIMES
bench_open "$MOST"
clone

cell() { # MS SIZE N
	local ms=$1 size=$2 n=$3 limit='' own peer
	TIMES=$FEW
	[ "$ms/$size" != 100/50 ] || TIMES=$often limit=1.0
	[ "$limit/$n" != 1.0/1 ] || limit=0.5
	echo
	echo "$ms ms, $size MB, $n hosts:"
	proxy_open -q -r "$ms"
	compare push "$n" hdeploy scp sftp rsync
	proxy_close
	[ -z "$limit" ] || at_most 3 "$size MB over $ms ms to $n hosts" \
		"$limit" scp sftp rsync
	own=$(best hdeploy) peer=$(best scp sftp rsync)
	[ -z "$own" ] || [ -z "$peer" ] || echo "$ms $size $n ${own#* }" \
		"${peer#* } ${peer% *}" >>cells
}

echo 'pushes over a far link. The other tools only copy:'
: >cells
for size in $SIZES; do
	release_of "$size" big
	for ms in $TRIPS; do
		for n in $COPIES; do
			cell "$ms" "$size" "$n"
		done
	done
done
echo
echo 'all cells: wall of hdeploy, wall of the fastest copy, ratio'
awk '{
	printf "  %3d ms %3d MB %2d hosts %7.2f s %7.2f s (%s) %6.2f\n",
		$1, $2, $3, $4, $5, $6, $4 / $5
}' cells
slowest=$(awk '$4 / $5 > most { most = $4 / $5; cell = $1 " ms, " $2 \
	" MB, " $3 " hosts" } END { if (most) printf "%.2f %s", most, cell }' cells)
verdict 3 "the worst of $(wc -l <cells) cells, against the fastest copy" \
	"${slowest%% *}" 1.0 "${slowest#* }"
