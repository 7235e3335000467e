# shellcheck shell=sh
# Shared by the tests of damaged hosts: one host, and its repair. Source it
# after lab_open.

root=$LAB/web1

on() { # VERSION
	runs 1 "$1"
	boots 1 "$1"
	nothing_left 1
	status 0 status lab
}

# anew: web1 runs 0.1.0 and has 0.2.0
anew() {
	lab_kill_vm 1
	mkdir -p "$root"
	lab_clean "$root"
	if [ -d "$LAB/fresh" ]; then
		cp -a "$LAB/fresh/." "$root"
	else
		status 0 push lab 0.1.0
		status 0 push lab 0.2.0
		cp -a "$root" "$LAB/fresh"
	fi
	status 0 start lab
}

# again: as anew, but keeps the host if the previous case left it in order.
again() {
	(on 0.1.0 && [ -s "$root/.hdeploy/releases/0.2.0/record" ]) \
		>/dev/null 2>&1 || anew
}
