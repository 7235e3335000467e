# shellcheck shell=sh
# needs: lib vm_do
# Keeps the sys.config of a hot install.

# config_keep VERSION FILE: keeps FILE, which release_handler has just read, so
# that the VM can compare its settings with it (vm_config.erl): the file itself
# does not last. Only for the present run of the VM.
config_keep() {
	rm -f ".hdeploy/releases/$1/config."*
	[ -d ".hdeploy/releases/$1" ] || return 0
	vm_do 'lists:concat([os:getpid(), ".", erlang:system_info(creation)])' \
		>/dev/null
	asked_text=${asked_text#\"}
	asked_text=${asked_text%\"}
	case $asked_text in
	*[!0-9.]* | '') return 0 ;;
	esac
	(umask 077 && told with_reserve cp "$2" \
		".hdeploy/releases/$1/config.$asked_text" ||
		say note "the settings of $1 will not be compared with the\
 configuration of this install: $(reason)")
}
