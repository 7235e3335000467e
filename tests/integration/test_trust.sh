#!/bin/sh
# The first contact with hosts.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
print=$(ssh-keygen -lf "$LAB/ssh/host.pub" | cut -d' ' -f2)
mine=$LAB/new/known_hosts
sed "s|^known_hosts.*|known_hosts = $mine|" "$LAB/deploy.ini" >"$LAB/first.ini"

# With both ends on a terminal; the answer is typed.
at_a_terminal() { # ANSWER ARG...
	answer=$1
	shift
	printf '%s\n' "$answer" | script -qec "exec 2>&1; $HDEPLOY -f $LAB/$INI $*" \
		/dev/null >"$LAB/out"
}

nobody_says_yes_for_a_machine() {
	INI=first.ini
	status 4 trust lab
	said "$print"
	said '--accept'
	[ ! -e "$mine" ] || flunk 'something was added'
}

a_wrong_fingerprint_adds_nothing() {
	INI=first.ini
	status 4 trust lab --accept SHA256:somethingelse
	[ ! -e "$mine" ] || flunk 'something was added'
}

accepted_fingerprints_are_added() {
	INI=first.ini
	status 3 status lab
	said 'hdeploy trust'
	status 0 trust lab --accept "SHA256:other,$print"
	status 1 status lab
	said 'no release here'
	equal lines "$(wc -l <"$mine")" 2
	status 0 trust lab
	equal lines "$(wc -l <"$mine")" 2
	equal mode "$(stat -c %a "$mine")" 600
	ssh-keygen -F "[127.0.0.2]:$LAB_PORT" -f "$mine" >/dev/null
}

a_line_without_an_end_is_kept() {
	INI=first.ini
	printf '# mine' >"$mine"
	status 0 trust lab --accept "$print"
	equal first "$(head -n 1 "$mine")" '# mine'
	equal lines "$(wc -l <"$mine")" 3
}

another_key_is_never_added() {
	INI=first.ini
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/other"
	echo "[127.0.0.2]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/other.pub")" \
		>"$mine"
	status 3 trust lab --accept "$print"
	said 'HAS CHANGED'
	equal lines "$(grep -c '127.0.0.2' "$mine")" 1
}

a_person_says_yes() {
	INI=first.ini
	rm -f "$mine"
	at_a_terminal no trust lab && flunk 'no was taken for yes'
	[ ! -e "$mine" ] || flunk 'something was added'
	at_a_terminal yes trust lab || flunk 'yes was not taken'
	equal lines "$(wc -l <"$mine")" 2
}

check 'nobody says yes for a machine' nobody_says_yes_for_a_machine
check 'a wrong fingerprint adds nothing' a_wrong_fingerprint_adds_nothing
check 'accepted fingerprints are added' accepted_fingerprints_are_added
check 'a line without an end is kept' a_line_without_an_end_is_kept
check 'another key is never added' another_key_is_never_added
check 'a person says yes' a_person_says_yes
check_end
