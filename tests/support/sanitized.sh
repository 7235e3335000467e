#!/bin/sh
# sanitized.sh COMMAND...: runs it; also fails if a sanitizer reported an error
# in any of its processes, because their exit statuses are easily lost.
reports=$(mktemp -d) || exit 1
trap 'rm -rf "$reports"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
options=log_path=$reports/report:print_suppressions=0
export ASAN_OPTIONS="${ASAN_OPTIONS-}:$options"
export LSAN_OPTIONS="${LSAN_OPTIONS-}:$options"
export TSAN_OPTIONS="${TSAN_OPTIONS-}:$options"
export UBSAN_OPTIONS="${UBSAN_OPTIONS-}:$options"
status=0
"$@" || status=$?
for report in "$reports"/report.*; do
	[ -s "$report" ] || continue
	cat "$report" >&2
	[ "$status" != 0 ] && [ "$status" != 77 ] || status=1
done
exit "$status"
