#!/bin/sh
# Logs of hosts. Nothing runs there: hdeploy only reads files, and the answers of
# a journalctl that this test brings.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
LAB_PATH=bin
lab_open
mkdir -p "$LAB/web1/log" "$LAB/web2" "$LAB/bin"
log=$LAB/web1/log

# with LINE NAME: another deploy.ini, with this line for all hosts
with() {
	sed "/^path/a $1" "$LAB/deploy.ini" >"$LAB/$2"
	INI=$2
}

# lines N: those that the last run printed of host N
lines() {
	jq -rs --arg h "web$1" 'map(select(.event == "output" and
		.host == $h)) | map(.text) | join("\n")' "$LAB/events"
}

the_newest_lines_of_the_newest_file() {
	seq 1 100 >"$log/erlang.log.1"
	seq 101 200 >"$log/erlang.log.2"
	touch -d '1 hour ago' "$log/erlang.log.1"
	status 0 logs lab web1 -n 3
	said "$log/erlang.log.2:"
	said 'web1  | 198'
	equal lines "$(lines 1)" '198
199
200'
	status 0 logs lab --limit web1
	equal lines "$(lines 1)" "$(seq 151 200)"
	status 2 logs lab web1 --limit web1
	status 2 logs lab web9
}

a_host_without_a_log_says_where_to_name_it() {
	status 3 logs lab -n 1
	host 2 result unreachable
	said 'there is no log at log, var/log and tmp/log'
	said ': set logs in deploy.ini'
	equal lines "$(lines 1)" 200
}

the_files_of_deploy_ini() {
	mkdir -p "$LAB/web1/shared" "$LAB/web2/shared"
	printf 'a b\033[31m\n\n%05000d' 7 >"$LAB/web1/shared/web1 x.log"
	with 'logs = shared/{host}*.log' files.ini
	status 0 logs lab web1
	said "$LAB/web1/shared/web1 x.log:"
	equal escape "$(tr -dc '\033' <"$LAB/out")" ''
	equal digits "$(lines 1 | tail -n +3 | tr -d '\n' | wc -c)" 5000
}

# A link could lead to a secret of the user that runs the service.
a_folder_that_others_can_write_to_is_not_read() {
	echo secret >"$LAB/secret"
	mkdir "$LAB/open"
	ln -s "$LAB/secret" "$LAB/open/x.log"
	chmod 777 "$LAB/open"
	with "logs = $LAB/open/*.log" open.ini
	status 3 logs lab web1
	said "$LAB/open"
	equal lines "$(lines 1)" ''
	! grep -q secret "$LAB/out" || flunk 'it was read'
}

new_lines_come_until_a_signal() {
	echo first >"$log/erlang.log.3"
	meanwhile logs lab web1 --follow -n 1
	once_said 'web1  | first'
	echo second >>"$log/erlang.log.3"
	once_said 'web1  | second'
	echo third >>"$log/erlang.log.3"
	touch -d '1 second ago' "$log/erlang.log.3"
	echo fourth >"$log/erlang.log.4"
	once_said 'web1  | fourth'
	: >"$log/erlang.log.4"
	echo 5th >"$log/erlang.log.4"
	once_said 'web1  | 5th'
	lab_sessions KILL
	echo sixth >>"$log/erlang.log.4"
	once_said 'web1  | sixth'
	kill -TERM "$run"
	ended_with 0
	equal lines "$(lines 1)" 'first
second
third
fourth
5th
sixth'
}

# journalctl of this test: what it was asked, and lines with a cursor.
the_journal_of_the_unit() {
	cat >"$LAB/bin/journalctl" <<-END
		#!/bin/sh
		echo "\$*" >>$LAB/asked
		case "\$*" in
		*lines=0*) [ ! -e $LAB/closed ] ||
			echo 'Hint: You are currently not seeing messages' >&2 ;;
		*after-cursor=s=1*) [ ! -e $LAB/more ] ||
			printf '%s\n' 'noon shop: more' '-- cursor: s=2' ;;
		*lines=*) printf '%s\n' 'noon shop: one' '-- cursor: s=1' ;;
		esac
	END
	chmod +x "$LAB/bin/journalctl"
	with 'service = shop.service' unit.ini
	status 0 logs lab web1 -n 7
	said 'the journal of shop.service:'
	equal lines "$(lines 1)" 'noon shop: one'
	grep -q -e '--unit=shop.service --lines=7$' "$LAB/asked" ||
		flunk 'it was not asked'
	meanwhile logs lab web1 --follow
	once_said 'web1  | noon shop: one'
	touch "$LAB/more"
	once_said 'web1  | noon shop: more'
	kill -TERM "$run"
	ended_with 0
	touch "$LAB/closed"
	status 3 logs lab web1
	said 'usermod -aG systemd-journal'
}

check 'the newest lines of the newest file' the_newest_lines_of_the_newest_file
check 'a host without a log says where to name it' \
	a_host_without_a_log_says_where_to_name_it
check 'the files of deploy.ini' the_files_of_deploy_ini
check 'a folder that others can write to is not read' \
	a_folder_that_others_can_write_to_is_not_read
check 'new lines come until a signal' \
	new_lines_come_until_a_signal
check 'the journal of the unit' the_journal_of_the_unit
check_end
