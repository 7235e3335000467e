# shellcheck shell=sh
# Time that cannot be set back.

# clock_now: sets hd_now, in seconds, and hd_clock, the clock that counts them:
# the id of this boot, if hd_now is the time since then; "wall" where /proc does
# not show it.
clock_now() {
	hd_clock=
	[ ! -r /proc/uptime ] || [ ! -r /proc/sys/kernel/random/boot_id ] ||
		{ read -r hd_now hd_idle </proc/uptime &&
			read -r hd_clock </proc/sys/kernel/random/boot_id; }
	case $hd_clock in
	'' | *[!0-9a-f-]*)
		hd_clock=wall
		hd_now=$(date +%s)
		;;
	*) hd_now=${hd_now%%.*} ;;
	esac
}

# clock_left CLOCK SECONDS: sets hd_left: seconds from now until that time; 0 if
# it is past, or counted since another boot.
clock_left() {
	clock_now
	hd_left=0
	case $2 in
	'' | *[!0-9]*) ;;
	*) [ "$1" != "$hd_clock" ] || hd_left=$(($2 - hd_now)) ;;
	esac
	[ "$hd_left" -gt 0 ] || hd_left=0
}
