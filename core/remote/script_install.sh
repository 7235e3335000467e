# shellcheck shell=sh
# needs: lib
# A hot install needs a command of deploy.ini.

driver_install() {
	fail "$1 was not installed: deploy.ini has no command for it"
}
