# shellcheck shell=sh
# For agents of keys.sh and place.sh.

# agent_answers: whether $SSH_AUTH_SOCK does. Its socket is there a moment before
# the agent listens.
agent_answers() {
	ssh-add -l >/dev/null 2>&1
	[ "$?" != 2 ]
}
