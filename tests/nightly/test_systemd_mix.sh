#!/bin/sh
# A release of `mix release` is a unit of a real systemd, which starts it again
# after a crash.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/systemd.sh
LAB_HOSTS=1
machine_open
. tests/support/mix.sh
root=$LAB/web1
sed -i "s|^path .*|&\nservice = hotcode.service\nenv_file = $LAB/unit.env|
	/^env\./d" "$LAB/deploy.ini"
cat >"$LAB/unit.env" <<-END
	RELEASE_NODE=web1@127.0.0.1
	RELEASE_DISTRIBUTION=name
	RELEASE_COOKIE=lab-$LAB_PORT
	ERL_EPMD_ADDRESS=127.0.0.1
	ERL_EPMD_PORT=$(lab_epmd 1)
	ERL_FLAGS="$LAB_ERL_FLAGS"
	GREETING="two words"
END
machine_unit hotcode.service <<-END
	[Service]
	EnvironmentFile=$LAB/unit.env
	ExecStart=$root/bin/hotcode start
	Restart=always
END

unit() { # PROPERTY
	machine systemctl show -P "$1" hotcode.service
}

configuration() {
	lab_call 1 'lists:sort(application:get_all_env(hotcode)).'
}

it_starts_as_a_unit() {
	status 0 push lab 0.1.0
	status 0 start lab
	runs 1 0.1.0
	equal state "$(unit ActiveState)" active
	equal greeting "$(lab_call 1 'application:get_env(hotcode, greeting) =:=
		{ok, <<"two words">>}.')" true
}

# The unit's environment still names the files of its own start.
a_hot_upgrade_survives_a_crash() {
	was=$(vm_id 1)
	start=$(unit InvocationID)
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	runs 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	equal start "$(unit InvocationID)" "$start"
	configured=$(configuration)
	machine systemctl kill --signal=KILL hotcode.service
	until [ "$(unit NRestarts)" = 1 ] && (runs 1 0.2.0) >/dev/null 2>&1; do
		sleep 0.5
	done
	equal configuration "$(configuration)" "$configured"
	status 0 status lab
	host 1 after 0.2.0
}

a_cold_way_back_goes_through_the_unit() {
	status 0 rollback lab --cold
	runs 1 0.1.0
	equal state "$(unit ActiveState)" active
	status 0 upgrade lab 0.2.0 --cold
	runs 1 0.2.0
	status 0 stop lab
	down 1
}

check 'it starts as a unit' it_starts_as_a_unit
check 'a hot upgrade survives a crash' a_hot_upgrade_survives_a_crash
check 'a cold way back goes through the unit' \
	a_cold_way_back_goes_through_the_unit
check_end
