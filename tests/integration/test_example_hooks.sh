#!/bin/sh
# examples/hooks, with the lines of deploy.ini in their comments, around the
# change of a small program: what arrives at HAProxy, nginx and three HTTP
# services, and that no process list shows a secret.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/app.sh

sed -n 's|^#	\(hook\..*local \)\./hooks/|\1 examples/hooks/|p' \
	examples/hooks/*.sh >"$LAB/hooks"
sed -i -e "/^\[lab\]/r $LAB/hooks" -e '/^linked_files/d' "$LAB/deploy.ini"

python3 tests/support/listener.py "$LAB/posts" >"$LAB/port" &
listener=$!
# HAProxy's runtime socket: an empty line is its answer to a success.
socat "UNIX-LISTEN:$LAB/admin.sock,fork" "SYSTEM:read -r line; \
	echo \"\$line\" >>$LAB/haproxy; [ ! -e $LAB/refuse ] || echo No such server." &
socket=$!
LAB_END=end_listeners
end_listeners() {
	kill "$listener" "$socket"
}
until [ -s "$LAB/port" ] && [ -S "$LAB/admin.sock" ]; do sleep 0.1; done
url=http://127.0.0.1:$(cat "$LAB/port")

# curl itself, after it has logged its arguments
mkdir "$LAB/bin"
cat >"$LAB/bin/curl" <<-END
	#!/bin/sh
	printf '%s\n' "\$@" >>"$LAB/argv"
	PATH=\${PATH#*:} exec curl "\$@"
END
chmod +x "$LAB/bin/curl"
PATH=$LAB/bin:$PATH

export SLACK_WEBHOOK_FILE="$LAB/webhook" GRAFANA_URL="$url/grafana"
export GRAFANA_TOKEN=secret-token HAPROXY_SOCKET="$LAB/admin.sock"
export HAPROXY_BACKEND=shop HAPROXY_DRAIN=0 NGINX_UPSTREAM="$LAB/upstream"
export NGINX_RELOAD="cp $LAB/upstream $LAB/upstream.seen"
export OTEL_EXPORTER_OTLP_ENDPOINT="$url/otel"
export OTEL_EXPORTER_OTLP_HEADERS='x-key=secret-key,x-team=shop'
export TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
echo "$url/slack/secret-path" >"$LAB/webhook"
address=$(lab_address 1)
cat >"$LAB/upstream" <<-END
	server $address:4000 max_fails=2;
	server ${address}9:4000;
END

# posts PATH: the bodies that were posted to it
posts() {
	jq -c --arg p "$1" 'select(.path == $p) | .body' "$LAB/posts"
}

an_upgrade_reaches_everybody() {
	mkdir -p "$root/shared"
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	[ ! -e "$LAB/posts" ] || flunk 'a push or a start ran a hook of these'
	status 0 upgrade lab 0.2.0
	host 1 after 0.2.0
	equal HAProxy "$(cat "$LAB/haproxy")" "set server shop/web1 state drain
set server shop/web1 state ready"
	equal nginx "$(cat "$LAB/upstream")" "server $address:4000 max_fails=2;
server ${address}9:4000;"
	equal Slack "$(posts /slack/secret-path | jq -r .text)" \
		'lab 0.1.0 -> 0.2.0 begins on web1
lab 0.1.0 -> 0.2.0 ended (ok) on web1'
	equal Grafana "$(posts /grafana/api/annotations |
		jq -r '"\(.tags | join(" ")): \(.text)"')" \
		'hdeploy lab: 0.1.0 -> 0.2.0 begins 
hdeploy lab: 0.1.0 -> 0.2.0 ended ok'
	jq -se 'map(select(.path == "/grafana/api/annotations"))[0].headers
		.authorization == "Bearer secret-token"' "$LAB/posts" >/dev/null
	jq -se 'map(select(.path == "/otel/v1/traces"))[0].headers |
		."x-key" == "secret-key" and ."x-team" == "shop"' \
		"$LAB/posts" >/dev/null
	posts /otel/v1/traces | jq -se 'length == 1 and
		(.[0].resourceSpans[0].scopeSpans[0].spans[0] |
		.traceId == "0af7651916cd43dd8448eb211c80319c" and
		.parentSpanId == "b7ad6b7169203331" and
		.name == "hdeploy web1" and .status.code == 1 and
		(.spanId | test("^[0-9a-f]{16}$")) and
		(.endTimeUnixNano | tonumber) > (.startTimeUnixNano | tonumber))' \
		>/dev/null || flunk "$(posts /otel/v1/traces)"
}

the_host_is_down_in_nginx_while_it_changes() {
	equal 'before and after' "$(sed -n 1p "$LAB/upstream.seen")" \
		"server $address:4000 max_fails=2;"
	HDEPLOY_RESULT='' HDEPLOY_HOST=web1 HDEPLOY_ADDRESS=$address \
		examples/hooks/nginx.sh down
	equal 'down' "$(cat "$LAB/upstream.seen")" \
		"server $address:4000 max_fails=2 down;
server ${address}9:4000;"
	HDEPLOY_RESULT='' HDEPLOY_HOST=web1 HDEPLOY_ADDRESS=$address \
		examples/hooks/nginx.sh down
	HDEPLOY_RESULT=undone HDEPLOY_HOST=web1 HDEPLOY_ADDRESS=$address \
		examples/hooks/nginx.sh up
	equal 'up again' "$(sed -n 1p "$LAB/upstream.seen")" \
		"server $address:4000 max_fails=2;"
}

# returns SCRIPT WORD RESULT: runs it as after_host of web1
returns() {
	HDEPLOY_HOST=web1 HDEPLOY_ADDRESS=$address HDEPLOY_RESULT=$3 \
		"examples/hooks/$1.sh" "$2" >"$LAB/said"
}

only_a_host_that_works_returns() {
	for result in ok undone failed interrupted; do
		: >"$LAB/haproxy"
		sed -i '1s/;/ down;/' "$LAB/upstream"
		returns haproxy ready "$result"
		returns nginx up "$result"
		equal "HAProxy, $result" "$(cat "$LAB/haproxy")" \
			'set server shop/web1 state ready'
		equal "nginx, $result" "$(sed -n 1p "$LAB/upstream")" \
			"server $address:4000 max_fails=2;"
	done
	: >"$LAB/haproxy"
	sed -i '1s/;/ down;/' "$LAB/upstream"
	for result in broken '' 'a result of later'; do
		returns haproxy ready "$result"
		equal 'said' "$(cat "$LAB/said")" \
			"web1 stays out of HAProxy: $result"
		returns nginx up "$result"
		equal 'said' "$(cat "$LAB/said")" \
			"web1 stays out of nginx: $result"
	done
	[ ! -s "$LAB/haproxy" ] || flunk "$(cat "$LAB/haproxy")"
	equal 'nginx' "$(sed -n 1p "$LAB/upstream")" \
		"server $address:4000 max_fails=2 down;"
	sed -i '1s/ down;/;/' "$LAB/upstream"
}

a_version_that_fails_is_told_and_the_host_returns() {
	status 0 push lab 0.3.0
	: >"$LAB/posts"
	status 1 upgrade lab 0.3.0
	host 1 result undone
	equal Slack "$(posts /slack/secret-path | jq -r .text | tail -n 1)" \
		'lab 0.2.0 -> 0.3.0 failed (undone) on web1'
	equal 'the last word to HAProxy' "$(tail -n 1 "$LAB/haproxy")" \
		'set server shop/web1 state ready'
	equal 'the span' "$(posts /otel/v1/traces | jq -r \
		'.resourceSpans[0].scopeSpans[0].spans[0].status.message')" undone
}

a_refusal_of_haproxy_keeps_the_host_as_it_is() {
	touch "$LAB/refuse"
	: >"$LAB/posts"
	status 1 upgrade lab 0.1.0
	said 'HAProxy: No such server.'
	host 1 result failed
	host 1 after 0.2.0
	posts /otel/v1/traces | jq -e '.resourceSpans[0].scopeSpans[0].spans[0] |
		.startTimeUnixNano == .endTimeUnixNano and .status.code == 2' \
		>/dev/null || flunk "$(posts /otel/v1/traces)"
}

no_argument_has_a_secret() {
	[ -s "$LAB/argv" ] || flunk 'curl was not called'
	! grep secret "$LAB/argv" || flunk 'a secret is an argument'
}

check 'an upgrade reaches everybody' an_upgrade_reaches_everybody
check 'the host is down in nginx while it changes' \
	the_host_is_down_in_nginx_while_it_changes
check 'only a host that works returns' only_a_host_that_works_returns
rarely 'a version that fails is told, and the host returns' \
	a_version_that_fails_is_told_and_the_host_returns
check 'a refusal of HAProxy keeps the host as it is' \
	a_refusal_of_haproxy_keeps_the_host_as_it_is
check 'no argument has a secret' no_argument_has_a_secret
check_end
