# shellcheck shell=sh disable=SC1090,SC2034,SC2153,SC2154
# A laboratory for one row of tests/drivers/rows.

row() { # NAME: sets a variable for each column; makes the releases
	line=$(grep "^$1 " tests/drivers/rows) || {
		echo "tests/drivers/rows has no $1"
		exit 1
	}
	read -r _ driver fixtures maker asker abilities apart lame <<-EOF
		$line
	EOF
	[ "$lame" != - ] || lame=0.9.0 # make_lame
	releases=$FIXTURES/$fixtures
	sh "tests/fixtures/$maker" "$FIXTURES" || exit
}

row_open() { # after lab_open: deploy.ini is for this driver
	root=$LAB/web1
	. "tests/drivers/$asker"
	. "tests/drivers/$driver.sh"
	settings >"$LAB/settings"
	sed -e "s|^driver .*|driver = $driver|" \
		-e "s|^release .*|release = $releases/{version}.tar.gz|" \
		-e "/^\[lab\]/r $LAB/settings" "$LAB/deploy.ini" \
		>"$LAB/driver.ini"
	mv "$LAB/driver.ini" "$LAB/deploy.ini"
}
