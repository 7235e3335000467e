# shellcheck shell=sh
# needs: change env follow lease ops trust
# Begins an operation in a session of its own, which outlives the connection,
# and follows it: prints its new output lines after "| ", then its answers. An
# operation that already exists is only followed.

# args: id name lease [journal unsure release]
# name: of the operation. journal: the journal line, if the operation begins a
# change. unsure: the id of an operation that has perhaps begun; from
# now on it cannot begin. release: the run does nothing more here: if the
# operation succeeds, releases the lease and answers "released yes".
main() {
	# shellcheck disable=SC2034 # for the driver's folders, if facts.sh follows
	app=$arg_app
	[ -n "$hd_setsid" ] || fail "this host has no setsid: install util-linux"
	[ -d "$arg_root" ] || make_root "$arg_root"
	enter_root "$arg_root"
	why=$(as_service true 2>&1) || fail "$why"
	[ -d .hdeploy/ops ] || told make_private .hdeploy/ops ||
		fail "$root/.hdeploy/ops cannot be made by $(id -un): $(reason)"
	folder=$root/.hdeploy/ops/$arg_id
	begins=
	if [ ! -d "$folder" ]; then
		lease_ours "$arg_lease" || fail "$why"
		[ -z "$arg_unsure" ] || rule_out "$arg_unsure"
		refuse_second "$arg_id"
		# An operation of a run takes over from the watcher. A user's
		# own command (a hook after a failure, for example) and a check
		# do not.
		case $arg_name in
		run | hook_* | check) ;;
		*) [ ! -e .hdeploy/watching ] || rm -f .hdeploy/watching ;;
		esac
		[ ! -e ".hdeploy/returning.$arg_lease" ] ||
			fail "this host is reverting by itself: nobody made" \
				"the new version permanent in time"
		[ -z "$arg_journal" ] || journal_begin "$arg_journal"
		! claim "$folder" || {
			put_operation "$folder" "$arg_name"
			begins=begin
		}
	fi
	follow "$folder" "$begins" || return
	[ -z "$arg_release" ] || [ "$arg_lease" = 0 ] ||
		! lease_release "$arg_lease" 2>/dev/null || say released yes
}

make_root() { # ROOT
	trusted "$1" "${hd_env_path:-/}" || fail "$why"
	why=$(as_service true 2>&1) || fail "$why"
	told mkdir -p -- "$1" && return
	why=$(reason)
	case $hd_told in
	*"ermission denied"*) why="$why: $(install_advice "$1")" ;;
	esac
	fail "$1 cannot be made by $(id -un): $why"
}

# refuse_second ID: fails if an operation other than ID still runs.
refuse_second() {
	long=
	for other in .hdeploy/ops/*/; do
		other=${other%/}
		[ ! -e "$other/status" ] || {
			! output_unmeasured "$other" || long="$long $other"
			continue
		}
		[ -d "$other" ] && [ "${other##*/}" != "$1" ] &&
			! operation_void "$other" || continue
		operation_name "$other" || :
		fail "operation ${other##*/} ($hd_name) is" \
			"still running on this host: wait for its end"
	done
	[ -z "$long" ] || outputs_shorten "$long"
	trim .hdeploy/ops 20
}

# rule_out ID: the call that begins operation ID may still arrive, on a
# connection that froze. Takes its folder, so that it cannot begin; if it has
# begun, waits for its pid.
rule_out() {
	other=.hdeploy/ops/$1
	! claim "$other" || {
		echo 'never begun' >"$other/name"
		echo 1 >"$other/status"
	}
	await_pid "$other"
}

# claim FOLDER: whether this call must begin the operation: true for exactly one
# call if the same operation was sent several times. On a full disk it frees the
# reserve of snapshot.sh: a change that has begun must be able to end.
claim() {
	full=
	until told make_claim "$1"; do
		[ ! -d "$1" ] || return
		[ -z "$full" ] || fail "$1 cannot be made: $(reason)"
		full=yes
		rm -f .hdeploy/reserve
	done
}

make_claim() {
	umask 077
	mkdir "$1"
}

# write_down FOLDER NAME. Takes the disk blocks for the status and for a reason
# now, so that a full disk cannot lose them: a short file grows within its first
# block.
write_down() {
	: >"$1/output" && echo >"$1/answers" &&
		number_next .hdeploy/ops >"$1/number" &&
		printf '%s\n' "$2" >"$1/name" &&
		echo '        ' >"$1/status.new" &&
		inner_script >"$1/script"
}

# put_operation FOLDER NAME: writes its files.
put_operation() {
	umask 077
	told write_down "$1" "$2" || {
		rm -f "$1"/* .hdeploy/reserve
		told write_down "$1" "$2"
	} || {
		why=$(reason)
		rm -rf "$1"
		fail "nothing can be written to $1: $why"
	}
	umask 022
}

# begin FOLDER: its outer half writes a line to our stdout when it ends.
begin() {
	(hd_again "$1/script" outside) 4>&1 >>"$1/output" 2>&1 &
}

# await_pid FOLDER: waits for the pid of an operation that is just beginning,
# perhaps begun by another call, on a host that may be busy.
await_pid() {
	tries=0
	while [ ! -s "$1/pid" ] && [ ! -e "$1/status" ] && [ "$tries" -lt 200 ]; do
		tries=$((tries + 1))
		nap "$tries"
	done
}
