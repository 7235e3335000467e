#!/bin/sh
# The page of a run: --timeline, and timeline from its events.
. "$(dirname "$0")/lib.sh"

write_ini "exit 3" "rel"
here
run push prod --json --timeline live.html
expect_status "a failing build" 7
mv out events
run timeline events -o log.html
expect_status "timeline" 0
expect "a run and its events give the same page" cmp live.html log.html
expect "the page names the result" grep -q '<title>push prod: failed</title>' \
	live.html
expect "the page names the failed step" grep -q '✗ build ' live.html
expect "the page has no script" sh -c '! grep -q "<script" live.html'

# The build copies the page as it is at that time.
write_ini "cp $scratch/page.html $scratch/during; exit 3" "rel"
here
run push prod --timeline page.html
expect "during the run the page is unfinished" \
	grep -q ': unfinished</title>' during
expect "afterwards it is complete" grep -q ': failed</title>' page.html

run timeline events
expect_status "timeline without -o" 2
expect_line "timeline without -o" err \
	'timeline needs -o FILE, the page to write'
run timeline page.html -o log.html
expect_status "a page is not a log" 2
expect "the error has the line" grep -q '^page.html: line 1 is not' err
expect "the page stays as it was" cmp live.html log.html
run timeline missing -o log.html
expect_status "a missing log" 7
run timeline events -o missing/log.html
expect_status "a page that cannot be written" 7
run status prod --timeline missing/page.html
expect_status "a page that cannot be written, before a run" 7
expect "the error names the option" \
	grep -q '^--timeline: missing/page.html' err
finish
