# shellcheck shell=sh
# needs: config vm_check
# Checks whether a hot install of a version would succeed in the running VM,
# before the install begins: it might not be reversible. Changes nothing in the
# VM or on the disk.

# args: version unsupervised
# unsupervised: refuse or warn, if unsupervised processes would keep their old
# state on new code.
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	vm_find
	[ -n "$vm_pid" ] || fail "the node is down"
	vm_reach || : # vm_call reports it
	check_config_begin "$arg_version"
	check_ask "$arg_version"
	check_handler
	check_trees
	check_left "$arg_unsupervised"
	check_busy "$arg_unsupervised"
	check_unasked
	check_config_end "$arg_version" || exit 1
}

# check_config_begin VERSION: begins config_check in the background, because it
# starts a VM. Sets checking to the file of its answers, or to "" if the disk has
# no space for that file: then check_config_end does the check.
check_config_begin() {
	checking=${0%/*}/checked
	(: >"$checking") 2>/dev/null || {
		checking=
		return 0
	}
	config_check "$1" 3>"$checking" &
	checker=$!
	trap 'wait "$checker"; rm -f "$checking"' EXIT
}

check_config_end() { # VERSION
	[ -n "$checking" ] || {
		config_check "$1"
		return
	}
	wait "$checker"
	check_status=$?
	cat "$checking" >&3
	trap - EXIT
	rm -f "$checking"
	return "$check_status"
}

# refuse TEXT: fails, and says that another hot attempt would fail too.
refuse() {
	say refused hot
	fail "$@"
}

# check_ask VERSION: sets checked, the lines of vm_check.
check_ask() {
	said=$({
		printf 'To = "%s",\n' "$1"
		vm_check
	} | vm_call 60 -e 2>&1)
	checked=$(printf '%s\n' "$said" | tr '"' '\n' | grep '^vm_[a-z]* .')
	case $checked in
	*"vm_checked "*) ;;
	*) fail "the node did not say whether a hot install of $1 would" \
		"succeed: $(printf '%s\n' "$said" | ends_of)" ;;
	esac
}

# checked_of KEY: the values of the lines with KEY.
checked_of() {
	case "
$checked" in
	*"
$1 "*) printf '%s\n' "$checked" | sed -n "s/^$1 //p" ;;
	esac
}

check_handler() {
	[ -z "$(checked_of vm_blocked)" ] ||
		refuse "the node's release_handler is blocked and does not" \
			"answer"
}

check_trees() {
	trees=$(checked_of vm_tree | while read -r of how pid name; do
		printf '; application %s: <%s> %s %s' "$of" "$pid" "$name" \
			"$(tree_fault "$how")"
	done)
	[ -z "$trees" ] ||
		refuse "release_handler would hang or restart the node during" \
			"the install, when it asks every supervisor for its" \
			"children${trees}"
}

# tree_fault HOW: why release_handler cannot get the children of a process.
tree_fault() {
	case $1 in
	silent) echo "does not answer when asked for its children" ;;
	ends) echo "would end if asked for its children" ;;
	error) echo "does not answer with a list when asked for its children" ;;
	dynamic) echo "has \`modules => dynamic\` in its child specification, but\
 is not a gen_event" ;;
	*) echo "is not an OTP process: it cannot be asked for its children" ;;
	esac
}

# check_left refuse|warn
check_left() {
	left=$(checked_of vm_left | while read -r module pid name; do
		[ "$module" = "$name" ] || name="$name ($module)"
		printf ', <%s> %s' "$pid" "$name"
	done)
	[ -n "$left" ] || return 0
	more=$(checked_of vm_more)
	set -- "$1" "unsupervised processes would keep their old state on new\
 code: ${left#, }${more:+ and $more more}"
	[ "$1" = refuse ] || {
		say note "$2"
		return
	}
	refuse "$2: stop them, put them under a supervisor that names their" \
		"module, or set unsupervised = warn"
}

# check_busy refuse|warn
check_busy() {
	left=$(checked_of vm_busy | while read -r pid name; do
		printf ', <%s> %s' "$pid" "$name"
	done)
	[ -n "$left" ] || return 0
	set -- "$1" "processes whose code changes did not answer within 5 s, and\
 would keep their old state on new code: ${left#, }"
	[ "$1" = refuse ] || {
		say note "$2"
		return
	}
	fail "$2"
}

check_unasked() {
	n=$(checked_of vm_unasked)
	[ -z "$n" ] || say note "there was no time to check whether $n processes\
 are supervised"
	n=$(checked_of vm_late)
	[ -z "$n" ] || say note "there was no time to ask $n supervisors for their\
 children"
}
