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

# An address that depends on this laboratory's port, so that nobody else has it.
k=$(((LAB_PORT - 10000) / 10))
WEB=127.0.$((77 + k / 200)).$((k % 200 + 1))

nginx_conf() {
	cat <<-END
		user $(id -un) $(id -gn);
		worker_processes 1;
		pid $LAB/www/pid;
		events { }
		http {
			access_log off;
			client_body_temp_path $LAB/www/t1;
			proxy_temp_path $LAB/www/t2;
			fastcgi_temp_path $LAB/www/t3;
			uwsgi_temp_path $LAB/www/t4;
			scgi_temp_path $LAB/www/t5;
			root $LAB/www;
			server {
				listen $WEB:8080;
				location /slow { limit_rate 9; }
				location /ill { return 503; }
				location /elsewhere { return 301 /health; }
				location /mute { return 444; }
			}
		}
	END
}

mkdir "$LAB/www"
echo 'all is well' >"$LAB/www/health"
cp "$LAB/www/health" "$LAB/www/slow"
head -c 10000000 /dev/zero >"$LAB/www/big"
nginx_conf >"$LAB/www/conf"
nginx=$(PATH=$PWD/.deps/bin:$PATH:/usr/sbin command -v nginx) || {
	echo 'needs nginx'
	exit 77
}
# Started there, so that all its processes count as the laboratory's.
(cd "$LAB/www" && exec "$nginx" -p "$LAB/www" -e "$LAB/www/error" -c conf \
	-g 'daemon off;') &
until worker=$(pgrep -P $!); do
	kill -0 $! || exit 1
	sleep 0.1
done

# after_start STATUS CHECK...: a start with these checks ends with STATUS.
# Checks get more time on a busy machine, unless the case needs a short
# $deadline.
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
		"http $WEB:8080/elsewhere expect 301" \
		"http $WEB:8080/big expect 200" \
		'command echo one two expect one' \
		'command test "$NODE_NAME" = web1@127.0.0.1'
}

wrong_code() {
	after_start 6 "http $WEB:8080/ill"
	said "health check \"http $WEB:8080/ill\": status 503, not 200"
}

wrong_text() {
	after_start 6 "http $WEB:8080/health contains ill"
	said 'the answer does not contain "ill"'
}

nobody_listens() {
	after_start 6 "tcp $WEB:8099"
	said "nothing accepts the connection"
}

slow_answer() {
	deadline=2s
	after_start 6 "http $WEB:8080/slow contains is well"
	said 'not done within 2 s'
}

no_answer() { # it only accepts the connection
	deadline=2s
	kill -STOP "$worker"
	after_start 6 "tcp $WEB:8080" "http $WEB:8080/health"
	said "health check \"http $WEB:8080/health\": "
	said 'not done within 2 s'
}

closed_without_an_answer() {
	after_start 6 "http $WEB:8080/mute"
	said 'the answer is not HTTP'
}

not_http() {
	after_start 6 "http 127.0.0.2:$LAB_PORT/"
	said 'the answer is not HTTP'
}

output_lacks_the_text() {
	after_start 6 'command echo one expect two'
	said 'its output does not contain "two": one'
}

command_hangs() {
	deadline=2s
	after_start 6 'command sleep 60'
	said 'within' # from the host, or from a slow connection
}

forwarding_is_forbidden() {
	kill "$LAB_SSHD"
	wait "$LAB_SSHD" || :
	echo 'AllowTcpForwarding no' >>"$LAB/ssh/config"
	lab_sshd_run
	sed "/^path/a health = tcp $WEB:8080" "$LAB/deploy.ini" >"$LAB/tcp.ini"
	INI=tcp.ini
	status 4 start lab
	said "the health check \"tcp $WEB:8080\" needs"
	said '(forwarding-forbidden)'
	equal beams "$(lab_beams "$LAB/web1")" ''
	echo 'ignore = forwarding-forbidden' >>"$LAB/tcp.ini"
	status 6 start lab
	said 'forbids forwarding'
}

check 'all kinds of checks pass' healthy
check 'http: wrong code' wrong_code
rarely 'http: wrong text' wrong_text
check 'tcp: nobody listens' nobody_listens
rarely 'http: closed without an answer' closed_without_an_answer
rarely 'http: slow answer' slow_answer
check 'http: no answer' no_answer
kill -CONT "$worker"
rarely 'http: not HTTP' not_http
rarely 'command: its output lacks the text' output_lacks_the_text
check 'command: it hangs' command_hangs
check 'forwarding is forbidden' forwarding_is_forbidden
check_end
