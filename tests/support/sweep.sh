# shellcheck shell=sh
# Ends the processes that a test left behind: finds them by the test's folder
# and kills them by id.

# lab_under FOLDER: processes with a path in FOLDER as an argument, or with it
# as their working directory. Starts few processes, because each takes time on a
# busy machine. The pattern is not an argument, or grep would find itself.
lab_under() {
	{
		printf '%s/\n' "$1" |
			grep -lsF -f /dev/stdin /proc/[0-9]*/cmdline
		# shellcheck disable=SC2012
		ls -ld /proc/[0-9]*/cwd 2>/dev/null | sed -n \
			"s|\$|/|; s|.* \(/proc/[0-9]*/cwd\) -> $1/.*|\1|p"
	} | sed 's|[^0-9]||g' | grep -vx "$$" | sort -u
}

lab_tree() { # PID...: these processes and all their descendants
	cat /proc/[0-9]*/stat 2>/dev/null |
		sed -n 's/^\([0-9]*\) (.*) [^Z] \([0-9]*\) .*/\1 \2/p' |
		awk -v tops="$*" 'BEGIN {
			n = split(tops, list, " ")
			while (n)
				top[list[n--]] = 1
		}
		{ parent[$1] = $2 }
		END {
			for (pid in parent) {
				for (p = pid; p && !(p in top); p = parent[p])
					;
				if (p in top)
					print pid
			}
		}'
}

# sweep FOLDER: kills all processes that lab_under finds, and their descendants;
# unmounts disks below FOLDER; removes FOLDER.
sweep() {
	sweep_tries=0
	until sweep_once "$1" 2>/dev/null; do
		sweep_tries=$((sweep_tries + 1))
		[ "$sweep_tries" -lt 100 ] || {
			echo "$1 cannot be removed" >&2
			return 1
		}
		sleep 0.1
	done
}

sweep_once() {
	sweep_left=$(lab_under "$1")
	[ -z "$sweep_left" ] || {
		# shellcheck disable=SC2046,SC2086 # lists
		kill -KILL $(lab_tree $sweep_left) || :
		return 1
	}
	cut -d' ' -f2 /proc/mounts | while IFS= read -r sweep_mount; do
		sweep_mount=$(printf '%b' "$sweep_mount") # \040 is a space
		case $sweep_mount in
		"$1"/*) umount "$sweep_mount" || umount -l "$sweep_mount" ;;
		esac
	done
	rm -rf "$1"
}
