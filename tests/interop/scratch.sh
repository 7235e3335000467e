# shellcheck shell=sh
# Shared by matrix.sh and side_by_side.sh. Source it after sweep.sh.

finish() {
	trap '' HUP INT TERM
	trap - EXIT
	sweep "$W"
}

# scratch: makes the folder $W, which goes with all processes from it at the end.
scratch() {
	W=
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	W=$(mktemp -d) || exit 1
	chmod 711 "$W"
}

# agent_answers: whether $SSH_AUTH_SOCK does. Its socket is there a moment before
# the agent listens.
agent_answers() {
	ssh-add -l >/dev/null 2>&1
	[ "$?" != 2 ]
}
