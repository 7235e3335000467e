# shellcheck shell=sh
# Time that nobody can set back.

# clock_now: sets hd_now, in seconds, and hd_clock, which counts them: since this
# boot, which nobody can set; "wall" where /proc does not show that.
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

# clock_left CLOCK SECONDS: sets hd_left: how long it is until then. What was
# counted since another boot is over.
clock_left() {
	clock_now
	hd_left=0
	case $2 in
	'' | *[!0-9]*) ;;
	*) [ "$1" != "$hd_clock" ] || hd_left=$(($2 - hd_now)) ;;
	esac
	[ "$hd_left" -gt 0 ] || hd_left=0
}
