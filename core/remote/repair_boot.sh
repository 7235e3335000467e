# shellcheck shell=sh
# needs: driver release vm write
# Writes releases/start_erl.data, which is lost or damaged.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	[ -f "releases/$arg_version/start.boot" ] ||
		fail "$arg_version is not unpacked here"
	repair_runtime "$arg_version"
	[ ! -d releases/start_erl.data ] || [ -L releases/start_erl.data ] ||
		fail "$root/releases/start_erl.data is a folder: move it away"
	told with_reserve write_text releases/start_erl.data \
		"$erts $arg_version" ||
		fail "$root/releases/start_erl.data cannot be written: $(reason)"
	echo "releases/start_erl.data names $arg_version again"
}

# repair_runtime VERSION: sets erts, the version of the runtime that it boots
# with: that of the running VM, or as it was pushed, or as RELEASES has it, or
# the only one here.
repair_runtime() {
	vm_find
	erts=${vm_bin%/bin}
	erts=${erts##*/erts-}
	! is_version "$erts" || return 0
	erts=$(runtime_of "$1" 2>/dev/null)
	is_version "$erts" || erts=$(tr -d '\n\t ' <releases/RELEASES \
		2>/dev/null | sed -n \
		"s/.*{release,\"$app\",\"$(pattern "$1")\",\"\\([^\"]*\\)\".*/\\1/p")
	is_version "$erts" || {
		set -- "$1" erts-*/bin/erlexec
		[ "$#" != 2 ] || erts=${2%%/*}
		erts=${erts#erts-}
	}
	is_version "$erts" && [ -x "erts-$erts/bin/erlexec" ] ||
		fail "the Erlang runtime of $1 is not known or is missing:" \
			"erts-${erts:-?}"
}
