# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# A command of the user's own, in the service's environment.

# main ROOT APP COMMAND
main() {
	enter_root "$1"
	as_service exec "$hd_sh" -c "$3"
}
