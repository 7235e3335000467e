# shellcheck shell=sh
# needs: reach
# erl_call to the VM that vm_find found, with the VM's cookie.

# vm_call SECONDS ARG...: erl_call to the VM that vm_find found.
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

# with_cookie COMMAND...: as_service, but with a HOME that holds nothing but
# the VM's cookie. In the command's arguments it would show in the list of
# processes. A VM that was not told its cookie has the one in the real HOME.
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

# cookie_home FOLDER: makes it there, where nobody else can enter, and says where.
# On a full disk, or before there is a .hdeploy, another place must do.
cookie_home() {
	umask 077
	[ -d "$1" ] && made=$(mktemp -d "$1/home.$$.XXXXXX") || return
	printf '%s' "$vm_cookie" >"$made/.erlang.cookie" && echo "$made" || {
		rm -rf "$made"
		return 1
	}
}

# Those of scripts that were killed.
cookie_homes_end() {
	for home in "$root"/.hdeploy/home.*; do
		[ -d "$home" ] || continue
		vm_word=${home##*/home.}
		birth_of "${vm_word%%.*}"
		[ -n "$hd_birth" ] || rm -rf "$home"
	done
}
