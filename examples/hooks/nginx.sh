#!/bin/sh
# nginx on this machine: marks the server as down in a file that an upstream
# block includes, with a line "server ADDRESS:PORT;" for each host, and reloads.
# Needs flock, because several hosts can change at the same time.
#
#	hook.before_host = local ./hooks/nginx.sh down
#	hook.after_host = local ./hooks/nginx.sh up
#
# NGINX_UPSTREAM  the file
# NGINX_RELOAD    the command that reloads nginx
set -eu
file=${NGINX_UPSTREAM:-/etc/nginx/upstream.inc}
# Only a host that works goes back.
case "$1 $HDEPLOY_RESULT" in
down*) ;;
'up ok' | 'up undone' | 'up failed' | 'up interrupted') ;;
*) echo "$HDEPLOY_HOST stays out of nginx: $HDEPLOY_RESULT" && exit 0 ;;
esac
line="^[[:space:]]*server $(echo "$HDEPLOY_ADDRESS" | sed 's/[].[]/\\&/g')[: ;]"
exec 9>>"$file.lock"
flock 9
grep -q "$line" "$file" || { echo "$file lacks $HDEPLOY_ADDRESS" >&2 && exit 1; }
[ "$1" = up ] || down=' down'
sed "/$line/s/\( down\)*;/${down-};/" "$file" >"$file.new"
mv "$file.new" "$file"
${NGINX_RELOAD:-sudo -n systemctl reload nginx} 9>&-
