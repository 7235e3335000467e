# shellcheck shell=sh
# needs: command driver trust vm
# Offers a console of the running node to a person, who opens a second
# connection with a terminal and runs a fifo as a script. So the service's
# environment is in no file and no list of processes.

# args: id
# id: .hdeploy/console/ID is that fifo, for one minute.
main() {
	app=$arg_app
	[ -n "$hd_setsid" ] || fail "this host has no setsid: install util-linux"
	enter_root "$arg_root"
	if command_given console; then
		command_text console
	else
		console_of_driver
	fi
	why=$(as_service true 2>&1) || fail "$why"
	fifo=.hdeploy/console/$arg_id
	told put_fifo || fail "$root/$fifo cannot be made by $(id -un): $(reason)"
	# A single process, which keeps nothing open that this shell has open:
	# the connection would wait for it.
	(
		set -- "$fifo" "$hd_command" "$hd_sleep" "$(command -v rm)"
		service_env && exec "$hd_setsid" "$hd_sh" -c "$hd_giver" \
			console "$@"
	) </dev/null >/dev/null 2>&1 3>&- &
}

put_fifo() {
	umask 077
	mkdir -p .hdeploy/console && mkfifo "$fifo"
}

console_of_driver() {
	[ -x "bin/$app" ] || fail "$root/bin/$app is not there: push a release"
	vm_find
	[ -n "$vm_pid" ] || fail "the node in $root is down: start it first"
	hd_command="exec ./bin/$app $driver_console"
}

# FIFO COMMAND SLEEP RM: writes the script to FIFO, and gives up after a minute
# if nobody reads it. TERM stays that of the person's terminal.
# shellcheck disable=SC2016
hd_giver='{
	echo "rm -f -- \"\$0\""
	echo "hd_term=\${TERM-dumb}"
	export -p
	echo "umask $(umask)"
	echo "TERM=\$hd_term; export TERM; unset hd_term"
	echo "cd -- \"\${0%/.hdeploy/console/*}\" || exit"
	printf "%s\n" "$2"
} >"$1" &
giver=$!
tries=0
while kill -0 "$giver" && [ "$tries" -lt 60 ]; do
	tries=$((tries + 1))
	"$3" 1
done
kill "$giver"
"$4" -f "$1"'
