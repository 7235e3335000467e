# shellcheck shell=sh
# needs: driver env trust
# Runs a user's own command in the service's environment.

# args: command
main() {
	enter_root "$arg_root"
	as_service exec "$hd_sh" -c "$arg_command"
}
