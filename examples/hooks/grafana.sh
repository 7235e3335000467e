#!/bin/sh
# An annotation in Grafana, so that its graphs show the change.
#
#	hook.before_upgrade = local ./hooks/grafana.sh begins || true
#	hook.after_upgrade = local ./hooks/grafana.sh ended || true
#	hook.on_failure = local ./hooks/grafana.sh failed || true
#
# GRAFANA_URL         https://grafana.example.com
# GRAFANA_TOKEN       token of a service account, or
# GRAFANA_TOKEN_FILE  a file with it
set -eu
token=${GRAFANA_TOKEN:-$(cat "${GRAFANA_TOKEN_FILE:-$HOME/.grafana-token}")}
text="${HDEPLOY_PREVIOUS:-none} -> ${HDEPLOY_VERSION:-none} $1 $HDEPLOY_RESULT"
curl -fsS --max-time 20 -o /dev/null -K - <<END
url = "$GRAFANA_URL/api/annotations"
header = "Content-Type: application/json"
header = "Authorization: Bearer $token"
data = "{\"tags\": [\"hdeploy\", \"$HDEPLOY_ENV\"], \"text\": \"$text\"}"
END
