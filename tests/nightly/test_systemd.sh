#!/bin/sh
# The node of host 1 is a unit of a real systemd, with Restart=always.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/systemd.sh
LAB_HOSTS=1
machine_open
sed -i "s|^path .*|&\nservice = hotcode.service\nenv_file = $LAB/unit.env|
	/^env\./d" "$LAB/deploy.ini"
cat >"$LAB/unit.env" <<-END
	NODE_NAME="web1@127.0.0.1"
	NODE_COOKIE=lab-$LAB_PORT
	ERL_EPMD_ADDRESS=127.0.0.1
	ERL_EPMD_PORT=$(lab_epmd 1)
	ERL_FLAGS="$LAB_ERL_FLAGS"
	GREETING="--BEGIN--\nMIIB
	--END--"
END
machine_unit hotcode.service <<-END
	[Service]
	EnvironmentFile=$LAB/unit.env
	ExecStart=$LAB/web1/bin/hotcode foreground
	Restart=always
	[Install]
	WantedBy=multi-user.target
END

unit() { # PROPERTY
	machine systemctl show -P "$1" hotcode.service
}

greeting() {
	lab_call 1 'application:get_env(hotcode, greeting).'
}

it_starts_as_a_unit() {
	status 0 push lab 0.1.0
	status 0 start lab
	runs 1 0.1.0
	equal state "$(unit ActiveState)" active
}

a_hot_upgrade_leaves_the_unit_alone() {
	was=$(vm_id 1)
	unit=$(unit InvocationID)
	greets=$(greeting)
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	equal vm "$(vm_id 1)" "$was"
	equal unit "$(unit InvocationID)" "$unit"
	equal greeting "$(greeting)" "$greets"
	equal 'its lines' "$(greeting | grep -o '\\n' | wc -l)" 2
	status 0 rollback lab
	runs 1 0.1.0
	equal unit "$(unit InvocationID)" "$unit"
}

a_cold_upgrade_goes_through_the_unit() {
	unit=$(unit InvocationID)
	status 0 upgrade lab 0.2.0 --cold
	runs 1 0.2.0
	boots 1 0.2.0
	[ "$(unit InvocationID)" != "$unit" ] || flunk 'same start'
	equal restarts "$(unit NRestarts)" 0
	status 0 rollback lab --cold
	runs 1 0.1.0
}

# The unit starts it again, with the version that boots.
a_crash_in_the_soak_ends_on_the_old_version() {
	sed 's/^path .*/&\nsoak = 20s/' "$LAB/deploy.ini" >"$LAB/soak.ini"
	INI=soak.ini
	meanwhile upgrade lab 0.2.0
	once_said 'soak 0.2.0 ...'
	machine systemctl kill --signal=KILL hotcode.service
	ended_with 1
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	equal state "$(unit ActiveState)" active
}

a_unit_that_cannot_start_is_left_stopped() {
	status 0 stop lab
	cp "$LAB/unit.env" "$LAB/good.env"
	sed -i 's/^NODE_NAME.*/NODE_NAME="no node name at all"/' \
		"$LAB/unit.env"
	status 1 start lab
	jq -rs '.[] | select(.event == "output").text' "$LAB/events" |
		grep -q 'systemctl status hotcode.service' ||
		flunk 'the status of the unit is missing'
	down 1
	case $(unit ActiveState) in
	inactive | failed) ;;
	*) flunk 'systemd still tries to start it' ;;
	esac
	cp "$LAB/good.env" "$LAB/unit.env"
	status 0 start lab
	runs 1 0.1.0
}

check 'it starts as a unit' it_starts_as_a_unit
check 'a hot upgrade leaves the unit alone' a_hot_upgrade_leaves_the_unit_alone
check 'a cold upgrade goes through the unit' \
	a_cold_upgrade_goes_through_the_unit
check 'a crash in the soak ends on the old version' \
	a_crash_in_the_soak_ends_on_the_old_version
check 'a unit that cannot start is left stopped' \
	a_unit_that_cannot_start_is_left_stopped
check_end
