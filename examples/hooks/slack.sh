#!/bin/sh
# A message to Slack, or to another system with such webhooks. The address is a
# secret: curl reads it from its stdin, so that no process list shows it.
#
#	hook.before_upgrade = local ./hooks/slack.sh begins || true
#	hook.after_upgrade = local ./hooks/slack.sh ended || true
#	hook.on_failure = local ./hooks/slack.sh failed || true
#
# SLACK_WEBHOOK       the address, or
# SLACK_WEBHOOK_FILE  a file with it
set -eu
url=${SLACK_WEBHOOK:-$(cat "${SLACK_WEBHOOK_FILE:-$HOME/.slack-webhook}")}
text="$HDEPLOY_ENV ${HDEPLOY_PREVIOUS:-none} -> ${HDEPLOY_VERSION:-none} $1"
text="$text ${HDEPLOY_RESULT:+($HDEPLOY_RESULT) }on $HDEPLOY_HOSTS"
curl -fsS --max-time 20 -o /dev/null -K - <<END
url = "$url"
header = "Content-Type: application/json"
data = "{\"text\": \"$text\"}"
END
