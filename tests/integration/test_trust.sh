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

# Runs with stdin and stdout on a terminal, and types ANSWER.
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

a_changed_key_takes_the_place_of_the_old_one_when_it_is_accepted() {
	INI=first.ini
	was="[127.0.0.2]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/other.pub")"
	printf '%s\n' '# mine' "$was" "db,[127.0.0.3]:$LAB_PORT ${was#* }" \
		"[127.0.0.2]:$LAB_PORT ${was#* } again" >"$mine"
	cp "$mine" "$LAB/mine.was"
	status 3 status lab --limit web1
	said 'HAS CHANGED'
	said "record it with \`hdeploy trust lab --limit web1 -f $LAB/first.ini --replace --accept $print\`"
	said "remove the old one with \`ssh-keygen -R '[127.0.0.2]:$LAB_PORT' -f '$mine'\`"
	status 4 trust lab --replace
	said "$mine:2 has the ssh-ed25519 key"
	status 4 trust lab --replace --accept SHA256:somethingelse
	cmp "$mine" "$LAB/mine.was" || flunk 'something was changed'
	status 0 trust lab --replace --accept "$print"
	said 'the old key was removed'
	equal others "$(head -n 2 "$mine")" "# mine
db ${was#* }"
	equal lines "$(wc -l <"$mine")" 4
	status 1 status lab
	said 'no release here'
	status 0 trust lab --replace
}

# With ssh-keygen, as the message says.
a_changed_key_is_forgotten_by_ssh_keygen() {
	INI=first.ini
	echo "[127.0.0.2]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/other.pub")" \
		>"$mine"
	status 3 status lab --limit web1
	# shellcheck disable=SC2016
	sed -n 's/.*remove the old one with `\(ssh-keygen -R .*\)`.*/\1/p' "$LAB/out" |
		head -n 1 >"$LAB/forget"
	grep -q . "$LAB/forget" || flunk 'no command is advised'
	sh -e "$LAB/forget" >/dev/null 2>&1 || flunk 'it failed'
	status 0 trust lab --limit web1 --accept "$print"
}

a_key_that_a_pattern_names_is_left_to_a_person() {
	INI=first.ini
	echo "[127.0.0.*]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/other.pub")" \
		>"$mine"
	cp "$mine" "$LAB/mine.was"
	status 7 trust lab --limit web1 --replace --accept "$print"
	said "$mine:1 covers [127.0.0.2]:$LAB_PORT by a pattern, and perhaps other hosts"
	cmp "$mine" "$LAB/mine.was" || flunk 'something was changed'
}

a_person_says_yes() {
	INI=first.ini
	rm -f "$mine"
	at_a_terminal no trust lab && flunk 'no was taken for yes'
	[ ! -e "$mine" ] || flunk 'something was added'
	at_a_terminal yes trust lab || flunk 'yes was not taken'
	equal lines "$(wc -l <"$mine")" 2
}

# The first connection records the key, and says so; a changed key is refused.
a_new_host_is_accepted_where_the_file_says_so() {
	INI=new.ini
	sed "s|^known_hosts.*|&\\
host_key_policy = accept-new|" "$LAB/first.ini" >"$LAB/new.ini"
	echo "[127.0.0.2]:$LAB_PORT $(cut -d' ' -f1,2 "$LAB/ssh/other.pub")" \
		>"$mine"
	status 1 status lab
	said "HOST KEY OF 127.0.0.2 port $LAB_PORT HAS CHANGED"
	said "127.0.0.3 port $LAB_PORT was unknown: recorded ssh-ed25519 $print in $mine (host_key_policy = accept-new)"
	equal lines "$(wc -l <"$mine")" 2
	INI=first.ini
	status 1 status lab --limit web2
	! grep -q 'recorded in' "$LAB/out" || flunk 'it was recorded again'
}

# Through a proxy, under another name, with two files of the user: as ssh_config
# says. Lines with markers are nobody's key.
a_host_of_ssh_config_is_trusted_under_its_name() {
	INI=config.ini
	sed "s|^known_hosts.*|ssh_config = $LAB/new/config|" "$LAB/deploy.ini" \
		>"$LAB/config.ini"
	cat >"$LAB/new/config" <<-END
		Host *
			HostKeyAlias web-one
			UserKnownHostsFile $LAB/new/a $LAB/new/b
			GlobalKnownHostsFile /dev/null
			ProxyCommand ssh -F none -i $LAB/ssh/user -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$LAB/ssh/known_hosts -W %h:%p -p $LAB_PORT 127.0.0.3
	END
	other=$(cut -d' ' -f1,2 "$LAB/ssh/other.pub")
	printf '%s\n' "web-one $other" "@cert-authority web-one $other" \
		"@revoked web-one $other" "[127.0.0.2]:$LAB_PORT $other" \
		>"$LAB/new/b"
	status 3 status lab --limit web1
	said 'HAS CHANGED'
	said "ssh-keygen -R 'web-one' -f '$LAB/new/b'"
	status 0 trust lab --limit web1 --replace --accept "$print"
	said "added to $LAB/new/a; the old key was removed"
	equal a "$(cat "$LAB/new/a")" "web-one $(cut -d' ' -f1,2 "$LAB/ssh/host.pub")"
	equal lines "$(wc -l <"$LAB/new/b")" 3
	! grep -q '^web-one' "$LAB/new/b" || flunk 'the old key is still there'
	status 1 status lab --limit web1
	said 'no release here'
}

check 'nobody says yes for a machine' nobody_says_yes_for_a_machine
check 'a wrong fingerprint adds nothing' a_wrong_fingerprint_adds_nothing
check 'accepted fingerprints are added' accepted_fingerprints_are_added
check 'a line without an end is kept' a_line_without_an_end_is_kept
check 'another key is never added' another_key_is_never_added
check 'a changed key takes the place of the old one when it is accepted' \
	a_changed_key_takes_the_place_of_the_old_one_when_it_is_accepted
check 'a changed key is forgotten by ssh-keygen' \
	a_changed_key_is_forgotten_by_ssh_keygen
check 'a key that a pattern names is left to a person' \
	a_key_that_a_pattern_names_is_left_to_a_person
check 'a person says yes' a_person_says_yes
check 'a new host is accepted where the file says so' \
	a_new_host_is_accepted_where_the_file_says_so
check 'a host of ssh_config is trusted under its name' \
	a_host_of_ssh_config_is_trusted_under_its_name
check_end
