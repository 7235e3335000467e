#!/bin/sh
# Runs of hdeploy as jobs of GitHub and GitLab: their logs and reports, read as
# these systems read them.
# shellcheck disable=SC2317 # functions are called by check
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
unset CI_JOB_URL GITHUB_STEP_SUMMARY GITHUB_OUTPUT

# The hook prints commands to all systems. The second host fails with 0.2.0.
cat >"$LAB/noise" <<-'END'
	::error::from a host
	 ::stop-commands::x
	##[add-mask]a
	a ##[error]b
	##vso[task.setvariable variable=a]b
END
cat >"$LAB/lines" <<-END
	batch = 1
	start_timeout = 120s
	hook.after_upgrade = remote cat $LAB/noise
END
cat >"$LAB/sick" <<-'END'
	health = command bin/hotcode eval 'demo_server:get().' | grep money
	health_retries = 0
END
sed -i -e "/^\[lab\]/r $LAB/lines" -e "/^\[lab:web2\]/r $LAB/sick" \
	"$LAB/deploy.ini"

# job STATUS ARG...: runs hdeploy as a job, with its log in $LAB/out
job() {
	wanted=$1
	shift
	got=0
	: >"$LAB/step"
	: >"$LAB/output"
	hd "$@" --junit "$LAB/junit.xml" --report-dotenv "$LAB/report.env" \
		--timeline "$LAB/page.html" \
		>"$LAB/out" 2>&1 || got=$?
	[ "$got" = "$wanted" ] || flunk "hdeploy $*: status $got, not $wanted"
}

github() { # ARG...
	(
		GITHUB_ACTIONS=true
		GITHUB_STEP_SUMMARY=$LAB/step
		GITHUB_OUTPUT=$LAB/output
		export GITHUB_ACTIONS GITHUB_STEP_SUMMARY GITHUB_OUTPUT
		job "$@"
	)
}

gitlab() { # ARG...
	(
		GITLAB_CI=true
		export GITLAB_CI
		job "$@"
	)
}

# reads KIND FILE: into $LAB/read
reads() {
	python3 tests/support/ci.py "$1" "$2" >"$LAB/read" ||
		flunk "$1 would not take $2"
}

has() { # LINE: the last report
	grep -qxF -e "$1" "$LAB/read" || {
		cat "$LAB/read"
		flunk "the report lacks: $1"
	}
}

both_run() {
	status 0 push lab 0.1.0
	status 0 start lab
}

gitlab_sees_a_push() {
	gitlab 0 push lab 0.2.0
	reads gitlab "$LAB/out"
	equal sections "$(cat "$LAB/read")" 'start build and pack
end build and pack
start lock the hosts and plan
end lock the hosts and plan
start push: web1, web2
end push: web1, web2'
	tail -n 1 "$LAB/out" | grep -q '^status 0' || flunk 'no status'
	reads dotenv "$LAB/report.env"
	has 'RESULT=ok'
	has 'STATUS=0'
	has 'HOSTS_OK=2'
	has 'HOSTS_FAILED=0'
	has 'FAILED='
	has 'VERSION=0.1.0'
	reads junit "$LAB/junit.xml"
	has 'hdeploy/pack: passed'
	has 'web2/ship 0.2.0: passed'
	! grep -v passed "$LAB/read" || flunk 'not all passed'
}

github_sees_a_failed_upgrade() {
	github 1 upgrade lab 0.2.0 --verbose
	said 'a ##\x5berror]b'
	said '| ::error::from a host'
	reads github "$LAB/out"
	equal groups "$(sed -E 's/^((error|warning) [^:]*):.*/\1/' \
		"$LAB/read")" \
		'group lock the hosts and plan
endgroup
group upgrade, wave 1 of 2: web1
endgroup
group upgrade, wave 2 of 2: web2
endgroup
warning hdeploy
error web2 undone'
	reads output "$LAB/output"
	equal outputs "$(cat "$LAB/read")" "result=failed
status=1"
}

its_summary_has_the_hosts_and_the_plan() {
	reads summary "$LAB/step"
	has 'host|before|after|result|mode|time|why'
	grep -qE '^web1\|0.1.0\|0.2.0\|ok\|hot\|[0-9.]+s\|-$' "$LAB/read" ||
		flunk "$(cat "$LAB/read")"
	grep -qE '^web2\|0.1.0\|0.1.0\|undone\|hot\|[0-9.]+s\|.*health' \
		"$LAB/read" || flunk "$(cat "$LAB/read")"
	grep -qE '^web1, web2\|planned\|.*install' "$LAB/read" ||
		flunk "$(cat "$LAB/read")"
}

its_junit_report_names_the_check() {
	reads junit "$LAB/junit.xml"
	has 'hdeploy/upgrade lab 0.2.0: failure failed'
	has 'web1/upgrade lab 0.2.0: passed'
	has 'web1/install 0.2.0: passed'
	has 'web2/upgrade lab 0.2.0: failure undone'
	has "web2/health check $(sed -n 's/^health = //p' "$LAB/sick"): passed"
	has "web2/health check $(sed -n 's/^health = //p' "$LAB/sick") (2): \
failure health"
}

its_timeline_has_the_failure_and_the_way_back() {
	for part in '<title>upgrade lab 0.2.0: failed</title>' \
		'upgrade, wave 2 of 2: web2' '✗ verify 0.2.0' \
		'↩ install 0.1.0' '>↩ undone' '>✓ ok'; do
		grep -qF "$part" "$LAB/page.html" ||
			flunk "the page lacks: $part"
	done
}

# hooked COMMAND SYSTEM STATUS: the upgrade of web2 as a job of SYSTEM, with this
# local hook before it
hooked() {
	sed "/^\[lab\]/a hook.before_upgrade = local $1" "$LAB/deploy.ini" \
		>"$LAB/hooked.ini"
	(
		INI=hooked.ini
		"$2" "$3" upgrade lab 0.2.0 --limit web2
	)
}

a_killed_run_leaves_reports_that_say_so() {
	hooked "kill -9 \$PPID" gitlab 137
	reads dotenv "$LAB/report.env"
	has 'RESULT=unfinished'
	reads junit "$LAB/junit.xml"
	has 'hdeploy/hdeploy: error unfinished'
	grep -q ': unfinished</title>' "$LAB/page.html" || flunk 'the page'
}

an_interrupted_run_still_reports() {
	hooked "kill -TERM \$PPID; sleep 1" github 130
	reads github "$LAB/out"
	has 'warning web2 skipped: not begun: hook before_upgrade was interrupted'
	reads output "$LAB/output"
	has 'result=interrupted'
	reads junit "$LAB/junit.xml"
	has 'web2/upgrade lab 0.2.0: skipped'
}

a_report_that_cannot_be_written_stops_before_anything() {
	got=0
	hd upgrade lab 0.2.0 --junit "$LAB/none/junit.xml" >"$LAB/out" 2>&1 ||
		got=$?
	equal status "$got" 7
	said "--junit: $LAB/none/junit.xml cannot be written"
	runs 2 0.1.0
}

a_lost_runner_file_is_only_a_warning() {
	(
		GITHUB_ACTIONS=true
		GITHUB_OUTPUT=$LAB/none
		export GITHUB_ACTIONS GITHUB_OUTPUT
		job 0 status lab
	)
	reads github "$LAB/out"
	has "warning hdeploy: a report is missing: cannot open $LAB/none: No such \
file or directory"
}

check 'both hosts run' both_run
check 'GitLab sees a push' gitlab_sees_a_push
check 'GitHub sees a failed upgrade' github_sees_a_failed_upgrade
check 'its summary has the hosts and the plan' \
	its_summary_has_the_hosts_and_the_plan
check 'its JUnit report names the check' its_junit_report_names_the_check
check 'its timeline has the failure and the way back' \
	its_timeline_has_the_failure_and_the_way_back
rarely 'a killed run leaves reports that say so' \
	a_killed_run_leaves_reports_that_say_so
check 'an interrupted run still reports' an_interrupted_run_still_reports
check 'a report that cannot be written stops before anything' \
	a_report_that_cannot_be_written_stops_before_anything
check 'a lost runner file is only a warning' a_lost_runner_file_is_only_a_warning
check_end
