#!/bin/sh
# HAProxy, through its runtime socket. Its servers have the names that the hosts
# have in deploy.ini. Needs socat.
#
#	hook.before_host = local ./hooks/haproxy.sh drain
#	hook.after_host = local ./hooks/haproxy.sh ready
#
# HAPROXY_SOCKET   an address for socat: a path, or TCP:lb1:9999
# HAPROXY_BACKEND  the backend
# HAPROXY_DRAIN    seconds for the last requests, after drain
set -eu
# Only a host that works goes back.
case "$1 $HDEPLOY_RESULT" in
drain*) ;;
'ready ok' | 'ready undone' | 'ready failed' | 'ready interrupted') ;;
*) echo "$HDEPLOY_HOST stays out of HAProxy: $HDEPLOY_RESULT" && exit 0 ;;
esac
answer=$(echo "set server ${HAPROXY_BACKEND:-app}/$HDEPLOY_HOST state $1" |
	socat -t 5 - "${HAPROXY_SOCKET:-/run/haproxy/admin.sock}")
# HAProxy says nothing after a success.
[ -z "$answer" ] || { echo "HAProxy: $answer" >&2 && exit 1; }
[ "$1" != drain ] || sleep "${HAPROXY_DRAIN:-5}"
