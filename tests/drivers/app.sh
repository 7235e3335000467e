# shellcheck shell=sh disable=SC2154
# A program without a unit: its process answers a signal with its version.
starts="cd current && \
{ setsid python3 serve.py \"\$OLDPWD/answer\" </dev/null >/dev/null 2>&1 & \
echo \$! >\"\$OLDPWD/app.pid\"; }"

settings() {
	cat <<-END
		pid_file = app.pid
		command.start = $starts
		command.stop = kill "\$(cat app.pid)"
	END
}

pid() {
	read -r pid <"$root/app.pid" 2>/dev/null &&
		[ "$(readlink "/proc/$pid/cwd")" != '' ] &&
		echo "$pid"
}

now() {
	pid=$(pid) || {
		echo down
		return
	}
	rm -f "$root/answer"
	# a signal before it is ready would end it
	until grep -q '^SigCgt:.*[2367abef]..$' "/proc/$pid/status"; do
		sleep 0.05
	done
	kill -USR1 "$pid"
	until [ -e "$root/answer" ]; do sleep 0.05; done
	version=$(cat "$root/answer")
	[ "$(readlink "/proc/$pid/cwd")" = "$(cd "$root" && pwd -P)/releases/$version" ] ||
		version="$version in $(readlink "/proc/$pid/cwd")"
	echo "$version"
}

next() {
	basename "$(readlink "$root/current")"
}

life() {
	echo "$(pid) $(cut -d' ' -f22 "/proc/$(pid)/stat")"
}

remember() {
	:
}

crash() {
	dead=$(pid)
	kill -KILL "$dead"
	while [ -e "/proc/$dead" ]; do sleep 0.05; done
}

boot() {
	(cd "$root" && sh -c "$starts")
}
