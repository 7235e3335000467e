# shellcheck shell=sh
# The same in a change.

# driver_pointers VERSION: what says what boots, beside the files that write_list
# makes; makes FILE.new of each and prints FILE. For drivers that have none.
driver_pointers() {
	:
}

# driver_staged VERSION: $scratch holds it, as it came.
driver_staged() {
	:
}

# driver_settled VERSION: called when its files are in place, and it boots.
driver_settled() {
	:
}
