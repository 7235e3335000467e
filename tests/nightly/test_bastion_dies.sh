#!/bin/sh
# A bastion that dies in the middle of an upgrade.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/bastion.sh
LAB_HOSTS=2
lab_open

resume_finishes_what_a_dying_bastion_cut_off() {
	INI=behind.ini
	status 0 push lab 0.1.0
	status 0 start lab
	lab_when 1 'upgrade 0.2.0 --no-permanent' \
		"touch $LAB/installs; while [ -e $LAB/installs ]; do sleep 0.1; done"
	status 0 push lab 0.2.0
	meanwhile upgrade lab 0.2.0
	until [ -e "$LAB/installs" ]; do
		kill -0 "$run"
		sleep 0.1
	done
	bastion_dies
	once_said 'connecting again'
	rm "$LAB/installs" # the operation continues on the host
	ended_with 6
	host 1 result broken
	said 'the bastion bastion'
	bastion_start
	status 0 resume lab
	runs 1 0.2.0
	boots 1 0.2.0
	nothing_runs
}

bastion_setup
bastion_start
check 'resume finishes what a dying bastion cut off' \
	resume_finishes_what_a_dying_bastion_cut_off
bastion_dies
check_end
