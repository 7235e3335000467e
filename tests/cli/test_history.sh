#!/bin/sh
# The page of history: where it goes, and where the text for people goes.
. "$(dirname "$0")/lib.sh"

change() { # HOST TIME: a line of its history
	printf '{"id":"a1","time":"2026-01-31T%s.000Z","who":"ann@laptop",' "$2"
	printf '"command":"upgrade","from":"0.1.0","to":"0.2.0","result":"ok",'
	printf '"run":"r1","ms":4200}\n'
} >>"$1/.hdeploy/history.jsonl"

write_ini "exit 3" "rel"
mkdir web1 web2
mkdir -m 700 web1/.hdeploy web2/.hdeploy
change web1 08:15:00
change web2 08:15:20
run history prod --html -o page.html --limit web1
expect_status "a page of a host over SSH" 3
expect "it names the host that does not answer" \
	grep -q '<tr><th scope=row>web1<td>unreachable<td>cannot connect' page.html

here
run history prod --html -o page.html
expect_status "a page in a file" 0
expect "the text is on stdout" grep -q '^web2  2026-01-31T08:15:20  upgrade' out
expect "equal changes of one run are a row" grep -q \
	'<td>08:15:00–08:15:20<th scope=row>web1, web2<td>upgrade<td>0.1.0 → 0.2.0<td class=good>✓ ok' \
	page.html
expect "the page has no script" sh -c '! grep -q "<script" page.html'
run history prod --html
expect_status "a page on stdout" 0
expect "the text is on stderr" grep -q '^web2  2026-01-31T08:15:20  upgrade' err
expect "stdout has only the page" test \
	"$(head -n 1 out)" = '<!doctype html>'
expect "and its end" test "$(tail -n 1 out)" = '</main></body></html>'
run history prod --html --json -o other.html
expect_status "a page beside JSON" 0
expect "stdout is JSON" sh -c '! grep -qv "^{" out'
expect "the page is in its file" grep -q '<th scope=row>web1, web2<' other.html

run history prod --html --json
expect_status "a page and JSON on stdout" 2
expect "the error names -o" grep -q 'both go to stdout: -o FILE' err
run history prod -o page.html
expect_status "-o without --html" 2
expect_line "-o without --html" err '-o needs --html: it names the file of the page'
run history prod --html -o missing/page.html
expect_status "a page that cannot be written" 7
expect "the error names the file" grep -q 'missing/page.html' err
run status prod --html
expect_status "--html of another command" 2
run history prod --html --limit web9 -o page.html
expect_status "a host that is not known" 2
expect "the page stays as it was" grep -q '<th scope=row>web1, web2<' page.html
if [ -e /dev/full ]; then
	status=0
	"$HDEPLOY" history prod --html >/dev/full 2>err || status=$?
	: >out
	expect_status "a full disk" 7
fi
finish
