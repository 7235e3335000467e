#!/bin/sh
# A span for OpenTelemetry, as OTLP over HTTP: one for each host that changes, or
# with after_upgrade one for all. It belongs to the trace of TRACEPARENT, if the
# pipeline has one. Headers can be secret: curl reads them from its stdin.
#
#	hook.after_host = local ./hooks/otel.sh || true
#
# OTEL_EXPORTER_OTLP_ENDPOINT  such as https://otel.example.com:4318
# OTEL_EXPORTER_OTLP_HEADERS   NAME=VALUE,NAME=VALUE
# OTEL_SERVICE_NAME            hdeploy, if it is not set
set -eu
random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
# "ms" comes before the hosts, whose texts could contain anything.
ms=$(sed -n 's/"hosts":.*//; s/.*"ms":\([0-9]*\).*/\1/p')
parent=${TRACEPARENT:-00-$(random 16)--01} end=$(($(date +%s) * 1000))
trace=${parent#*-} span=${parent#*-*-}
[ "$HDEPLOY_RESULT" = ok ] && code=1 || code=2
{
	echo "url = \"$OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces\""
	echo 'header = "Content-Type: application/json"'
	echo "${OTEL_EXPORTER_OTLP_HEADERS-}" | tr , '\n' |
		sed -n 's/[\\"]/\\&/g; s/^ *\([^=]*\)=\(.*\)/header = "\1: \2"/p'
	tr -d '\n' <<-END | sed 's/[\\"]/\\&/g; s/.*/data = "&"/'
		{"resourceSpans": [{"resource": {"attributes": [
		{"key": "service.name", "value":
		{"stringValue": "${OTEL_SERVICE_NAME:-hdeploy}"}}]},
		"scopeSpans": [{"scope": {"name": "hdeploy"}, "spans": [
		{"traceId": "${trace%%-*}", "spanId": "$(random 8)",
		"parentSpanId": "${span%%-*}", "kind": 1,
		"name": "hdeploy ${HDEPLOY_HOST:-$HDEPLOY_ENV}",
		"startTimeUnixNano": "$((end - ${ms:-0}))000000",
		"endTimeUnixNano": "${end}000000", "attributes": [
		{"key": "deployment.environment.name", "value":
		{"stringValue": "$HDEPLOY_ENV"}}, {"key": "service.version",
		"value": {"stringValue": "$HDEPLOY_VERSION"}}],
		"status": {"code": $code, "message": "$HDEPLOY_RESULT"}}]}]}]}
	END
} | curl -fsS --max-time 20 -o /dev/null -K -
