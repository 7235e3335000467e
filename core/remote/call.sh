# shellcheck shell=sh
# needs: reach
# Calls into the VM by erl_call, with the VM's cookie.

# vm_call SECONDS ARG...: runs erl_call for the VM that vm_find found.
vm_call() {
	vm_limit=$1
	shift
	vm_reach || {
		echo "the VM $vm_why"
		return 1
	}
	with_cookie "$vm_bin/erl_call" "$vm_flag" "$vm_at" -R \
		-timeout "$vm_limit" "$@"
}

# with_cookie COMMAND...: like as_service, but HOME contains only the VM's
# cookie. As an argument, the cookie would show in the list of processes. A VM
# that was started without one uses the cookie of the real HOME.
with_cookie() (
	[ -n "$vm_cookie" ] || {
		as_service "$@"
		exit
	}
	vm_home=
	trap 'rm -rf "$vm_home"' EXIT
	trap 'exit 1' HUP INT PIPE TERM
	cookie_homes_end
	why=$(cookie_home "$root/.hdeploy" 2>/dev/null ||
		cookie_home /tmp 2>&1) &&
		vm_home=$why || {
		why=$(printf '%s\n' "$why" | ends_of)
		echo "no private folder for its cookie: $why"
		exit 73
	}
	as_service with_home "$vm_home" "$@"
)

with_home() { # FOLDER COMMAND...
	HOME=$1
	export HOME
	shift
	"$@"
}

# cookie_home FOLDER: makes that HOME in FOLDER, closed to other users, and
# prints its path. False on a full disk, or if FOLDER does not exist.
cookie_home() {
	umask 077
	[ -d "$1" ] && made=$(mktemp -d "$1/home.$$.XXXXXX") || return
	put "$vm_cookie" >"$made/.erlang.cookie" && echo "$made" || {
		rm -rf "$made"
		return 1
	}
}

# Removes the homes that killed scripts left.
cookie_homes_end() {
	for home in "$root"/.hdeploy/home.*; do
		[ -d "$home" ] || continue
		vm_word=${home##*/home.}
		birth_of "${vm_word%%.*}"
		[ -n "$hd_birth" ] || rm -rf "$home"
	done
}
