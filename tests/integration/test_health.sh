#!/bin/sh
# Health checks of services on the host's own loopback, through the SSH
# connection.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
status 0 push lab 0.1.0

# One address of its own, which nobody but the tests uses: no port is taken.
WEB=127.0.77.$((LAB_PORT / 10 % 200 + 1))
mkdir "$LAB/www"
echo 'all is well' >"$LAB/www/health"
head -c 10000000 /dev/zero >"$LAB/www/big"
echo 'the end' >>"$LAB/www/big"
busybox httpd -f -p "$WEB:8080" -h "$LAB/www" &
busybox httpd -f -p "$WEB:8081" -h "$LAB/www" & # frozen: it never answers
frozen=$!
for port in 8080 8081; do
	until busybox wget -q -O /dev/null "http://$WEB:$port/health"; do
		sleep 0.1
	done
done 2>/dev/null

# after_start STATUS CHECK...: how a start ends with these checks. They may
# take longer on a busy machine, except those that are meant to: $deadline.
deadline=20s
after_start() {
	want=$1
	shift
	{
		echo 'health_retries = 0'
		echo "health_deadline = $deadline"
		for health; do
			echo "health = $health"
		done
	} >"$LAB/checks"
	sed "/^path/r $LAB/checks" "$LAB/deploy.ini" >"$LAB/health.ini"
	INI=health.ini
	status "$want" start lab
	[ "$want" = 0 ] || {
		host 1 result broken
		runs 1 0.1.0
	}
	INI=deploy.ini
	lab_kill_vm 1
}

# shellcheck disable=SC2016 # NODE_NAME is for the host
healthy() {
	after_start 0 "http $WEB:8080/health" "tcp $WEB:8080" \
		"http $WEB:8080/health expect 200 contains is well" \
		"http $WEB:8080/none expect 404" \
		"http $WEB:8080/big expect 200" \
		'command echo one two expect one' \
		'command test "$NODE_NAME" = web1@127.0.0.1'
}

wrong_code() {
	after_start 6 "http $WEB:8080/none"
	said "health check \"http $WEB:8080/none\": status 404, not 200"
}

wrong_text() {
	after_start 6 "http $WEB:8080/health contains ill"
	said 'the answer does not hold "ill"'
}

nobody_listens() {
	after_start 6 "tcp $WEB:8099"
	said "nothing listens there"
}

no_answer() {
	kill -STOP "$frozen"
	deadline=2s
	after_start 6 "http $WEB:8081/"
	said 'not done in time'
}

not_http() {
	after_start 6 "http 127.0.0.2:$LAB_PORT/"
	said 'the answer is not HTTP'
}

output_lacks_the_text() {
	after_start 6 'command echo one expect two'
	said 'its output does not hold "two": one'
}

command_hangs() {
	deadline=2s
	after_start 6 'command sleep 60'
	said 'in time' # the host says so, or the connection when it is slow
}

forwarding_is_forbidden() {
	kill "$LAB_SSHD"
	wait "$LAB_SSHD"
	echo 'AllowTcpForwarding no' >>"$LAB/ssh/config"
	lab_sshd_run
	after_start 6 "tcp $WEB:8080"
	said 'forbids forwarding'
}

check 'all kinds of checks pass' healthy
check 'http: wrong code' wrong_code
check 'http: wrong text' wrong_text
check 'tcp: nobody listens' nobody_listens
check 'http: no answer' no_answer
check 'http: not HTTP' not_http
check 'command: its output lacks the text' output_lacks_the_text
check 'command: it hangs' command_hangs
check 'forwarding is forbidden' forwarding_is_forbidden
check_end
