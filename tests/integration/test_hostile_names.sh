#!/bin/sh
# Names that a shell could run: hdeploy takes them literally, or refuses them
# and names their place.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open

not_run() {
	equal 'what a name ran' "$(find / -maxdepth 1 -name 'pwned*') $(
		find "$LAB" /root "$PWD" -maxdepth 2 -name 'pwned*' 2>/dev/null)" ' '
}

paths_are_taken_literally() {
	n=0
	# shellcheck disable=SC2016
	for name in "-rf it's"' "quoted" $(touch pwned1)`touch pwned2`' \
		'~\n!x a&b>pwned3 *'; do
		n=$((n + 1))
		awk -v p="path = $LAB/$(printf '%s' "$name" | sed 's/\\/\\\\/g')/{host}" \
			'/^path/ { print p; next } { print }' \
			"$LAB/deploy.ini" >"$LAB/h$n.ini"
		INI=h$n.ini
		status 0 push lab 0.1.0
		[ -f "$LAB/$name/web1/releases/start_erl.data" ] ||
			flunk "not there: $name"
		status 1 status lab
		not_run
	done
}

values_are_taken_literally() {
	cat >"$LAB/value" <<-'END'
		it's "a" $(touch pwned) `touch pwned` \ * & | > pwned < !
	END
	sed "s|^\[lab:web1\]|&\nenv.TRICK = $(sed 's/[&|\\]/\\&/g' \
		"$LAB/value")\nhealth = command test \"\$TRICK\" = \"\$(cat \"$LAB/value\")\"|" \
		"$LAB/deploy.ini" >"$LAB/trick.ini"
	INI=trick.ini
	status 0 push lab 0.1.0
	status 0 start lab
	equal 'the VM has it' \
		"$(lab_call 1 'io_lib:format("~s", [os:getenv("TRICK")]), list_to_atom(os:getenv("TRICK")) =:= list_to_atom(string:trim(binary_to_list(element(2, file:read_file("'"$LAB"'/value"))))).')" \
		true
	status 0 stop lab
	not_run
}

secrets_stay_out_of_sight() {
	sed 's|^\[lab:web1\]|&\nenv.SECRET = verysecretvalue\nhealth = command sleep 2|' \
		"$LAB/deploy.ini" >"$LAB/secret.ini"
	INI=secret.ini
	: >"$LAB/seen"
	(while [ -e "$LAB/seen" ]; do
		grep -a 'verysecret[v]alue' /proc/[0-9]*/cmdline \
			>>"$LAB/seen" || :
		sleep 0.02
	done) 2>/dev/null &
	watch=$!
	status 0 start lab -v
	status 0 stop lab -v
	kill "$watch"
	equal 'in arguments of processes' "$(cat "$LAB/seen")" ''
	equal 'in files' "$(grep -rl verysecretvalue "$LAB/web1" "$LAB/out" \
		"$LAB/events")" ''
}

versions_are_refused() {
	# shellcheck disable=SC2016
	for version in '$(touch pwned)' '-rf' '../../etc' 'a b' "it's" '' '.x' \
		'a/b' "$(printf 'a\nb')" "$(printf '%0200d' 1)"; do
		status 2 upgrade lab -- "$version"
		status 2 rollback lab -- "$version"
		not_run
	done
}

app_names_are_refused() {
	# shellcheck disable=SC2016
	for name in '$(touch pwned)' '-rf' 'a/b' "it's" 'Upper'; do
		sed "s|^name .*|name = $name|" "$LAB/deploy.ini" >"$LAB/name.ini"
		INI=name.ini
		status 2 status lab
		said 'name.ini:2: '
		not_run
	done
}

host_names_are_refused() {
	# shellcheck disable=SC2016
	for name in '$(touch pwned)' '-oProxyCommand=x' "it's" 'a/b' ':1' \
		'[::1' 'web[9-1]' 'root@-x'; do
		sed "s|^host = web1.*|host = $name|; /^\[lab:web1\]/,\$d" \
			"$LAB/deploy.ini" >"$LAB/host.ini"
		INI=host.ini
		status 2 status lab
		said 'host.ini:'
		not_run
	done
}

check 'paths are taken literally' paths_are_taken_literally
check 'values are taken literally' values_are_taken_literally
check 'secrets stay out of sight' secrets_stay_out_of_sight
check 'versions are refused' versions_are_refused
check 'app names are refused' app_names_are_refused
check 'host names are refused' host_names_are_refused
check_end
