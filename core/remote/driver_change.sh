# shellcheck shell=sh
# Defaults of drivers for a change.

# driver_pointers VERSION: makes FILE.new of each boot pointer that write_list
# does not make, and prints FILE.
driver_pointers() {
	:
}

# driver_staged VERSION: called when $scratch contains it, as it was pushed.
driver_staged() {
	:
}

# driver_settled VERSION: called when its files are in place and it boots.
driver_settled() {
	:
}
