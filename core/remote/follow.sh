# shellcheck shell=sh
# needs: lib ops output
# Follows an operation to its end: prints its new output lines after "| ", then
# its answers.

# follow FOLDER [BEGIN]: returns its status. BEGIN FOLDER, if given, starts it.
#
# A line in a pipe wakes us. The outer half writes one when it ends, so that we
# see the end at once. ticks writes one now and then, because the half can be
# killed, or another call can have begun the operation. The lines have no
# meaning: only the files in FOLDER count.
follow() {
	{
		[ -z "$2" ] || "$2" "$1"
		ticks "$1" &
	} | follow_to_end "$1"
}

# ticks FOLDER: writes a line now and then, until nobody reads. It must not hold
# the answers open.
ticks() {
	exec 2>/dev/null 3>&-
	while [ ! -e "$1/status" ] && { sleep 0.5 || sleep 1; } && echo; do
		:
	done
}

follow_to_end() { # FOLDER
	seen=0
	cuts=
	wakes=0
	until [ -e "$1/status" ]; do
		read -r hd_line || nap
		[ ! -e "$1/status" ] || break
		# On a busy host the operation can still be starting, for 20
		# seconds.
		[ -s "$1/pid" ] || [ "$((wakes += 1))" -gt 40 ] || continue
		operation_alive "$1" || [ -e "$1/status" ] ||
			! operation_void "$1" || [ -e "$1/status" ] ||
			fail "operation ${1##*/} ended without a status:" \
				"its process is gone"
		operation_expire "$1"
		[ ! -s "$1/output" ] || show_lines "$1"
	done
	[ ! -s "$1/output" ] || {
		recount_seen "$1"
		sed -n "$((seen + 1)),\$s/^/| /p" "$1/output" >&3
	}
	printf '\n' >&3
	show_answers "$1"
	read -r status <"$1/status"
	return "$status"
}

# show_answers FOLDER: prints a few lines, as most scripts answer, without a
# program. mksh has no builtin that prints a line unchanged.
show_answers() {
	hd_n=0
	[ -z "${KSH_VERSION-}" ] || hd_n=20
	while [ "$hd_n" -lt 20 ] && { IFS= read -r hd_line ||
		[ -n "$hd_line" ]; }; do
		printf '%s\n' "$hd_line" >&3
		hd_n=$((hd_n + 1))
	done
	[ "$hd_n" -lt 20 ] || cat >&3
} <"$1/answers"

# recount_seen FOLDER: after a cut, counts only lines before it as seen.
recount_seen() {
	output_cuts "$1"
	[ "$hd_cuts" != "$cuts" ] || return 0
	cuts=$hd_cuts
	seen=$(head -c "$OUTPUT_MAX" "$1/output" | wc -l)
}

# show_lines FOLDER: whole lines only: the rest of a partial line would get a
# second "| ".
show_lines() {
	recount_seen "$1"
	lines=$(wc -l <"$1/output")
	lines=$((lines))
	[ "$lines" -gt "$seen" ] || return 0
	sed -n "$((seen + 1)),${lines}s/^/| /p;${lines}q" "$1/output" >&3
	seen=$lines
}
